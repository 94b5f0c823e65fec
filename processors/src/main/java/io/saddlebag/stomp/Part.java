package io.saddlebag.stomp;

import io.saddlebag.message.Printable;

/**
 * One part of a sealed message as the header {@code part} says it, {@code k/n}.
 *
 * @param number k, from 1 to n
 * @param count n, of all parts; at most 9999999
 */
public record Part(int number, int count) {
    /** A message that travels as a whole. */
    public static final Part WHOLE = new Part(1, 1);

    private static final int MAX_DIGITS = 7;

    /** @throws IllegalArgumentException when the text is not k/n, or k is above n */
    public static Part of(String text) {
        int slash = text.indexOf('/');
        int number = slash < 0 ? -1 : number(text, 0, slash);
        int count = slash < 0 ? -1 : number(text, slash + 1, text.length());
        if (number < 0 || count < number) {
            throw new IllegalArgumentException(
                    "Expected k/n such as 1/3 with k at most n, found '" + Printable.of(text) + "'");
        }
        return new Part(number, count);
    }

    /** A decimal number without a leading zero; -1 for anything else. No pattern: every message has two. */
    private static int number(String text, int from, int to) {
        if (from == to || to - from > MAX_DIGITS || text.charAt(from) == '0') {
            return -1;
        }
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    public boolean isLast() {
        return number == count;
    }

    /** As the header says it. */
    @Override
    public String toString() {
        return number + "/" + count;
    }
}
