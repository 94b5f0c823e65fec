package io.saddlebag.message;

/**
 * Text from outside made safe to print in an error or a log line: control characters (line breaks among them) and
 * unpaired surrogates become {@code \\uXXXX}, and what is longer than {@value #MAX_LENGTH} characters is cut.
 */
public final class Printable {
    static final int MAX_LENGTH = 160;

    private Printable() {}

    public static String of(CharSequence text) {
        if (text == null) {
            return "null";
        }
        StringBuilder printable = new StringBuilder(Math.min(text.length(), MAX_LENGTH) + 8);
        int end = escape(text, printable, MAX_LENGTH);
        return end < text.length() ? printable.append("...").toString() : printable.toString();
    }

    /** As {@link #of} and uncut, for a line that is whole. */
    public static String whole(CharSequence text) {
        StringBuilder printable = new StringBuilder(text.length() + 8);
        escape(text, printable, Integer.MAX_VALUE);
        return printable.toString();
    }

    /** Returns where it ended in the text. */
    private static int escape(CharSequence text, StringBuilder printable, int most) {
        int index = 0;
        while (index < text.length() && printable.length() < most) {
            int codePoint = Character.codePointAt(text, index);
            index += Character.charCount(codePoint);
            if (isPlain(codePoint)) {
                printable.appendCodePoint(codePoint);
            } else {
                printable.append(String.format("\\u%04X", codePoint));
            }
        }
        return index;
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
