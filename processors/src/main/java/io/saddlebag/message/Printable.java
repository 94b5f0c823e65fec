package io.saddlebag.message;

/**
 * Text from outside made safe to print in an error or a log line: control characters (line breaks among them) and
 * unpaired surrogates become {@code \\uXXXX}, and a long text loses its middle. Its end stays, because an error ends in
 * its remedy.
 */
public final class Printable {
    /** The longest value from outside. */
    static final int MAX_VALUE = 160;
    /** The longest error. One that holds a value of any length is shorter, and so is whole. */
    public static final int MAX_REASON = 1024;

    private static final String CUT = "...";

    private Printable() {}

    /** A value from outside, such as a name, to be put into a text. */
    public static String of(CharSequence value) {
        return printable(value, MAX_VALUE);
    }

    /** The whole text of an error, which another site or a library made. */
    public static String reason(CharSequence text) {
        return printable(text, MAX_REASON);
    }

    private static String printable(CharSequence text, int most) {
        if (text == null) {
            return "null";
        }
        CharSequence some = shortened(text, most);
        StringBuilder printable = new StringBuilder(some.length() + 8);
        escape(some, printable);
        return shortened(printable, most).toString();
    }

    /** The text without its middle, where it is longer than {@code most} characters. */
    public static CharSequence shortened(CharSequence text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int head = (most - CUT.length()) / 2;
        int tail = text.length() - (most - CUT.length() - head);
        head -= Character.isHighSurrogate(text.charAt(head - 1)) ? 1 : 0;
        tail += Character.isLowSurrogate(text.charAt(tail)) ? 1 : 0;
        return text.subSequence(0, head) + CUT + text.subSequence(tail, text.length());
    }

    /** As {@link #of} and uncut, for a line that is whole. */
    public static String whole(CharSequence text) {
        StringBuilder printable = new StringBuilder(text.length() + 8);
        escape(text, printable);
        return printable.toString();
    }

    private static void escape(CharSequence text, StringBuilder printable) {
        int index = 0;
        while (index < text.length()) {
            int codePoint = Character.codePointAt(text, index);
            index += Character.charCount(codePoint);
            if (isPlain(codePoint)) {
                printable.appendCodePoint(codePoint);
            } else {
                printable.append(String.format("\\u%04X", codePoint));
            }
        }
    }

    static boolean isPlain(int codePoint) {
        int type = Character.getType(codePoint);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.SURROGATE
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR
                && type != Character.UNASSIGNED;
    }
}
