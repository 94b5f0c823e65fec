package io.saddlebag.where;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.util.Objects;

/**
 * A delivery as headquarters has it in its records. An array of these is the body of a frame from {@code /where/<SITE>}.
 * Manifest and receipt are signed; the rest is headquarters' word. The arrays are not copied; nobody may write into them.
 *
 * @param sentTimestamp when the sender claimed it, as its manifest says
 * @param receivedTime when headquarters had the whole message
 * @param size of the sealed message, in bytes
 * @param queueName where it waits or waited; null in the answer to a sender
 * @param state {@value #WAITING}, {@value #DOUBTFUL} or the end, as in {@link DeliveryOutcome}
 * @param attempts how often it was pushed to the receiver, as known when it last came back or ended
 * @param deliveredTime when it was last pushed, as known then; null when it never was
 * @param time when it ended, or since when it is {@value #DOUBTFUL}; null while it waits
 * @param reason why it was given up; null otherwise
 * @param lastError what went wrong the last time it came back; null when nothing did
 * @param receipt the receiver's signed delivery receipt, a DSSE envelope; null when there is none
 */
@JsonPropertyOrder({
    "message_id",
    "receiver_client_id",
    "sent_timestamp",
    "received_time",
    "size",
    "manifest_sha256",
    "queue_name",
    "state",
    "attempts",
    "delivered_time",
    "time",
    "reason",
    "last_error",
    "receipt"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HeldDelivery(
        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("receiver_client_id") SiteId receiverClientId,
        @JsonProperty("sent_timestamp") Instant sentTimestamp,
        @JsonProperty("received_time") Instant receivedTime,
        @JsonProperty("size") long size,
        @JsonProperty("manifest_sha256") Sha256 manifestSha256,
        @JsonProperty("queue_name") String queueName,
        @JsonProperty("state") String state,
        @JsonProperty("attempts") int attempts,
        @JsonProperty("delivered_time") Instant deliveredTime,
        @JsonProperty("time") Instant time,
        @JsonProperty("reason") String reason,
        @JsonProperty("last_error") String lastError,
        @JsonProperty("receipt") byte[] receipt) {
    public static final String WAITING = "waiting";
    /** Its sealed message is missing or damaged, and is to be repeated by its sender. */
    public static final String DOUBTFUL = "doubtful";

    public HeldDelivery {
        Objects.requireNonNull(messageId, "message_id");
        Objects.requireNonNull(receiverClientId, "receiver_client_id");
        Objects.requireNonNull(receivedTime, "received_time");
        Objects.requireNonNull(manifestSha256, "manifest_sha256");
        Objects.requireNonNull(state, "state");
    }

    public boolean isAcknowledged() {
        return state.equals(DeliveryOutcome.ACKNOWLEDGED);
    }

    public boolean waits() {
        return state.equals(WAITING) || state.equals(DOUBTFUL);
    }

    /** The same for a sender, which does not know the names of queues. */
    public HeldDelivery withoutQueue() {
        return new HeldDelivery(
                messageId,
                receiverClientId,
                sentTimestamp,
                receivedTime,
                size,
                manifestSha256,
                null,
                state,
                attempts,
                deliveredTime,
                time,
                reason,
                lastError,
                receipt);
    }
}
