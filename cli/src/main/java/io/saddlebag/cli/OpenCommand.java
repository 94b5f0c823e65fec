package io.saddlebag.cli;

import io.saddlebag.cli.progress.Progress;
import io.saddlebag.cli.progress.ProgressOption;
import io.saddlebag.identity.PassphraseSource;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.seal.AgeFile;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "open", description = "Open an age file. Nothing is written unless the whole of it verifies.")
final class OpenCommand implements Callable<Integer> {
    @Option(
            names = {"-i", "--identity"},
            required = true,
            paramLabel = "FILE",
            description = "An age identity file, mode 0600, such as a centre's identity/age.key; may be repeated.")
    private List<Path> identities;

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "Opens encrypted identity files with the first line of this file, mode 0600.")
    private Path passphraseFile;

    @Parameters(
            arity = "0..1",
            defaultValue = "-",
            paramLabel = "FILE",
            description = "The sealed file; - (the default) for standard input.")
    private String file;

    @Option(
            names = "--unpack",
            paramLabel = "DIR",
            description =
                    "For a message of Saddlebag: put the file or folder that is in it into DIR, under its own name.")
    private Path unpack;

    @Mixin
    private Output output;

    @Mixin
    private ProgressOption progress;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (unpack != null && output.isFile()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Expected --unpack or --output, found both. Leave one of them out");
        }
        List<AgeIdentity> keys = new ArrayList<>();
        char[] passphrase = passphraseFile == null ? null : PrivateFiles.passphrase(passphraseFile);
        PassphraseSource source = PassphraseSource.of("the file of --passphrase-file", () -> passphrase);
        for (Path identity : identities) {
            keys.addAll(AgeIdentity.load(identity, source));
        }
        AgeFile age = new AgeFile(CryptoProviders.choose());
        try (InputStream in = Output.input(file);
                Progress told = progress.begin(
                        "opening " + file,
                        ProgressOption.sizeOf(file),
                        spec.commandLine().getErr())) {
            InputStream sealed = told.counting(in);
            if (unpack == null) {
                output.writeWhole(plain -> age.open(sealed, keys, plain));
            } else {
                Path found = new MessageUnpacker(unpack).unpack(plain -> age.open(sealed, keys, plain));
                spec.commandLine().getOut().println(found);
            }
        }
        return 0;
    }
}
