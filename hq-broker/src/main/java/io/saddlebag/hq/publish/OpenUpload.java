package io.saddlebag.hq.publish;

import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore.Upload;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.stomp.Part;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A message in several parts on its way in. Its part 1 is judged, and one connection fills it in order. Blocks on the disk;
 * any thread may call, one at a time gets in.
 */
final class OpenUpload {
    private static final Logger LOG = LoggerFactory.getLogger(OpenUpload.class);

    private final Submission first;
    /** Null until it is begun. */
    private volatile Upload upload;

    private volatile boolean closed;
    private final Clock clock;
    private volatile Instant progressed;

    /** @param first the submission of part 1, judged and routed */
    OpenUpload(Submission first, Clock clock) {
        this.first = first;
        this.clock = clock;
        this.progressed = clock.instant();
    }

    /** Opens the payload's upload, which may read what an earlier run has left of it. */
    interface Beginning {
        Upload begin() throws IOException;
    }

    /**
     * Call it before any other method. Parts wait until it is done.
     *
     * @throws Refusal {@code UPLOAD_LOST} when it was closed meanwhile
     */
    synchronized void begin(Beginning beginning) throws IOException {
        requireOpen(1);
        try {
            upload = beginning.begin();
        } catch (IOException e) {
            // The store breaks off what an upload reads when another takes it over.
            requireOpen(1);
            throw e;
        }
        if (closed) {
            closeBegun();
        }
        requireOpen(1);
    }

    private void requireOpen(int part) {
        if (closed) {
            throw new Refusal(
                    Code.UPLOAD_LOST,
                    "Expected parts on the connection that sent part 1 last, found part " + part
                            + " on another. Send part 1 again to continue here");
        }
    }

    Submission first() {
        return first;
    }

    /** When it was opened or its last part came. */
    Instant progressed() {
        return progressed;
    }

    /** The bytes that are on the disk; 0 until it is begun. */
    long received() {
        Upload begun = upload;
        return begun == null ? 0 : begun.received();
    }

    /**
     * Appends the part when it is the next one. Passes over an earlier part and a question.
     *
     * @return the number of the part that is wanted next
     * @throws Refusal {@code MALFORMED} for a part too early or of another length, {@code UPLOAD_LOST} when another
     *     connection has taken the upload over
     */
    synchronized int take(PublishFrame part) throws IOException {
        requireOpen(part.part().number());
        Manifest manifest = first.manifest();
        int wanted = wanted();
        if (part.part().count() != manifest.parts() || part.part().number() > wanted) {
            throw new Refusal(
                    Code.MALFORMED,
                    "Expected part " + new Part(wanted, manifest.parts()) + " of " + manifest.messageId() + ", found "
                            + part.part() + ". Send the parts in order");
        }
        if (part.part().number() == wanted && !part.isQuestion()) {
            long offset = (long) (wanted - 1) * Manifest.PART_SIZE;
            long length = Math.min(Manifest.PART_SIZE, manifest.body().size() - offset);
            if (part.size() != length) {
                throw new Refusal(
                        Code.MALFORMED,
                        "Expected " + length + " bytes in part " + part.part() + ", found "
                                + part.size() + ". All parts but the last are " + Manifest.PART_SIZE
                                + " bytes long");
            }
            upload.append(part.bytes());
            progressed = clock.instant();
        }
        return wanted();
    }

    private int wanted() {
        return Math.toIntExact((upload.received() + Manifest.PART_SIZE - 1) / Manifest.PART_SIZE + 1);
    }

    synchronized boolean isFull() {
        return upload.received() == first.manifest().body().size();
    }

    /** @throws Refusal {@code BAD_DIGEST} when the bytes are not those of the manifest; all of them are gone then */
    synchronized PayloadRef complete() throws IOException {
        closed = true;
        return upload.complete(first.manifest().body().sha256());
    }

    /**
     * Keeps the parts that came so far, for another connection to resume. Waits for a part that is being taken, but not for
     * {@link #begin}, which ends by itself then.
     */
    void close() {
        boolean wasClosed = closed;
        closed = true;
        if (!wasClosed && upload != null) {
            closeBegun();
        }
    }

    private synchronized void closeBegun() {
        upload.close();
        LOG.debug("{}: upload left at {} bytes", first.manifest().messageId(), upload.received());
    }
}
