package io.saddlebag.files.tree;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;

/**
 * A pax extended header (IEEE Std 1003.1, pax Extended Header): what of it counts here. Times, owners and what vendors
 * add are passed over; what would make another content of the same bytes is refused.
 *
 * @param path in place of the header's; null when it says none
 * @param size in place of the header's; -1 when it says none
 */
record PaxRecords(String path, long size) {
    private static final int MAX_SIZE_DIGITS = 18;

    /**
     * @param header the extended header's content, whole
     * @throws Refusal {@code MALFORMED}
     */
    static PaxRecords of(byte[] header) {
        String path = null;
        long size = -1;
        int at = 0;
        while (at < header.length) {
            int space = indexOf(header, ' ', at, header.length);
            int length = number(header, at, space);
            int end = at + length;
            int equals = indexOf(header, '=', space + 1, header.length);
            if (length <= equals - at || end > header.length || header[end - 1] != '\n') {
                throw TarFormat.malformed("an extended header whose records have other lengths than they say");
            }
            String key = TarFormat.text(header, space + 1, equals);
            if (key.equals(TarFormat.PAX_PATH)) {
                path = TarFormat.text(header, equals + 1, end - 1);
            } else if (key.equals(TarFormat.PAX_SIZE)) {
                size = size(TarFormat.text(header, equals + 1, end - 1));
            } else if (key.startsWith("GNU.sparse") || key.equals("hdrcharset")) {
                throw TarFormat.malformed("an extended header with " + Printable.of(key));
            }
            at = end;
        }
        return new PaxRecords(path, size);
    }

    private static int indexOf(byte[] header, char wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (header[i] == wanted) {
                return i;
            }
        }
        throw TarFormat.malformed("an extended header that is cut short");
    }

    private static int number(byte[] header, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = header[i] - '0';
            if (digit < 0 || digit > 9 || value > TarFormat.MAX_PAX) {
                throw TarFormat.malformed("an extended header with a length that is none");
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private static long size(String value) {
        boolean isNumber = !value.isEmpty()
                && value.length() <= MAX_SIZE_DIGITS
                && value.chars().allMatch(digit -> digit >= '0' && digit <= '9');
        if (!isNumber) {
            throw TarFormat.malformed("a size of '" + Printable.of(value) + "'");
        }
        return Long.parseLong(value);
    }
}
