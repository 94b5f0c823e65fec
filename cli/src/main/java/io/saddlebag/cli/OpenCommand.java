package io.saddlebag.cli;

import io.saddlebag.seal.AgeFile;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "open",
        description = "Open an age file. Nothing is written unless the whole of it verifies.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class OpenCommand implements Callable<Integer> {
    @Option(
            names = {"-i", "--identity"},
            required = true,
            paramLabel = "FILE",
            description = "An age identity file, mode 0600, such as a centre's identity/age.key; may be repeated.")
    private List<Path> identities;

    @Parameters(
            arity = "0..1",
            defaultValue = "-",
            paramLabel = "FILE",
            description = "The sealed file; - (the default) for standard input.")
    private String file;

    @Mixin
    private Output output;

    @Override
    public Integer call() throws Exception {
        List<AgeIdentity> keys = new ArrayList<>();
        for (Path identity : identities) {
            keys.addAll(AgeIdentity.load(identity));
        }
        AgeFile age = new AgeFile(CryptoProviders.choose());
        try (InputStream sealed = Output.input(file)) {
            output.writeWhole(plain -> age.open(sealed, keys, plain));
        }
        return 0;
    }
}
