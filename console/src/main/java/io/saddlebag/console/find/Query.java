package io.saddlebag.console.find;

import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The thing that somebody looks for; each part is null where it does not matter.
 *
 * @param text a message_id with or without stars, the name of a file, or the SHA-256 of a content
 * @param state {@code waiting}, {@code done} or {@code failed}
 * @param from the first day, UTC
 * @param to the last day, UTC
 */
public record Query(String text, String sender, String receiver, String state, LocalDate from, LocalDate to) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{64}");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_*-]+");

    public boolean isDigest() {
        return text != null && DIGEST.matcher(text).matches();
    }

    /** In the form in which journals have it. */
    public String digest() {
        return text.toLowerCase(Locale.ROOT);
    }

    /** True of a text that can be a message_id; a file's name can be one too. */
    public boolean isId() {
        return text != null && !isDigest() && ID.matcher(text).matches();
    }

    public boolean isName() {
        return text != null && !isDigest();
    }

    /** The part of a message_id before its first star. */
    public String prefix() {
        int star = text.indexOf('*');
        return star < 0 ? text : text.substring(0, star);
    }

    /** True when the prefix says all: there is no star, or one at the end. */
    boolean isPrefix() {
        int star = text.indexOf('*');
        return star < 0 || star == text.length() - 1;
    }

    boolean isExact() {
        return text.indexOf('*') < 0;
    }

    /** For LIKE, with a backslash as escape. */
    String like() {
        return text.replace("\\", "\\\\")
                .replace("%", "\\%")
                .replace("_", "\\_")
                .replace('*', '%');
    }

    /** The sender that a whole first part of a message_id names; null when it does not. */
    String senderOfText() {
        int end = isId() ? prefix().indexOf('_') : -1;
        if (end < 0) {
            return null;
        }
        try {
            return SiteId.of(prefix().substring(0, end)).value();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    Instant begin() {
        return from.atStartOfDay().toInstant(ZoneOffset.UTC);
    }

    /** The begin of the day after. */
    Instant end() {
        return to.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC);
    }
}
