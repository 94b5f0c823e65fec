package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Something from outside was refused: a file, a frame, a message, a key bundle. Carries a code for programs and a
 * reason for people; the reason names what was expected, what was found and what to do.
 */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;
    private final transient List<Fault> faults;

    public Refusal(Code code, String reason) {
        this(code, reason, List.of());
    }

    /** @param faults the places in a content at which it is at fault */
    public Refusal(Code code, String reason, List<Fault> faults) {
        super(Objects.requireNonNull(reason, "reason"));
        this.code = Objects.requireNonNull(code, "code");
        this.faults = List.copyOf(faults);
    }

    public Refusal(Code code, String reason, Throwable cause) {
        super(Objects.requireNonNull(reason, "reason"), cause);
        this.code = Objects.requireNonNull(code, "code");
        this.faults = List.of();
    }

    public Code code() {
        return code;
    }

    public String reason() {
        return getMessage();
    }

    /** The places in a content at which it is at fault; empty for most refusals. */
    public List<Fault> faults() {
        return faults == null ? List.of() : faults;
    }

    /**
     * A place in a content at which it is at fault. Holds no value of the content.
     *
     * @param file within a folder; null for a message that is one file
     * @param row from 1; null where it has none
     * @param column from 1; null where it has none
     * @param expected the content that belongs there
     */
    @JsonPropertyOrder({"file", "row", "column", "expected"})
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Fault(
            @JsonProperty("file") String file,
            @JsonProperty("row") Long row,
            @JsonProperty("column") Integer column,
            @JsonProperty("expected") String expected) {
        public Fault {
            Objects.requireNonNull(expected, "expected");
        }

        /** For people: {@code reads.csv, row 3, column 2: expected a whole number}. */
        public String text() {
            StringBuilder text = new StringBuilder();
            if (file != null) {
                text.append(file);
            }
            if (row != null) {
                text.append(text.isEmpty() ? "" : ", ").append("row ").append(row);
            }
            if (column != null) {
                text.append(text.isEmpty() ? "" : ", ").append("column ").append(column);
            }
            return text.append(text.isEmpty() ? "" : ": ")
                    .append("expected ")
                    .append(expected)
                    .toString();
        }
    }

    /** The reason in one word. Logs, frames and reason files hold the text form, such as {@code wrong-sender}. */
    public enum Code {
        /** A frame or header that the protocol does not allow. */
        MALFORMED,
        /** The certificate's site may not do this. */
        NOT_PERMITTED,
        /** A sender_id, message_id or manifest of another site. */
        WRONG_SENDER,
        /** No such exchange, queue, routing key or site. */
        UNKNOWN_DESTINATION,
        /** Routing keys and recipients do not name the same sites. */
        ROUTING_MISMATCH,
        /** A signature, its certificate or its chain does not hold. */
        BAD_SIGNATURE,
        /** The bytes are not those that the manifest names. */
        BAD_DIGEST,
        /** The seal does not open: not for this site, altered, or cut short. */
        BAD_SEAL,
        /** The same id was used before, for something else. */
        CONFLICT,
        /** A key bundle older than one seen before. */
        ROLLBACK,
        /** Larger, longer or more than a limit allows. */
        TOO_LARGE,
        /** It has expired. */
        EXPIRED,
        /** A file name that cannot become a message_id. */
        BAD_NAME,
        /** A file that cannot be taken: a link, a device, unreadable, changed while it was read. */
        BAD_FILE,
        /** A content that the checks of a laboratory or centre refuse. */
        BAD_CONTENT,
        /** An operator of the laboratory took it back before headquarters had it. */
        WITHDRAWN,
        /** The queue is full for now. */
        QUEUE_FULL,
        /** Headquarters' disk is full for now. */
        STORAGE_LOW,
        /** Another connection of the same site has the upload, or none has: send it again from part 1. */
        UPLOAD_LOST,
        /** Expired or not yet valid by the clock of the site that refuses, which has just stepped. */
        CLOCK_DOUBTFUL,
        /** The revocation list of the site that refuses was to be renewed long ago. */
        LIST_STALE;

        /** True when the same may be accepted later: it is to be sent again, and is no failure. */
        public boolean isPassing() {
            return switch (this) {
                case QUEUE_FULL, STORAGE_LOW, UPLOAD_LOST, CLOCK_DOUBTFUL, LIST_STALE -> true;
                default -> false;
            };
        }

        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        public static Code ofText(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }
}
