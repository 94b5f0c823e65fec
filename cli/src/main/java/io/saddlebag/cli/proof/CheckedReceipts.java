package io.saddlebag.cli.proof;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.audit.ReceiptProof;
import io.saddlebag.audit.ReceiptProof.Judgement;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.lab.receipts.SentVerdict;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;

/**
 * A laboratory's file of receipts as it was judged here.
 *
 * @param file the file of receipts
 * @param fileName of the dropped file; null when the receipts do not say
 * @param complete whether each recipient is final
 * @param compared the file or folder that has these bytes; null when none has, or none was given
 */
@JsonPropertyOrder({
    "file",
    "message_id",
    "sender_id",
    "file_name",
    "size",
    "sha256",
    "compared",
    "complete",
    "recipients"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
record CheckedReceipts(
        @JsonProperty("file") String file,
        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("sender_id") SiteId senderId,
        @JsonProperty("file_name") String fileName,
        @JsonProperty("size") long size,
        @JsonProperty("sha256") Sha256 sha256,
        @JsonProperty("compared") String compared,
        @JsonProperty("complete") boolean complete,
        @JsonProperty("recipients") List<Recipient> recipients) {
    private static final String NO_TIME = "-";
    private static final int SHORT_KEY = 16;

    /**
     * @param isFinal whether no other outcome can come: a receipt that holds, headquarters' word on a recipient that signs
     *     none, or that an operator discarded it
     * @param holds whether a signed receipt holds
     * @param receivedTimestamp when the recipient had the file, as it signed; null without a receipt that holds
     * @param signer who signed; null without a receipt that holds
     * @param key fingerprint of the key that signed; null without a receipt that holds
     * @param asOf the time as of which the signer's certificate was judged; null for now
     * @param fault why a receipt does not hold; null when it does, or there is none
     * @param verdict the kind of the recipient's signed verdict; null without one that holds
     * @param verdictFault why a verdict does not hold; null when it does, or there is none
     * @param proved whether it holds, or the recipient signs none
     * @param note the rest of the line for people
     */
    @JsonPropertyOrder({
        "receiver_client_id",
        "state",
        "final",
        "holds",
        "received_timestamp",
        "signer",
        "key",
        "as_of",
        "fault",
        "verdict",
        "verdict_fault"
    })
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Recipient(
            @JsonProperty("receiver_client_id") SiteId receiverClientId,
            @JsonProperty("state") String state,
            @JsonProperty("final") boolean isFinal,
            @JsonProperty("holds") boolean holds,
            @JsonProperty("received_timestamp") Instant receivedTimestamp,
            @JsonProperty("signer") SiteId signer,
            @JsonProperty("key") Sha256 key,
            @JsonProperty("as_of") Instant asOf,
            @JsonProperty("fault") String fault,
            @JsonProperty("verdict") String verdict,
            @JsonProperty("verdict_fault") String verdictFault,
            @JsonIgnore boolean proved,
            @JsonIgnore String note) {
        private static Recipient of(SentReceipts of, SentReceipts.Recipient recipient, ReceiptProof proof) {
            Judgement found = recipient.receipt() == null ? null : proof.judge(of, recipient);
            boolean holds = found != null && found.holds();
            String verdictFault = verdictFault(of, recipient, proof);
            String verdict = recipient.verdict() == null || verdictFault != null
                    ? null
                    : recipient.verdict().kind();
            return new Recipient(
                    recipient.receiverClientId(),
                    recipient.state(),
                    holds || found == null && (isExempt(recipient) || recipient.isDiscarded()),
                    holds,
                    holds ? found.received() : null,
                    holds ? recipient.receiverClientId() : null,
                    holds ? found.key() : null,
                    holds ? found.asOf() : null,
                    found == null ? null : found.fault(),
                    verdict,
                    verdictFault,
                    found == null ? isExempt(recipient) : holds,
                    note(of, recipient, found) + said(recipient, verdict, verdictFault));
        }

        private static String verdictFault(SentReceipts of, SentReceipts.Recipient recipient, ReceiptProof proof) {
            SentVerdict verdict = recipient.verdict();
            if (verdict == null) {
                return null;
            }
            return verdict.fault() != null
                    ? verdict.fault()
                    : proof.judgeVerdict(of, recipient).fault();
        }

        private static String said(SentReceipts.Recipient recipient, String verdict, String fault) {
            if (fault != null) {
                return "; its verdict does not hold: " + fault;
            }
            return verdict == null
                    ? ""
                    : "; " + verdict + " at " + recipient.verdict().verdictTimestamp() + ", its signed verdict holds";
        }

        String received() {
            return receivedTimestamp == null ? NO_TIME : receivedTimestamp.toString();
        }

        private static String note(SentReceipts of, SentReceipts.Recipient recipient, Judgement found) {
            if (found == null) {
                return withoutReceipt(recipient);
            }
            if (!found.holds()) {
                return "; its receipt does not hold: " + found.fault();
            }
            String by = ", by its key " + found.key().hex().substring(0, SHORT_KEY) + "...";
            return "; its signed receipt holds"
                    + (found.asOf() == null ? by : " as of " + found.asOf() + asOf(of, found) + by);
        }

        /** The laboratory's word, where it is its word. */
        private static String asOf(SentReceipts of, Judgement found) {
            return of.recipients().stream().anyMatch(each -> found.asOf().equals(each.verifiedTimestamp()))
                    ? ", when " + of.messageId().sender() + " verified it"
                    : "";
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

    /** @param compared null when no file with these bytes was given */
    static CheckedReceipts of(String file, SentReceipts receipts, SentContent compared, ReceiptProof proof) {
        List<Recipient> recipients = receipts.recipients().stream()
                .map(each -> Recipient.of(receipts, each, proof))
                .toList();
        return new CheckedReceipts(
                file,
                receipts.messageId(),
                receipts.senderId(),
                receipts.fileName(),
                receipts.size(),
                receipts.sha256(),
                compared == null ? null : compared.file(),
                recipients.stream().allMatch(Recipient::isFinal),
                recipients);
    }

    /** True if each recipient is proved to have it, but for those that sign none. */
    boolean isProof() {
        return recipients.stream().allMatch(Recipient::proved);
    }

    void print(PrintWriter out) {
        out.println(messageId + " from " + senderId + (fileName == null ? "" : ", " + Printable.of(fileName)) + ", "
                + size + " bytes, SHA-256 " + sha256);
        if (compared != null) {
            out.println("  the bytes of " + Printable.whole(compared));
        }
        int width = recipients.stream()
                .mapToInt(each -> each.receiverClientId().value().length())
                .max()
                .orElse(0);
        int timeWidth = recipients.stream()
                .mapToInt(each -> each.received().length())
                .max()
                .orElse(0);
        for (Recipient each : recipients) {
            out.printf(
                    "  %-" + width + "s  %-" + timeWidth + "s  %s%s%n",
                    each.receiverClientId(),
                    each.received(),
                    Printable.of(each.state()),
                    each.note());
        }
    }
}
