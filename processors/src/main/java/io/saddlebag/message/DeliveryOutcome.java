package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;

/**
 * How a delivery ended, as headquarters tells the sender: an array of these is the body of a frame from {@code
 * /receipts/<SITE>}. Only the receipt is signed; the rest is headquarters' word.
 *
 * <p>The arrays are not copied; nobody may write into them.
 *
 * @param receiverClientId null when headquarters does not have the message
 * @param state {@value #ACKNOWLEDGED}, {@value #DEAD_LETTERED}, {@value #DISCARDED}, {@value #EXPIRED} or
 *     {@value #UNKNOWN}
 * @param time when it ended, UTC; null when headquarters does not have the message
 * @param reason why it was given up, a code alone when the receiver refused it; null otherwise
 * @param detail of a refusal, encrypted for the sender by {@link ReceiptSecret#sealDetail}; null when there is none
 * @param receipt the receiver's signed delivery receipt, a DSSE envelope, verbatim; null when it sent none
 * @param verdict the receiver's signed verdict, a DSSE envelope, verbatim; null when it gave none, and to a sender that did
 *     not ask for verdicts
 */
@JsonPropertyOrder({"message_id", "receiver_client_id", "state", "time", "reason", "detail", "receipt", "verdict"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeliveryOutcome(
        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("receiver_client_id") SiteId receiverClientId,
        @JsonProperty("state") String state,
        @JsonProperty("time") Instant time,
        @JsonProperty("reason") String reason,
        @JsonProperty("detail") byte[] detail,
        @JsonProperty("receipt") byte[] receipt,
        @JsonProperty("verdict") byte[] verdict) {
    public static final String ACKNOWLEDGED = "acknowledged";
    public static final String DEAD_LETTERED = "dead-lettered";
    /** An operator of headquarters gave it up, and its sealed message is deleted. */
    public static final String DISCARDED = "discarded";

    public static final String EXPIRED = "expired";
    /** Headquarters does not have a message that it was asked for. */
    public static final String UNKNOWN = "unknown";

    private static final Set<String> ENDS = Set.of(ACKNOWLEDGED, DEAD_LETTERED, DISCARDED, EXPIRED);

    public DeliveryOutcome {
        Objects.requireNonNull(messageId, "message_id");
        Objects.requireNonNull(state, "state");
        if (ENDS.contains(state)) {
            Objects.requireNonNull(time, "time");
            Objects.requireNonNull(receiverClientId, "receiver_client_id");
        } else if (!state.equals(UNKNOWN)) {
            throw new IllegalArgumentException("Expected " + ACKNOWLEDGED + ", " + DEAD_LETTERED + ", " + DISCARDED
                    + ", " + EXPIRED + " or " + UNKNOWN + ", found '" + Printable.of(state) + "'");
        }
    }

    /** Without a verdict. */
    public DeliveryOutcome(
            MessageId messageId,
            SiteId receiverClientId,
            String state,
            Instant time,
            String reason,
            byte[] detail,
            byte[] receipt) {
        this(messageId, receiverClientId, state, time, reason, detail, receipt, null);
    }

    /** Headquarters does not have the message. */
    public static DeliveryOutcome unknown(MessageId messageId) {
        return new DeliveryOutcome(messageId, null, UNKNOWN, null, null, null, null);
    }

    /** The same of one of the message's receivers. */
    public DeliveryOutcome at(SiteId receiver) {
        return new DeliveryOutcome(messageId, receiver, state, time, reason, detail, receipt, verdict);
    }

    /** The same with the receiver's verdict. */
    public DeliveryOutcome judged(byte[] envelope) {
        return new DeliveryOutcome(messageId, receiverClientId, state, time, reason, detail, receipt, envelope);
    }
}
