package io.saddlebag.lab.receipts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * {@code sent/<message_id>.receipts.json}: the outcome of a message at each of its recipients, with the signed
 * receipts, so that anyone with the network's CA certificate can check them. docs/formats.md describes it.
 *
 * @param manifestSha256 of the manifest's JSON bytes
 * @param sha256 of the file as it was sent
 * @param size of that file, in bytes
 * @param recipients in the order of the route
 */
@JsonPropertyOrder({"message_id", "sender_id", "manifest_sha256", "sha256", "size", "recipients"})
public record SentReceipts(
        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("sender_id") SiteId senderId,
        @JsonProperty("manifest_sha256") Sha256 manifestSha256,
        @JsonProperty("sha256") Sha256 sha256,
        @JsonProperty("size") long size,
        @JsonProperty("recipients") List<Recipient> recipients) {
    /** The ending of such a file's name. */
    public static final String SUFFIX = ".receipts.json";

    static final String WAITING = "waiting";

    public SentReceipts {
        Objects.requireNonNull(messageId, "message_id");
        Objects.requireNonNull(manifestSha256, "manifest_sha256");
        recipients = List.copyOf(recipients);
    }

    /**
     * @param state {@value #WAITING}, or as in {@link DeliveryOutcome}
     * @param time when it ended, as headquarters says; null while it waits
     * @param reason why it was given up; null otherwise
     * @param receivedTimestamp when the recipient had it, as its receipt says; null without one that holds
     * @param fault why the receipt does not hold; null when it does, or there is none
     * @param receipt the DSSE envelope as the recipient signed it; null when there is none
     */
    @JsonPropertyOrder({"receiver_client_id", "state", "time", "reason", "received_timestamp", "fault", "receipt"})
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Recipient(
            @JsonProperty("receiver_client_id") SiteId receiverClientId,
            @JsonProperty("state") String state,
            @JsonProperty("time") Instant time,
            @JsonProperty("reason") String reason,
            @JsonProperty("received_timestamp") Instant receivedTimestamp,
            @JsonProperty("fault") String fault,
            @JsonProperty("receipt") JsonNode receipt) {
        public Recipient {
            Objects.requireNonNull(receiverClientId, "receiver_client_id");
            Objects.requireNonNull(state, "state");
        }

        static Recipient waiting(SiteId site) {
            return new Recipient(site, WAITING, null, null, null, null, null);
        }

        static Recipient of(Judged judged) {
            DeliveryOutcome outcome = judged.outcome();
            return new Recipient(
                    outcome.receiverClientId(),
                    outcome.state(),
                    outcome.time(),
                    outcome.reason(),
                    judged.receipt() == null ? null : judged.receipt().receivedTimestamp(),
                    judged.fault(),
                    envelope(outcome.receipt(), judged.fault()));
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

        /** True if no better outcome can come: acknowledged, and no receipt that does not hold. */
        public boolean isFinal() {
            return state.equals(DeliveryOutcome.ACKNOWLEDGED) && fault == null;
        }
    }

    /**
     * One recipient's outcome, as it is judged here.
     *
     * @param receipt the verified receipt; null when there is none that holds
     * @param fault why the receipt that came does not hold; null when it does, or none came
     */
    record Judged(DeliveryOutcome outcome, DeliveryReceipt receipt, String fault) {}

    /** Before anything is known. */
    static SentReceipts of(ReceiptedMessages.Known known) {
        return new SentReceipts(
                known.messageId(),
                known.messageId().sender(),
                known.manifestSha256(),
                known.sha256(),
                known.size(),
                known.recipients().stream().map(Recipient::waiting).toList());
    }

    /** With new outcomes; a final outcome stays, and the same outcome again changes nothing. */
    SentReceipts with(List<Judged> judged) {
        List<Recipient> changed = new ArrayList<>(recipients);
        for (Judged each : judged) {
            changed.replaceAll(recipient ->
                    recipient.receiverClientId().equals(each.outcome().receiverClientId()) && !recipient.isFinal()
                            ? Recipient.of(each)
                            : recipient);
        }
        return new SentReceipts(messageId, senderId, manifestSha256, sha256, size, changed);
    }

    /** True if every recipient has acknowledged. */
    public boolean isComplete() {
        return recipients.stream().allMatch(Recipient::isFinal);
    }
}
