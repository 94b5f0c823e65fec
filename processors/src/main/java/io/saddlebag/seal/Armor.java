package io.saddlebag.seal;

import io.saddlebag.message.Refusal;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The bytes inside an ASCII-armored age file (C2SP age, "ASCII armor"; RFC 7468, strict): lines of 64 characters of
 * canonical base64, the last one of at most 64, white space only around the whole. Throws a {@code BAD_SEAL}
 * {@link Refusal} at what is not so. For one thread.
 */
final class Armor extends InputStream {
    private static final String BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----";
    private static final String END = "-----END AGE ENCRYPTED FILE-----";
    private static final int LINE = 64;
    /** The most white space before and after the armor. */
    private static final int MAX_SPACE = 1024;

    private final BufferedInputStream armored;
    private byte[] decoded = new byte[0];
    private int position;
    private boolean shortLine;
    private boolean ended;

    Armor(BufferedInputStream armored) throws IOException {
        this.armored = armored;
        skipSpace();
        if (!BEGIN.equals(readLine())) {
            throw refusal("another first line");
        }
    }

    /** Tells whether the stream begins, after white space, as an armored file does; the stream stays where it is. */
    static boolean isAhead(BufferedInputStream stream) throws IOException {
        stream.mark(MAX_SPACE + BEGIN.length());
        try {
            int next = stream.read();
            for (int space = 0; isSpace(next) && space < MAX_SPACE; space++) {
                next = stream.read();
            }
            return next == '-';
        } finally {
            stream.reset();
        }
    }

    private static boolean isSpace(int character) {
        return character == ' ' || character == '\t' || character == '\r' || character == '\n';
    }

    private void skipSpace() throws IOException {
        int next;
        do {
            armored.mark(1);
            next = armored.read();
        } while (isSpace(next));
        armored.reset();
    }

    @Override
    public int read() throws IOException {
        return fill() ? decoded[position++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, decoded.length - position);
        System.arraycopy(decoded, position, bytes, offset, count);
        position += count;
        return count;
    }

    private boolean fill() throws IOException {
        if (position < decoded.length) {
            return true;
        }
        if (ended) {
            return false;
        }
        String line = readLine();
        if (END.equals(line)) {
            ended = true;
            requireNothingMore();
            return false;
        }
        if (shortLine) {
            throw refusal("a line after the last one");
        }
        shortLine = line.length() < LINE;
        decoded = decode(line);
        position = 0;
        return true;
    }

    private static byte[] decode(String line) {
        try {
            byte[] bytes = Base64.getDecoder().decode(line);
            if (bytes.length > 0 && Base64.getEncoder().encodeToString(bytes).equals(line)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw refusal("a line that is not base64");
        }
        throw refusal("a line that is not canonical base64");
    }

    /** The next line without its end, LF or CRLF. */
    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder(LINE);
        for (int next = armored.read(); next != '\n'; next = armored.read()) {
            if (next < 0) {
                if (END.contentEquals(line)) {
                    break;
                }
                throw refusal("the end of the file before the line " + END);
            }
            if (line.length() > LINE) {
                throw refusal("a line of more than " + LINE + " characters");
            }
            line.append((char) next);
        }
        if (line.length() > 0 && line.charAt(line.length() - 1) == '\r') {
            line.setLength(line.length() - 1);
        }
        if (line.length() > LINE) {
            throw refusal("a line of more than " + LINE + " characters");
        }
        return line.toString();
    }

    private void requireNothingMore() throws IOException {
        byte[] rest = armored.readNBytes(MAX_SPACE + 1);
        if (rest.length > MAX_SPACE || !new String(rest, StandardCharsets.ISO_8859_1).isBlank()) {
            throw refusal("something after the line " + END);
        }
    }

    private static Refusal refusal(String found) {
        return new Refusal(
                Refusal.Code.BAD_SEAL, "Expected an age file in ASCII armor from " + BEGIN + " on, found " + found);
    }
}
