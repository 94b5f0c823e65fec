package io.saddlebag.hq.store;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The sealed messages: put once, read by part, dropped when nobody waits for them any more. Calls block on the disk.
 */
public interface PayloadStore extends AutoCloseable {
    /** Appends a one-part payload; durable only after the next {@link #sync}. */
    PayloadRef put(byte[] manifest, byte[] body) throws IOException;

    /**
     * Opens the upload of a payload of several parts, or goes on with the one that broke off.
     *
     * @param manifestSha256 tells uploads under the same id apart
     */
    Upload upload(SiteId sender, MessageId id, byte[] manifest, Sha256 manifestSha256, long bodySize)
            throws IOException;

    /** Makes all that was put so far survive a power cut. */
    void sync() throws IOException;

    /** The manifest's envelope. */
    byte[] manifest(PayloadRef ref) throws IOException;

    /**
     * Reads from the sealed message at an offset until the buffer is full or the message ends.
     *
     * @throws IOException also when the bytes are not those that were put
     */
    void read(PayloadRef ref, long offset, ByteBuffer into) throws IOException;

    /** Gives the payload's space back; a second call does nothing. */
    void drop(PayloadRef ref) throws IOException;

    @Override
    void close();

    /** A payload that arrives part by part, one thread at a time. Closing it keeps what came so far. */
    interface Upload extends AutoCloseable {
        /** How many bytes of the sealed message are here: where the sender goes on. */
        long received();

        /** Appends the next bytes of the sealed message. */
        void append(byte[] part) throws IOException;

        /**
         * Ends the upload: all bytes are here and durable.
         *
         * @throws io.saddlebag.message.Refusal with {@code BAD_DIGEST} when they are not those of the digest; the
         *     upload is discarded then
         */
        PayloadRef complete(Sha256 bodySha256) throws IOException;

        void discard();

        @Override
        void close();
    }
}
