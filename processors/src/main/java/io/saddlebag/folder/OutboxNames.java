package io.saddlebag.folder;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a message's files are called in an outbox: {@code <message_id>.<ext>} and {@code <message_id>.message.json}. Of
 * the name that the sender gave only the ending is taken, and only when it is plain: it comes from another site.
 */
public final class OutboxNames {
    /** The ending of the standardized file. */
    public static final String FACTS_SUFFIX = ".message.json";

    private static final Pattern PLAIN_ENDING = Pattern.compile("[A-Za-z0-9]+([.][A-Za-z0-9]+){0,3}");
    private static final int LONGEST_ENDING = 32;

    private OutboxNames() {}

    /**
     * The payload's name: the message_id, then what follows the message_id in the dropped name, or else the dropped
     * name's last ending; neither when it is not of letters, digits and single dots, at most {@value #LONGEST_ENDING}.
     *
     * @param droppedName as the seal names it; not trusted
     * @throws Refusal {@code BAD_NAME} when the name would be that of a standardized file
     */
    public static String payload(MessageId messageId, String droppedName) {
        String ending = ending(messageId, droppedName);
        boolean isPlain = ending.length() <= LONGEST_ENDING
                && PLAIN_ENDING.matcher(ending).matches();
        String name = isPlain ? messageId + "." + ending : messageId.value();
        if (name.toLowerCase(Locale.ROOT).endsWith(FACTS_SUFFIX)) {
            throw new Refusal(
                    Refusal.Code.BAD_NAME,
                    "Expected a file whose name does not end in " + FACTS_SUFFIX + ", found '"
                            + Printable.of(droppedName) + "': that ending is the outbox's own. Send it under another");
        }
        return name;
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

    /** The standardized file's hidden name until the journal knows of it; every scan passes over such a name. */
    static String staged(MessageId messageId) {
        return "." + facts(messageId) + AtomicFiles.TEMPORARY_SUFFIX;
    }
}
