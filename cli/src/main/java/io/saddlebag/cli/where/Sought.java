package io.saddlebag.cli.where;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.where.IdPattern;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The thing that somebody looks for. A text may be a message_id and the name of a folder.
 *
 * @param text as given, without folders before a name
 * @param sha256 null when it is no digest
 * @param pattern null when it is no message_id or beginning of some
 */
record Sought(String text, Sha256 sha256, IdPattern pattern) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{64}");

    static Sought of(String given) {
        String path = given.replaceAll("/+$", "");
        String text = path.substring(path.lastIndexOf('/') + 1);
        if (DIGEST.matcher(text).matches()) {
            return new Sought(text, new Sha256(text.toLowerCase(Locale.ROOT)), null);
        }
        return new Sought(text, null, IdPattern.find(text).orElse(null));
    }

    boolean isDigest() {
        return sha256 != null;
    }

    /** The message_id at the beginning of a name, such as that of a payload in an outbox. */
    Optional<MessageId> idInName() {
        int dot = text.indexOf('.');
        String stem = dot < 0 ? text : text.substring(0, dot);
        return MessageId.isOne(stem) ? Optional.of(MessageId.of(stem)) : Optional.empty();
    }
}
