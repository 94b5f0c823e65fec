package io.saddlebag.message;

import java.util.Locale;
import java.util.Objects;

/**
 * Something from outside was refused: a file, a frame, a message, a key bundle. Carries a code for programs and a
 * reason for people; the reason names what was expected, what was found and what to do.
 */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;

    public Refusal(Code code, String reason) {
        super(Objects.requireNonNull(reason, "reason"));
        this.code = Objects.requireNonNull(code, "code");
    }

    public Refusal(Code code, String reason, Throwable cause) {
        super(Objects.requireNonNull(reason, "reason"), cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    public Code code() {
        return code;
    }

    public String reason() {
        return getMessage();
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
