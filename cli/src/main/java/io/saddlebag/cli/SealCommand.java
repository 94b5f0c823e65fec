package io.saddlebag.cli;

import io.saddlebag.cli.progress.Progress;
import io.saddlebag.cli.progress.ProgressOption;
import io.saddlebag.seal.AgeFile;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "seal",
        description = "Seal a file for age recipients. Any age tool opens the result.",
        customSynopsis = "saddlebag seal --to RECIPIENT... FILE [-o OUT] [--progress INTERVAL]")
final class SealCommand implements Callable<Integer> {
    @Option(
            names = "--to",
            required = true,
            arity = "1",
            paramLabel = "RECIPIENT",
            description = "An age recipient, age1...; more may follow, and the option may be repeated.")
    private final List<String> to = new ArrayList<>();

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "More recipients, then the file to seal; - for standard input.")
    private List<String> operands;

    @Mixin
    private Output output;

    @Mixin
    private ProgressOption progress;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        int last = operands.size() - 1;
        List<String> recipients = new ArrayList<>(to);
        recipients.addAll(operands.subList(0, last));
        recipients.forEach(AgeIdentity::requireRecipient);
        AgeFile age = new AgeFile(CryptoProviders.choose());
        String file = operands.get(last);
        try (InputStream plain = Output.input(file);
                Progress told = progress.begin(
                        "sealing " + file,
                        ProgressOption.sizeOf(file),
                        spec.commandLine().getErr())) {
            output.write(out -> age.seal(told.counting(plain), recipients, out));
        }
        return 0;
    }
}
