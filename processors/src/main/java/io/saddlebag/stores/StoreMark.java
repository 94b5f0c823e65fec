package io.saddlebag.stores;

import io.saddlebag.message.Printable;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The identity that a store bears.
 *
 * @param home the identity of its home, 32 hexadecimal digits
 * @param store its name in that home
 */
public record StoreMark(String home, String store) {
    private static final Pattern TEXT = Pattern.compile("home=([0-9a-f]{32})\\nstore=(.{1,4096})\\n");

    public StoreMark {
        Objects.requireNonNull(home, "home");
        Objects.requireNonNull(store, "store");
    }

    /** Empty when the text is no mark. */
    static Optional<StoreMark> parse(String text) {
        Matcher fields = TEXT.matcher(text);
        return fields.matches() ? Optional.of(new StoreMark(fields.group(1), fields.group(2))) : Optional.empty();
    }

    String text() {
        return "home=" + home + "\nstore=" + store + "\n";
    }

    @Override
    public String toString() {
        return "the store " + Printable.of(store) + " of the home " + home;
    }
}
