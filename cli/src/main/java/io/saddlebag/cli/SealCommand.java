package io.saddlebag.cli;

import io.saddlebag.seal.AgeFile;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "seal",
        description = "Seal a file for age recipients. Any age tool opens the result.",
        customSynopsis = "saddlebag seal --to RECIPIENT... FILE [-o OUT]")
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

    @Override
    public Integer call() throws Exception {
        int last = operands.size() - 1;
        List<String> recipients = new ArrayList<>(to);
        recipients.addAll(operands.subList(0, last));
        recipients.forEach(AgeIdentity::requireRecipient);
        AgeFile age = new AgeFile(CryptoProviders.choose());
        try (InputStream plain = Output.input(operands.get(last))) {
            output.write(out -> age.seal(plain, recipients, out));
        }
        return 0;
    }
}
