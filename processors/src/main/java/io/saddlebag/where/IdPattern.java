package io.saddlebag.where;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import java.util.Optional;

/**
 * A message_id, or the beginning of some, which ends in {@code *}: {@code FL-LAB_DAT_2025*}. Begins with the sender's whole
 * id, so that an index finds it.
 *
 * @param sender of these messages
 * @param text without the star
 */
public record IdPattern(SiteId sender, String text, boolean isBeginning) {
    /** @return empty when the text is none */
    public static Optional<IdPattern> find(String text) {
        try {
            return Optional.of(of(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** @throws IllegalArgumentException when the text is none; it says what was expected */
    public static IdPattern of(String text) {
        int siteEnd = text.indexOf('_');
        boolean isBeginning = text.endsWith("*");
        if (!isBeginning) {
            return new IdPattern(MessageId.of(text).sender(), text, false);
        }
        String beginning = text.substring(0, text.length() - 1);
        if (siteEnd < 0 || beginning.length() > MessageId.MAX_LENGTH || !isPlain(beginning)) {
            throw new IllegalArgumentException(
                    "Expected a message_id, or its beginning with the sender's id and a star such as FL-LAB_DAT_2025*,"
                            + " found '" + Printable.of(text) + "'");
        }
        return new IdPattern(SiteId.of(text.substring(0, siteEnd)), beginning, true);
    }

    private static boolean isPlain(String text) {
        return text.chars()
                .allMatch(c -> c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == 'r');
    }

    public boolean matches(MessageId messageId) {
        return isBeginning
                ? messageId.value().startsWith(text)
                : messageId.value().equals(text);
    }

    /** A text above all that match and below all others from there, as bytes are compared. PostgreSQL takes no zero byte. */
    public String end() {
        char last = text.charAt(text.length() - 1);
        return isBeginning ? text.substring(0, text.length() - 1) + (char) (last + 1) : text + '\1';
    }

    @Override
    public String toString() {
        return isBeginning ? text + "*" : text;
    }
}
