package io.saddlebag.hq.store.rows;

import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.rows.UploadRows.Opened;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An upload whose parts are committed one by one, with the state of the digest, so that any headquarters resumes it and reads
 * nothing again.
 */
final class RowUpload implements PayloadStore.Upload {
    private static final Logger LOG = LoggerFactory.getLogger(RowUpload.class);

    private final UploadRows rows;
    private final Opened opened;
    private final PayloadRef ref;
    private SHA256Digest digest;
    private long received;
    private boolean closed;

    RowUpload(UploadRows rows, Opened opened, int manifestLength, long bodySize) {
        this.rows = rows;
        this.opened = opened;
        this.ref = new PayloadRef(opened.file(), 0, manifestLength, bodySize);
        this.digest = new SHA256Digest(opened.digestState());
        this.received = opened.received();
    }

    /** The state of a digest that nothing was added to. */
    static byte[] emptyDigest() {
        return new SHA256Digest().getEncodedState();
    }

    @Override
    public synchronized long received() {
        return received;
    }

    @Override
    public synchronized void append(byte[] part) throws IOException {
        requireOpen();
        long expected = Math.min(Manifest.PART_SIZE, ref.bodyLength() - received);
        if (expected == 0 || part.length != expected) {
            throw new Refusal(
                    Refusal.Code.MALFORMED,
                    "Expected " + expected + " bytes in the next part of a sealed message of " + ref.bodyLength()
                            + " bytes, found " + part.length);
        }
        SHA256Digest next = new SHA256Digest(digest);
        next.update(part, 0, part.length);
        rows.append(opened, received, part, next.getEncodedState());
        digest = next;
        received += part.length;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("This upload was closed");
        }
    }

    @Override
    public synchronized PayloadRef complete(Sha256 bodySha256) throws IOException {
        requireOpen();
        if (received != ref.bodyLength()) {
            throw new IllegalStateException(
                    "Expected " + ref.bodyLength() + " bytes before the end, found " + received);
        }
        byte[] hash = new byte[digest.getDigestSize()];
        digest.doFinal(hash, 0);
        Sha256 found = Sha256.ofDigest(hash);
        if (!found.equals(bodySha256)) {
            discard();
            throw new Refusal(
                    Refusal.Code.BAD_DIGEST,
                    "Expected a sealed message of SHA-256 " + bodySha256.brief() + ", found " + found.brief()
                            + "; it was altered on its way or at its sender: publish it again");
        }
        closed = true;
        rows.completed(opened);
        return ref;
    }

    @Override
    public synchronized void discard() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            rows.discard(opened.file(), opened.holder());
        } catch (IOException e) {
            LOG.debug("an upload is left to be discarded by its age: {}", FaultText.of(e));
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            rows.close(opened.holder());
        }
    }
}
