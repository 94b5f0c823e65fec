package io.saddlebag.cli;

import io.saddlebag.audit.ReceiptProof;
import io.saddlebag.identity.Trust;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.message.Printable;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "receipts",
        description = "Check signed delivery receipts away from any site, with the network's CA certificate alone: who"
                + " has which file.",
        exitCodeList = {
            "0:every receipt in the files holds",
            "1:one does not, or a file cannot be read",
            "2:wrong usage"
        })
final class ReceiptsCommand implements Callable<Integer> {
    @Option(
            names = "--ca",
            required = true,
            paramLabel = "DIR",
            description =
                    "A folder with the network's ca.crt, and ca.crl where there is one, such as a site's identity/.")
    private Path authority;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Files as a laboratory keeps them, sent/<message_id>.receipts.json.")
    private List<Path> files;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        ReceiptProof proof = new ReceiptProof(Trust.load(authority, Clock.systemUTC()));
        PrintWriter out = spec.commandLine().getOut();
        boolean allHold = true;
        for (Path file : files) {
            SentReceipts receipts = ReceiptProof.read(file);
            out.printf(
                    "%s from %s, %d bytes, SHA-256 %s%n",
                    receipts.messageId(), receipts.senderId(), receipts.size(), receipts.sha256());
            for (SentReceipts.Recipient recipient : receipts.recipients()) {
                Optional<String> fault = proof.fault(receipts, recipient);
                allHold &= fault.isEmpty();
                out.printf(
                        "  %s  %s%s%n",
                        recipient.receiverClientId(),
                        Printable.of(recipient.state()),
                        fault.map(text -> "; its receipt does not hold: " + text)
                                .orElse(verdict(recipient)));
            }
        }
        return allHold ? 0 : 1;
    }

    private static String verdict(SentReceipts.Recipient recipient) {
        return recipient.receipt() == null ? ", no signed receipt" : "; its signed receipt holds";
    }
}
