package io.saddlebag.lab.receipts;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.VerifiedReceipts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * {@code sent/<message_id>.receipts.json}: the outcome of a message at each of its recipients, with the signed
 * receipts, so that anyone with the network's CA certificate can check them. docs/formats.md describes it.
 *
 * @param fileName as it was dropped; null in a file of an earlier version
 * @param manifestSha256 of the manifest's JSON bytes
 * @param sha256 of the file as it was sent
 * @param size of that file, in bytes
 * @param receiptSecret with which the receipts prove the file; who has this file of receipts, can check them
 * @param verified the laboratory's signed word when it verified the receipts, a DSSE envelope of {@link VerifiedReceipts};
 *     null while there is none
 * @param recipients in the order of the route
 */
@JsonPropertyOrder({
    "message_id",
    "sender_id",
    "file_name",
    "manifest_sha256",
    "sha256",
    "size",
    "receipt_secret",
    "verified",
    "recipients"
})
public record SentReceipts(
        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("sender_id") SiteId senderId,

        @JsonProperty("file_name") @JsonInclude(JsonInclude.Include.NON_NULL)
        String fileName,

        @JsonProperty("manifest_sha256") Sha256 manifestSha256,
        @JsonProperty("sha256") Sha256 sha256,
        @JsonProperty("size") long size,
        @JsonProperty("receipt_secret") ReceiptSecret receiptSecret,

        @JsonProperty("verified") @JsonInclude(JsonInclude.Include.NON_NULL)
        JsonNode verified,

        @JsonProperty("recipients") List<Recipient> recipients) {
    /** The ending of such a file's name. */
    public static final String SUFFIX = ".receipts.json";

    static final String WAITING = "waiting";
    /** Headquarters says that the recipient has it, and gives no valid receipt of the recipient. */
    public static final String WORD = "headquarters' word";

    /** The mark of a recipient that signs no receipts. */
    private static final String NONE = "none";

    public SentReceipts {
        Objects.requireNonNull(messageId, "message_id");
        Objects.requireNonNull(manifestSha256, "manifest_sha256");
        Objects.requireNonNull(sha256, "sha256");
        Objects.requireNonNull(receiptSecret, "receipt_secret");
        recipients = List.copyOf(recipients);
    }

    /**
     * @param state {@value #WAITING} or {@value #WORD}, or as in {@link DeliveryOutcome}; acknowledged only with a receipt
     *     that holds
     * @param receipts {@value #NONE} of a recipient that signs none, so that headquarters' word is final; null otherwise
     * @param toldTimestamp when this laboratory first had headquarters' word alone; null when it never had
     * @param overtakenTimestamp when this laboratory found that the recipient has had later messages for long, and not this
     *     one; null of any state but {@value #WAITING}
     * @param time when it ended, as headquarters says; null while it waits
     * @param reason why it was given up; null otherwise
     * @param detail of a refusal, decrypted; null when there is none
     * @param receivedTimestamp when the recipient had it, as its receipt says; null without one that holds
     * @param verifiedTimestamp when this laboratory found that the receipt holds; null without one that holds
     * @param fault why the receipt does not hold; null when it does, or there is none
     * @param receipt the DSSE envelope as the recipient signed it; null when there is none
     * @param verdict what the recipient said of it later; null while it said nothing
     */
    @JsonPropertyOrder({
        "receiver_client_id",
        "state",
        "receipts",
        "time",
        "told_timestamp",
        "overtaken_timestamp",
        "reason",
        "detail",
        "received_timestamp",
        "verified_timestamp",
        "fault",
        "receipt",
        "verdict"
    })
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Recipient(
            @JsonProperty("receiver_client_id") SiteId receiverClientId,
            @JsonProperty("state") String state,
            @JsonProperty("receipts") String receipts,
            @JsonProperty("time") Instant time,
            @JsonProperty("told_timestamp") Instant toldTimestamp,
            @JsonProperty("overtaken_timestamp") Instant overtakenTimestamp,
            @JsonProperty("reason") String reason,
            @JsonProperty("detail") String detail,
            @JsonProperty("received_timestamp") Instant receivedTimestamp,
            @JsonProperty("verified_timestamp") Instant verifiedTimestamp,
            @JsonProperty("fault") String fault,
            @JsonProperty("receipt") JsonNode receipt,
            @JsonProperty("verdict") SentVerdict verdict) {
        public Recipient {
            Objects.requireNonNull(receiverClientId, "receiver_client_id");
            Objects.requireNonNull(state, "state");
        }

        static Recipient waiting(SiteId site, boolean signsReceipts) {
            return new Recipient(
                    site,
                    WAITING,
                    signsReceipts ? null : NONE,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null);
        }

        /** The same recipient, which still waits though it has later messages. */
        Recipient overtaken(Instant now) {
            return new Recipient(
                    receiverClientId, state, receipts, null, null, now, null, null, null, null, null, null, verdict);
        }

        /** The same recipient once headquarters told more. */
        Recipient told(Judged judged, Instant now) {
            DeliveryOutcome outcome = judged.outcome();
            boolean isWord = outcome.state().equals(DeliveryOutcome.ACKNOWLEDGED) && judged.receipt() == null;
            return new Recipient(
                    receiverClientId,
                    isWord ? WORD : outcome.state(),
                    receipts,
                    outcome.time(),
                    isWord && toldTimestamp == null ? now : toldTimestamp,
                    null,
                    outcome.reason(),
                    judged.detail(),
                    judged.receipt() == null ? null : judged.receipt().receivedTimestamp(),
                    judged.receipt() == null ? null : now,
                    judged.fault(),
                    envelope(outcome.receipt(), judged.fault()),
                    verdict);
        }

        /** The same recipient with its verdict; the first that holds stays. */
        Recipient judged(Judged judged, Instant now) {
            SentVerdict.Judged said = judged.verdict();
            if (said == null || verdict != null && verdict.outweighs(said)) {
                return this;
            }
            return with(SentVerdict.of(said, envelope(judged.outcome().verdict(), said.fault()), now));
        }

        /** The same recipient as its receipt alone left it. */
        Recipient withoutVerdict() {
            return with(null);
        }

        private Recipient with(SentVerdict said) {
            return new Recipient(
                    receiverClientId,
                    state,
                    receipts,
                    time,
                    toldTimestamp,
                    overtakenTimestamp,
                    reason,
                    detail,
                    receivedTimestamp,
                    verifiedTimestamp,
                    fault,
                    receipt,
                    said);
        }

        /** A receipt that holds is JSON and is kept as it came; another may be no JSON and is then left out. */
        private static JsonNode envelope(byte[] receipt, String fault) {
            if (receipt == null) {
                return null;
            }
            if (fault == null) {
                return new POJONode(new RawValue(new String(receipt, StandardCharsets.UTF_8)));
            }
            try {
                return Json.read(receipt, JsonNode.class);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        private Stream<VerifiedReceipts.Verified> verified() {
            return Stream.of(
                            verified(receipt, verifiedTimestamp),
                            verdict == null ? null : verified(verdict.envelope(), verdict.verifiedTimestamp()))
                    .filter(Objects::nonNull);
        }

        private VerifiedReceipts.Verified verified(JsonNode envelope, Instant time) {
            return time == null
                    ? null
                    : new VerifiedReceipts.Verified(
                            receiverClientId,
                            Sha256.of(Envelope.parse(Json.write(envelope)).payload()),
                            time);
        }

        /**
         * True if no other outcome can come: a receipt that holds, the word on a recipient that signs none, or that an
         * operator of headquarters discarded it.
         */
        @JsonIgnore
        public boolean isFinal() {
            return isReceived() || isDiscarded();
        }

        /** A receipt that holds outweighs headquarters' word that an operator discarded it. */
        private boolean mayTurn(Judged judged) {
            return !isFinal() || isDiscarded() && judged.receipt() != null;
        }

        /** True if it is as certain as it can be that the recipient has it. */
        @JsonIgnore
        public boolean isReceived() {
            return state.equals(DeliveryOutcome.ACKNOWLEDGED) || isWord() && !signsReceipts();
        }

        @JsonIgnore
        public boolean isDiscarded() {
            return state.equals(DeliveryOutcome.DISCARDED);
        }

        @JsonIgnore
        public boolean isWaiting() {
            return state.equals(WAITING);
        }

        @JsonIgnore
        public boolean isWord() {
            return state.equals(WORD);
        }

        public boolean signsReceipts() {
            return !NONE.equals(receipts);
        }
    }

    /**
     * One recipient's outcome, as it is judged here.
     *
     * @param receipt the verified receipt; null when there is none that holds
     * @param detail of a refusal, decrypted; null when there is none
     * @param fault why the receipt that came does not hold; null when it does, or none came
     * @param verdict as it is judged here; null when none came
     */
    record Judged(
            DeliveryOutcome outcome, DeliveryReceipt receipt, String detail, String fault, SentVerdict.Judged verdict) {
        Judged(DeliveryOutcome outcome, DeliveryReceipt receipt, String detail, String fault) {
            this(outcome, receipt, detail, fault, null);
        }
    }

    /** Before anything is known. */
    static SentReceipts of(ReceiptedMessages.Known known, Set<SiteId> withoutReceipts) {
        return new SentReceipts(
                known.messageId(),
                known.messageId().sender(),
                known.fileName(),
                known.manifestSha256(),
                known.sha256(),
                known.size(),
                known.secret(),
                null,
                known.recipients().stream()
                        .map(site -> Recipient.waiting(site, !withoutReceipts.contains(site)))
                        .toList());
    }

    /** With new outcomes; a final outcome stays, and the same outcome again changes nothing. */
    SentReceipts with(List<Judged> judged, Instant now) {
        List<Recipient> changed = new ArrayList<>(recipients);
        for (Judged each : judged) {
            changed.replaceAll(recipient ->
                    recipient.receiverClientId().equals(each.outcome().receiverClientId())
                            ? (recipient.mayTurn(each) ? recipient.told(each, now) : recipient).judged(each, now)
                            : recipient);
        }
        return new SentReceipts(
                messageId, senderId, fileName, manifestSha256, sha256, size, receiptSecret, verified, changed);
    }

    /** With the laboratory's word on the receipts that hold; {@code word} signs it. */
    SentReceipts noted(Sha256 networkId, UnaryOperator<byte[]> word) {
        List<VerifiedReceipts.Verified> held =
                recipients.stream().flatMap(Recipient::verified).toList();
        if (held.isEmpty()) {
            return this;
        }
        byte[] statement = Json.write(new VerifiedReceipts(networkId, messageId, senderId, held));
        JsonNode envelope = new POJONode(new RawValue(new String(word.apply(statement), StandardCharsets.UTF_8)));
        return new SentReceipts(
                messageId, senderId, fileName, manifestSha256, sha256, size, receiptSecret, envelope, recipients);
    }

    /** As {@link OutgoingMessage#named}. */
    String named() {
        return fileName == null ? messageId.value() : OutgoingMessage.named(messageId, fileName);
    }

    public boolean isWaiting(SiteId recipient) {
        return recipients.stream().anyMatch(each -> each.receiverClientId().equals(recipient) && each.isWaiting());
    }

    /** With a recipient that still waits marked as overtaken, unless it is so already. */
    SentReceipts overtaken(SiteId recipient, Instant now) {
        List<Recipient> changed = new ArrayList<>(recipients);
        changed.replaceAll(each ->
                each.receiverClientId().equals(recipient) && each.isWaiting() && each.overtakenTimestamp() == null
                        ? each.overtaken(now)
                        : each);
        return new SentReceipts(
                messageId, senderId, fileName, manifestSha256, sha256, size, receiptSecret, verified, changed);
    }

    /** Since when headquarters' word is all there is of a recipient that signs receipts; null when there is none such. */
    Instant wordSince() {
        return recipients.stream()
                .filter(recipient -> recipient.isWord() && recipient.signsReceipts())
                .map(Recipient::toldTimestamp)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    boolean hasVerdict() {
        return recipients.stream().anyMatch(recipient -> recipient.verdict() != null);
    }

    /** True if every recipient is final. */
    @JsonIgnore
    public boolean isComplete() {
        return recipients.stream().allMatch(Recipient::isFinal);
    }
}
