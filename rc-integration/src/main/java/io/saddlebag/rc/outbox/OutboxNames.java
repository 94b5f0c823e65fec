package io.saddlebag.rc.outbox;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.DroppedName;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.verdict.Verdict;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The names of a message's files in an outbox: {@code <message_id>.<ext>} and {@code <message_id>.message.json}. The
 * sender's name comes from another site, so that only its ending is used, and only when it is plain.
 */
public final class OutboxNames {
    /** The ending of the standardized file. */
    public static final String STANDARDIZED_SUFFIX = ".message.json";

    /** The ending of the marker that comes last of all: the message is complete. */
    public static final String READY_SUFFIX = ".ready";
    /** The ending of the marker by which the outbox's reader releases the message for deletion. */
    public static final String DONE_SUFFIX = ".done";
    /** Follows the payload's name: its checksum in the format of sha256sum. */
    public static final String CHECKSUM_SUFFIX = ".sha256";

    /** The ending of the message's description. No payload has it: its ending holds no hyphen. */
    public static final String CRATE_SUFFIX = ".ro-crate-metadata.json";

    private static final Pattern PLAIN_ENDING = Pattern.compile("[A-Za-z0-9]+([.][A-Za-z0-9]+){0,3}");
    private static final int LONGEST_ENDING = 32;

    private OutboxNames() {}

    /**
     * The payload's name: the message_id and an ending. The ending is the rest of the dropped name behind the message_id, or
     * else its last ending. It is left out when it has other characters than letters, digits and single dots, is longer than
     * {@value #LONGEST_ENDING}, or is a marker's or a verdict's.
     *
     * @param droppedName from inside the seal; not trusted
     * @throws Refusal {@code BAD_NAME} when the name would be that of a standardized file or has the ending of a route file
     */
    public static String payload(MessageId messageId, String droppedName) {
        String ending = ending(messageId, droppedName);
        boolean isPlain = ending.length() <= LONGEST_ENDING
                && PLAIN_ENDING.matcher(ending).matches()
                && !endsAsMarker("." + ending.toLowerCase(Locale.ROOT));
        String name = isPlain ? messageId + "." + ending : messageId.value();
        DroppedName.requireNoRoute(name, droppedName);
        DroppedName.requireNoRoute(droppedName, droppedName);
        if (name.toLowerCase(Locale.ROOT).endsWith(STANDARDIZED_SUFFIX)) {
            throw new Refusal(
                    Refusal.Code.BAD_NAME,
                    "Expected a file whose name does not end in " + STANDARDIZED_SUFFIX + ", found '"
                            + Printable.of(droppedName) + "': that ending is the outbox's own. Send it under another");
        }
        return name;
    }

    private static boolean endsAsMarker(String ending) {
        return ending.endsWith(READY_SUFFIX)
                || ending.endsWith(DONE_SUFFIX)
                || ending.endsWith("." + Verdict.ACCEPTED)
                || ending.endsWith("." + Verdict.REJECTED);
    }

    private static String ending(MessageId messageId, String droppedName) {
        String prefix = messageId + ".";
        if (droppedName.startsWith(prefix)) {
            return droppedName.substring(prefix.length());
        }
        int dot = droppedName.lastIndexOf('.');
        return dot < 0 ? "" : droppedName.substring(dot + 1);
    }

    /** The standardized file's name; its presence means that the payload is there too. */
    public static String standardizedFile(MessageId messageId) {
        return messageId + STANDARDIZED_SUFFIX;
    }

    static String ready(MessageId messageId) {
        return messageId + READY_SUFFIX;
    }

    /** The marker by which the reader releases this message for deletion. */
    static String done(MessageId messageId) {
        return messageId + DONE_SUFFIX;
    }

    static String crate(MessageId messageId) {
        return messageId + CRATE_SUFFIX;
    }

    /** The description's hidden name until the journal has the message. */
    static String stagedCrate(MessageId messageId) {
        return "." + crate(messageId) + AtomicFiles.TEMPORARY_SUFFIX;
    }

    /** The marker's hidden name until the standardized file has its name. */
    static String stagedReady(MessageId messageId) {
        return "." + ready(messageId) + AtomicFiles.TEMPORARY_SUFFIX;
    }

    /** The message that a file or folder of the sender's folder belongs to; empty when it belongs to none or is hidden. */
    static Optional<MessageId> messageId(SiteId sender, String fileName) {
        return messageId(fileName).filter(id -> id.sender().equals(sender));
    }

    static Optional<MessageId> messageId(String fileName) {
        try {
            return Optional.of(MessageId.of(DroppedName.stem(fileName)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The standardized file's hidden name until the journal has it; every scan skips such a name. */
    static String staged(MessageId messageId) {
        return "." + standardizedFile(messageId) + AtomicFiles.TEMPORARY_SUFFIX;
    }
}
