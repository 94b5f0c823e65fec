package io.saddlebag.seal;

import io.saddlebag.message.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Takes the header of an age file and the nonce after it from a stream: bounded, and not a byte further. */
final class AgeHeader {
    private static final byte[] VERSION = "age-encryption.org/v1\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "---".getBytes(StandardCharsets.US_ASCII);

    private AgeHeader() {}

    /**
     * @param sealed best buffered: it is read byte by byte
     * @throws Refusal {@code BAD_SEAL} when it is not an age v1 file, ends early, or its header is longer than {@code max}
     *     bytes
     */
    static ByteBuffer read(InputStream sealed, int max, int nonceLength) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream(512);
        for (byte expected : VERSION) {
            if (sealed.read() != expected) {
                throw new Refusal(
                        Refusal.Code.BAD_SEAL,
                        "Expected an age file (its first line is age-encryption.org/v1), found something else");
            }
            header.write(expected);
        }
        while (!readLine(sealed, header, max)) {
            // the next line is another stanza's
        }
        header.write(nonce(sealed, nonceLength));
        return ByteBuffer.wrap(header.toByteArray());
    }

    /** Tells whether the line was the header's last. */
    private static boolean readLine(InputStream sealed, ByteArrayOutputStream header, int max) throws IOException {
        int matched = 0;
        int column = 0;
        int previous;
        int next = '\n';
        do {
            previous = next;
            next = sealed.read();
            if (next < 0) {
                throw new Refusal(
                        Refusal.Code.BAD_SEAL,
                        "Expected an age header that ends in a line '---', found the end of the file after "
                                + header.size() + " bytes");
            }
            if (header.size() == max) {
                throw new Refusal(
                        Refusal.Code.BAD_SEAL, "Expected an age header of at most " + max + " bytes, found more");
            }
            requireText(previous, next);
            header.write(next);
            if (column < END.length && matched == column && next == END[column]) {
                matched++;
            }
            column++;
        } while (next != '\n');
        return matched == END.length;
    }

    /** Arguments of visible characters between single spaces; a reader that is lax here lets the header be rewritten. */
    private static void requireText(int previous, int next) {
        boolean visible = next > ' ' && next <= '~';
        boolean separator = next == ' ' && previous != ' ';
        boolean end = next == '\n' && previous != ' ';
        if (!visible && !separator && !end) {
            throw new Refusal(
                    Refusal.Code.BAD_SEAL,
                    "Expected an age header of visible characters and single spaces, found the byte " + next);
        }
    }

    private static byte[] nonce(InputStream sealed, int length) throws IOException {
        byte[] nonce = sealed.readNBytes(length);
        if (nonce.length < length) {
            throw new Refusal(
                    Refusal.Code.BAD_SEAL, "Expected a payload after the age header, found the end of the file");
        }
        return nonce;
    }
}
