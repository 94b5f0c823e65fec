package io.saddlebag.cli.where;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;

/**
 * One thing that happened to a message on its way to a recipient.
 *
 * @param time by the clock of the place; null when nobody noted it
 * @param place the site, and where there; not trusted
 * @param basis why it is believed
 * @param note the rest for people; null for none; not trusted
 */
@JsonPropertyOrder({"step", "time", "place", "basis", "note"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Step(
        @JsonProperty("step") Kind kind,
        @JsonProperty("time") Instant time,
        @JsonProperty("place") String place,
        @JsonProperty("basis") Basis basis,
        @JsonProperty("note") String note) {
    /** In the order of the way. */
    public enum Kind {
        CLAIMED("claimed"),
        SEALED("sealed"),
        SENT("sent"),
        FAILED("failed"),
        CONFIRMED("confirmed"),
        DELIVERED("delivered"),
        REFUSED("refused"),
        DEAD_LETTERED("dead-lettered"),
        EXPIRED("expired"),
        DISCARDED("discarded"),
        LOST("lost"),
        OPENED("opened"),
        ACKNOWLEDGED("acknowledged"),
        /** The reader at its recipient accepted it. */
        ACCEPTED("accepted"),
        /** The reader at its recipient cannot use it. */
        REJECTED("rejected"),
        /** A retention deleted the files of the message at its recipient. */
        REMOVED("removed");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** True of a step after which the message comes no more by itself. */
        boolean isEnd() {
            return switch (this) {
                case FAILED, REFUSED, DEAD_LETTERED, EXPIRED, DISCARDED, LOST -> true;
                default -> false;
            };
        }

        @Override
        @JsonValue
        public String toString() {
            return text;
        }
    }

    /** The best first. */
    public enum Basis {
        /** A signature that was verified just now. */
        PROVED("proved"),
        /** The records of the site where it happened. */
        RECORD("own record"),
        /** A statement of headquarters without a signature. */
        WORD("headquarters' word");

        private final String text;

        Basis(String text) {
            this.text = text;
        }

        @Override
        @JsonValue
        public String toString() {
            return text;
        }
    }
}
