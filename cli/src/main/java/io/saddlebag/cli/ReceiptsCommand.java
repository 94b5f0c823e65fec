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
            "0:the receipt of every recipient holds, and is for FILE where one is given; or the recipient signs none",
            "1:one is lacking, does not hold or is for another file, or a file cannot be read",
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

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "The file or folder that was sent: also check that the receipts are for its very bytes.")
    private Path sent;

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
            Optional<String> otherBytes = sent == null ? Optional.empty() : ReceiptProof.differs(receipts, sent);
            allHold &= otherBytes.isEmpty();
            otherBytes.ifPresent(text -> out.println("  not for this file: " + Printable.of(text)));
            for (SentReceipts.Recipient recipient : receipts.recipients()) {
                ReceiptProof.Judgement judgement =
                        recipient.receipt() == null ? null : proof.judge(receipts, recipient);
                allHold &= judgement == null ? isExempt(recipient) : judgement.holds();
                out.printf(
                        "  %s  %s%s%n",
                        recipient.receiverClientId(),
                        Printable.of(recipient.state()),
                        judgement == null ? withoutReceipt(recipient) : verdict(receipts, judgement));
            }
        }
        return allHold ? 0 : 1;
    }

    private static String verdict(SentReceipts receipts, ReceiptProof.Judgement judgement) {
        if (!judgement.holds()) {
            return "; its receipt does not hold: " + judgement.fault();
        }
        return judgement.asOf() == null
                ? "; its signed receipt holds"
                : "; its signed receipt holds as of " + judgement.asOf() + ", when "
                        + receipts.messageId().sender() + " verified it";
    }

    private static String withoutReceipt(SentReceipts.Recipient recipient) {
        if (isExempt(recipient)) {
            return " for good: it signs no receipts";
        }
        if (recipient.overtakenTimestamp() != null) {
            return ", though it has had later messages since before " + recipient.overtakenTimestamp();
        }
        return recipient.isWord()
                ? " since " + recipient.toldTimestamp() + ", its signed receipt is pending"
                : ", no signed receipt";
    }

    private static boolean isExempt(SentReceipts.Recipient recipient) {
        return recipient.isWord() && !recipient.signsReceipts();
    }
}
