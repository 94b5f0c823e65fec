package io.saddlebag.seal;

import io.saddlebag.message.Json;
import io.saddlebag.message.Message;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.StreamDigest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/** Opens what {@link MessageSealer} sealed. Memory is constant for any size. For any number of threads. */
public final class MessageOpener {
    private final CryptoProviders providers;

    /**
     * Receives the opened content, chunk by chunk, in order, on the thread that opens; {@code OutputStream::write} is
     * one. Each chunk has been authenticated, but the whole only once opening returns: nothing may be published before.
     */
    @FunctionalInterface
    public interface ContentSink {
        /** Takes {@code length} bytes from {@code offset} on (at most 64 KiB); the array is reused after the call. */
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    public MessageOpener(CryptoProviders providers) {
        this.providers = providers;
    }

    /**
     * Reads the sealed message to its end and hands the content to the sink as it is authenticated, at most as many
     * bytes as the message inside the seal names. The content may be published when this returns, not before. Does not
     * close the stream.
     *
     * @param identities tried in order
     * @param expected whom the signed manifest names; the seal must be bound to the same
     * @return the message inside the seal
     * @throws Refusal {@code BAD_SEAL} when it does not open, is bound to another message or sender, or is not a message;
     *     {@code BAD_DIGEST} when the content is not the one that the message inside the seal names
     * @throws IOException when the stream or the sink fails
     */
    public Message open(InputStream sealed, List<AgeIdentity> identities, SenderBinding expected, ContentSink sink)
            throws IOException {
        AgeReader age = new AgeReader(sealed, identities, reader -> ContextStanza.bound(reader, expected), providers);
        int length = age.next();
        int newline = newline(age.chunk(), length);
        Message message = message(Arrays.copyOf(age.chunk(), newline), expected);

        try (Content content = new Content(message, sink)) {
            content.write(age.chunk(), newline + 1, length - newline - 1);
            for (length = age.next(); length >= 0; length = age.next()) {
                content.write(age.chunk(), 0, length);
            }
            content.requireWhole();
        }
        return message;
    }

    private static int newline(byte[] chunk, int length) {
        int end = Math.min(length, MessageSealer.MAX_LINE);
        for (int index = 0; index < end; index++) {
            if (chunk[index] == '\n') {
                return index;
            }
        }
        throw new Refusal(
                Refusal.Code.BAD_SEAL,
                "Expected a line of JSON of at most " + MessageSealer.MAX_LINE
                        + " bytes inside the seal, found none; is it a plain age file?");
    }

    private static Message message(byte[] json, SenderBinding expected) {
        Message message;
        try {
            message = Json.read(json, Message.class);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Refusal.Code.BAD_SEAL, "Inside the seal: " + e.getMessage(), e);
        }
        if (!message.messageId().equals(expected.messageId())
                || !message.senderId().equals(expected.senderId())) {
            throw new Refusal(
                    Refusal.Code.BAD_SEAL,
                    "Expected " + expected.messageId() + " of " + expected.senderId() + " inside the seal, found "
                            + Printable.of(message.messageId().value()) + " of " + message.senderId());
        }
        return message;
    }

    /** The content on its way out. */
    private static final class Content implements AutoCloseable {
        private final Message message;
        private final ContentSink sink;
        private final StreamDigest digest;
        private long size;

        Content(Message message, ContentSink sink) {
            this.message = message;
            this.sink = sink;
            this.digest = new StreamDigest(message.size());
        }

        void write(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return;
            }
            size += length;
            if (size > message.size()) {
                throw different("more than its " + message.size() + " bytes");
            }
            digest.update(bytes, offset, length);
            sink.write(bytes, offset, length);
        }

        @Override
        public void close() {
            digest.close();
        }

        void requireWhole() throws IOException {
            if (size != message.size()) {
                throw different(size + " bytes in place of " + message.size());
            }
            Sha256 found = digest.sha256();
            if (!found.equals(message.sha256())) {
                throw different("SHA-256 " + found.brief() + " in place of "
                        + message.sha256().brief());
            }
        }

        private Refusal different(String found) {
            return new Refusal(
                    Refusal.Code.BAD_DIGEST,
                    "Expected the content that " + message.messageId() + " names inside its seal, found " + found
                            + "; the sender must send it again");
        }
    }
}
