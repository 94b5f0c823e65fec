package io.saddlebag.hq.store;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * The sealed messages: put once, read by part, dropped when no delivery needs them. Calls block on the disk or the
 * database and may come from any thread.
 */
public interface PayloadStore extends AutoCloseable {
    /** The bytes of a payload are not those that were put: its checksum does not hold, or its file ends before it. */
    final class PayloadDamagedException extends IOException {
        private static final long serialVersionUID = 1L;

        public PayloadDamagedException(String message) {
            super(message);
        }
    }

    /** The payloads cannot be asked for now, as when the database is away. Passes. */
    final class PayloadsAwayException extends IOException {
        private static final long serialVersionUID = 1L;

        public PayloadsAwayException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Takes a payload of one part; durable only after the next {@link #sync}, or with the commit of its message where
     * {@link PayloadRows} writes it.
     *
     * @param sealed the manifest's envelope, then the sealed message, of at most {@link Manifest#PART_SIZE} bytes; no
     *     caller writes into it any more
     * @param manifestLength where in it the sealed message begins
     */
    PayloadRef put(byte[] sealed, int manifestLength) throws IOException;

    /**
     * Opens the upload of a payload of several parts, or resumes the one that broke off, be it before a restart. An
     * upload of the same manifest that is still open is closed and given to the new caller.
     *
     * @param manifestSha256 tells uploads under the same id apart
     * @param bodySize of the whole sealed message, in bytes
     */
    Upload upload(SiteId sender, MessageId id, byte[] manifest, Sha256 manifestSha256, long bodySize)
            throws IOException;

    /**
     * Makes all that was put so far survive a power cut. Does nothing where {@link PayloadRows} writes it.
     *
     * @throws IOException when that is not certain of what was put since the last success; it never will be
     */
    void sync() throws IOException;

    /** The manifest's envelope. */
    byte[] manifest(PayloadRef ref) throws IOException;

    /**
     * One part of the sealed message, behind the manifest's envelope when that is asked for. Nobody may write into it: the
     * first one with the manifest may be what {@link #put} took.
     *
     * @param part from 1
     * @throws IOException as {@link #read}
     */
    default byte[] part(PayloadRef ref, int part, boolean withManifest) throws IOException {
        byte[] manifest = withManifest ? manifest(ref) : new byte[0];
        long offset = (long) (part - 1) * Manifest.PART_SIZE;
        int length = (int) Math.min(Manifest.PART_SIZE, ref.bodyLength() - offset);
        byte[] bytes = Arrays.copyOf(manifest, manifest.length + length);
        read(ref, offset, ByteBuffer.wrap(bytes, manifest.length, length));
        return bytes;
    }

    /**
     * Reads from the sealed message at an offset until the buffer is full or the message ends. Fastest in whole parts.
     *
     * @throws PayloadDamagedException when the bytes are not those that were put
     * @throws IOException also when the payload was dropped
     */
    void read(PayloadRef ref, long offset, ByteBuffer into) throws IOException;

    /** Gives the payload's space back, now or later; a second call does nothing. */
    void drop(PayloadRef ref);

    /**
     * The message of the payload could not be stored, and its sender sends it again. A store that keeps whole uploads keeps
     * this one, so that the sender need not send its parts again.
     */
    default void giveBack(PayloadRef ref) {
        drop(ref);
    }

    /** The bytes of a sender's uploads that are not open here. */
    long leftBy(SiteId sender) throws IOException;

    /** Discards uploads that are not open here and got their last part at such a time. Returns how many. */
    int discardUploads(Predicate<Instant> lastPart) throws IOException;

    @Override
    void close();

    /**
     * A payload that arrives part by part, one thread at a time. Closing it keeps what came so far for the next
     * {@link PayloadStore#upload}.
     */
    interface Upload extends AutoCloseable {
        /** The bytes of the sealed message that are here, a whole number of parts; the sender resumes after them. */
        long received();

        /**
         * Appends the next part of the sealed message.
         *
         * @throws io.saddlebag.message.Refusal with {@code MALFORMED} when it is not a whole part, or the last one is
         *     not as long as the manifest says
         * @throws IOException also when somebody else opened the same upload since
         */
        void append(byte[] part) throws IOException;

        /**
         * Ends the upload: all bytes are here, and durable or about to be with the commit of its message. A payload that is
         * then not published must be dropped.
         *
         * @throws io.saddlebag.message.Refusal with {@code BAD_DIGEST} when they are not those of the digest; the
         *     upload is discarded then
         * @throws IOException when they cannot be made durable; the upload is discarded then too
         */
        PayloadRef complete(Sha256 bodySha256) throws IOException;

        /** Forgets what came; a second call does nothing. */
        void discard();

        @Override
        void close();
    }
}
