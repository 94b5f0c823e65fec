package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.Objects;

/**
 * How a delivery ended, as headquarters tells the sender: an array of these is the body of a frame from {@code
 * /receipts/<SITE>}. Only the receipt is signed; the rest is headquarters' word.
 *
 * <p>The array is not copied; nobody may write into it.
 *
 * @param state {@value #ACKNOWLEDGED}, {@value #DEAD_LETTERED} or {@value #EXPIRED}
 * @param time when it ended, UTC
 * @param reason why it was given up; null otherwise
 * @param receipt the receiver's signed delivery receipt, a DSSE envelope, verbatim; null when it sent none
 */
@JsonPropertyOrder({"message_id", "receiver_client_id", "state", "time", "reason", "receipt"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeliveryOutcome(
        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("receiver_client_id") SiteId receiverClientId,
        @JsonProperty("state") String state,
        @JsonProperty("time") Instant time,
        @JsonProperty("reason") String reason,
        @JsonProperty("receipt") byte[] receipt) {
    public static final String ACKNOWLEDGED = "acknowledged";
    public static final String DEAD_LETTERED = "dead-lettered";
    public static final String EXPIRED = "expired";

    public DeliveryOutcome {
        Objects.requireNonNull(messageId, "message_id");
        Objects.requireNonNull(receiverClientId, "receiver_client_id");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(time, "time");
        if (!state.equals(ACKNOWLEDGED) && !state.equals(DEAD_LETTERED) && !state.equals(EXPIRED)) {
            throw new IllegalArgumentException("Expected " + ACKNOWLEDGED + ", " + DEAD_LETTERED + " or " + EXPIRED
                    + ", found '" + Printable.of(state) + "'");
        }
    }
}
