package io.saddlebag.seal;

import io.saddlebag.message.Json;
import io.saddlebag.message.Message;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.StreamDigest;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.List;

/**
 * Seals a message: an age v1 file (C2SP age) of one line of JSON, the {@link Message}, a newline and the content. Memory
 * is constant for any size. For any number of threads.
 */
public final class MessageSealer {
    /** The longest line of JSON inside the seal, newline included, in bytes. */
    public static final int MAX_LINE = 16 * 1024;

    private final AgeWriter age;

    public MessageSealer(CryptoProviders providers) {
        this.age = new AgeWriter(providers);
    }

    /**
     * Reads the content once, from its current position to its end, and writes the sealed message. Closes neither
     * stream and syncs nothing.
     *
     * @param header describes the content, which is the caller's to compare while it is read here
     * @param ageRecipients {@code age1...} or {@code age1pq1...}, at least one, not both kinds
     * @param sealed on a failure it holds a file that opens for nobody
     * @return size and digest of what was written to {@code sealed}
     * @throws Refusal {@code BAD_FILE} when the header is too long for its line
     * @throws IOException when a stream fails
     * @throws IllegalArgumentException when a recipient is none, or they are of both kinds
     */
    public Sealed seal(
            Message header, InputStream content, List<String> ageRecipients, SenderBinding binding, OutputStream sealed)
            throws IOException {
        requireBoundTo(header, binding);
        try (DigestedOutput out = new DigestedOutput(sealed, header.size())) {
            age.write(
                    new SequenceInputStream(new ByteArrayInputStream(line(header)), kept(content)),
                    ageRecipients,
                    List.of(ContextStanza.writer(binding)),
                    out);
            return new Sealed(out.size(), out.sha256());
        }
    }

    /** Leaves the content open. */
    private static InputStream kept(InputStream content) {
        return new FilterInputStream(content) {
            @Override
            public void close() {
                // The caller's.
            }
        };
    }

    private static void requireBoundTo(Message header, SenderBinding binding) {
        if (!header.messageId().equals(binding.messageId())
                || !header.senderId().equals(binding.senderId())) {
            throw new IllegalArgumentException("Expected to seal " + header.messageId() + " of " + header.senderId()
                    + " under its own name, found a binding to " + binding.messageId() + " of " + binding.senderId());
        }
    }

    private static byte[] line(Message header) {
        byte[] json = Json.write(header);
        if (json.length >= MAX_LINE) {
            throw new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected at most " + (MAX_LINE - 1) + " bytes of facts of " + header.messageId() + ", found "
                            + json.length + "; shorten the file name");
        }
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    /** Counts and digests the bytes written to a stream, which stays open when this one is closed. */
    private static final class DigestedOutput extends OutputStream {
        private final OutputStream out;
        private final StreamDigest digest;
        private long size;

        /** @param expectedSize about how many bytes will pass */
        DigestedOutput(OutputStream out, long expectedSize) {
            this.out = out;
            this.digest = new StreamDigest(expectedSize);
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            digest.update(bytes, offset, length);
            size += length;
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            digest.close();
            out.flush();
        }

        long size() {
            return size;
        }

        /** Once, at the end. */
        Sha256 sha256() throws IOException {
            return digest.sha256();
        }
    }

    /**
     * Size and digest of a sealed message, as its manifest states them.
     *
     * @param size in bytes
     * @param sha256 of the sealed bytes
     */
    public record Sealed(long size, Sha256 sha256) {}
}
