package io.saddlebag.cli.where;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import io.saddlebag.message.SiteId;
import java.util.List;

/**
 * The way of a message to one recipient.
 *
 * @param recipient null of a file that never became a message
 * @param why one sentence on what it waits for, or why it does not come; null when the recipient has it; not trusted
 * @param steps in the order of the way
 */
@JsonPropertyOrder({"receiver_client_id", "state", "why", "steps"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Timeline(
        @JsonProperty("receiver_client_id") SiteId recipient,
        @JsonProperty("state") State state,
        @JsonProperty("why") String why,
        @JsonProperty("steps") List<Step> steps) {
    public Timeline {
        steps = List.copyOf(steps);
    }

    public enum State {
        /** The recipient has it: its signed receipt, its own records, or headquarters' word where it signs none. */
        RECEIVED("received"),
        UNDER_WAY("under way"),
        /** It does not come by itself. */
        FAILED("failed");

        private final String text;

        State(String text) {
            this.text = text;
        }

        @Override
        @JsonValue
        public String toString() {
            return text;
        }
    }
}
