package io.saddlebag.stomp;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Names and values between their bytes on the wire (UTF-8, escaped) and text (STOMP 1.2, Value Encoding). */
final class HeaderText {
    private HeaderText() {}

    /**
     * @param escaped whether the frame's command escapes its headers
     * @throws Refusal MALFORMED for an unknown escape, a control character that is not allowed there, or bytes that are
     *     not UTF-8
     */
    static String decode(byte[] line, int from, int to, boolean escaped) {
        boolean ascii = true;
        boolean escapes = false;
        for (int i = from; i < to; i++) {
            byte b = line[i];
            if (b < 0) {
                ascii = false;
            } else if (b == '\\') {
                escapes = escaped;
            } else if (b == 0 || b == '\r') {
                throw malformed("expected no NUL or CR within a header, found one");
            }
        }
        String text = ascii ? new String(line, from, to - from, StandardCharsets.ISO_8859_1) : utf8(line, from, to);
        return escapes ? unescape(text) : text;
    }

    private static String utf8(byte[] line, int from, int to) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Refusal(Refusal.Code.MALFORMED, "expected headers in UTF-8, found other bytes", e);
        }
    }

    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            i++;
            char escape = i < text.length() ? text.charAt(i) : 0;
            switch (escape) {
                case 'r' -> plain.append('\r');
                case 'n' -> plain.append('\n');
                case 'c' -> plain.append(':');
                case '\\' -> plain.append('\\');
                default ->
                    throw malformed("expected the escapes \\r \\n \\c \\\\ in a header, found '"
                            + Printable.of(text.substring(i - 1, Math.min(i + 1, text.length()))) + "'");
            }
        }
        return plain.toString();
    }

    private static Refusal malformed(String reason) {
        return new Refusal(Refusal.Code.MALFORMED, reason);
    }

    static boolean needsEscape(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ':' || c == '\\' || c == '\n' || c == '\r') {
                return true;
            }
        }
        return false;
    }

    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\r' -> escaped.append("\\r");
                case '\n' -> escaped.append("\\n");
                case ':' -> escaped.append("\\c");
                case '\\' -> escaped.append("\\\\");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
