package io.saddlebag.observe;

import io.saddlebag.message.Printable;
import io.saddlebag.site.Settings;
import java.time.Duration;

/** The parameter {@code expect} of a drop folder or an outbox: the longest silence that is right. */
public final class Expect {
    public static final String PARAMETER = "expect";
    private static final String NEVER = "never";

    private Expect() {}

    /**
     * @return null for {@value #NEVER}, and for the text of an absent one
     * @throws IllegalArgumentException when it is no time, or none at all
     */
    public static Duration of(String text) {
        if (text.equals(NEVER) || text.equals("null")) {
            return null;
        }
        try {
            Duration expect = Settings.durationOf(text);
            if (expect.toSeconds() > 0) {
                return expect;
            }
        } catch (IllegalArgumentException e) {
            // The error below.
        }
        throw new IllegalArgumentException("Expected " + NEVER + " or a time of 1s or more such as 1d, found '"
                + Printable.of(text) + "'. Correct the route's parameter");
    }
}
