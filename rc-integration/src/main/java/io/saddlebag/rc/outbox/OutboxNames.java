package io.saddlebag.rc.outbox;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.DroppedName;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a message's files are called in an outbox: {@code <message_id>.<ext>} and {@code <message_id>.message.json}. Of
 * the name that the sender gave only the ending is taken, and only when it is plain: it comes from another site.
 */
public final class OutboxNames {
    /** The ending of the standardized file. */
    public static final String FACTS_SUFFIX = ".message.json";

    /** The ending of the marker that says, last of all, that a message is complete. */
    public static final String READY_SUFFIX = ".ready";
    /** The ending of the marker by which the outbox's reader says that the message may go. */
    public static final String DONE_SUFFIX = ".done";
    /** Follows the payload's name: its digest, as sha256sum writes it. */
    public static final String CHECKSUM_SUFFIX = ".sha256";

    private static final Pattern PLAIN_ENDING = Pattern.compile("[A-Za-z0-9]+([.][A-Za-z0-9]+){0,3}");
    private static final int LONGEST_ENDING = 32;

    private OutboxNames() {}

    /**
     * The payload's name: the message_id, then what follows the message_id in the dropped name, or else the dropped
     * name's last ending; neither when it is not of letters, digits and single dots, at most {@value #LONGEST_ENDING}, or
     * ends as a marker does.
     *
     * @param droppedName as the seal names it; not trusted
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
        if (name.toLowerCase(Locale.ROOT).endsWith(FACTS_SUFFIX)) {
            throw new Refusal(
                    Refusal.Code.BAD_NAME,
                    "Expected a file whose name does not end in " + FACTS_SUFFIX + ", found '"
                            + Printable.of(droppedName) + "': that ending is the outbox's own. Send it under another");
        }
        return name;
    }

    private static boolean endsAsMarker(String ending) {
        return ending.endsWith(READY_SUFFIX) || ending.endsWith(DONE_SUFFIX);
    }

    private static String ending(MessageId messageId, String droppedName) {
        String prefix = messageId + ".";
        if (droppedName.startsWith(prefix)) {
            return droppedName.substring(prefix.length());
        }
        return droppedName.substring(droppedName.lastIndexOf('.') + 1).equals(droppedName)
                ? ""
                : droppedName.substring(droppedName.lastIndexOf('.') + 1);
    }

    /** The standardized file's name; its presence says that the payload stands beside it. */
    public static String facts(MessageId messageId) {
        return messageId + FACTS_SUFFIX;
    }

    static String ready(MessageId messageId) {
        return messageId + READY_SUFFIX;
    }

    /** The marker by which the reader says that this message may go. */
    static String done(MessageId messageId) {
        return messageId + DONE_SUFFIX;
    }

    /** The marker's hidden name until the standardized file has its own. */
    static String stagedReady(MessageId messageId) {
        return "." + ready(messageId) + AtomicFiles.TEMPORARY_SUFFIX;
    }

    /** Whose message a file or folder of the sender's folder belongs to; empty when it is no message's or hidden. */
    static Optional<MessageId> messageId(SiteId sender, String fileName) {
        int dot = fileName.indexOf('.');
        try {
            return Optional.of(MessageId.of(dot < 0 ? fileName : fileName.substring(0, dot)))
                    .filter(id -> id.sender().equals(sender));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The standardized file's hidden name until the journal knows of it; every scan passes over such a name. */
    static String staged(MessageId messageId) {
        return "." + facts(messageId) + AtomicFiles.TEMPORARY_SUFFIX;
    }
}
