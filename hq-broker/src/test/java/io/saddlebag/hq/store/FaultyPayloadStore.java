package io.saddlebag.hq.store;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A real payload store on a disk that fails on demand. */
public class FaultyPayloadStore implements ReconciledPayloads {
    private final ReconciledPayloads store;
    private final AtomicInteger failingSyncs = new AtomicInteger();
    private volatile boolean failingPuts;

    public FaultyPayloadStore(ReconciledPayloads store) {
        this.store = store;
    }

    public void failSyncs(int count) {
        failingSyncs.set(count);
    }

    public void failPuts(boolean fail) {
        failingPuts = fail;
    }

    @Override
    public PayloadRef put(byte[] sealed, int manifestLength) throws IOException {
        if (failingPuts) {
            throw new IOException("No space left on device");
        }
        return store.put(sealed, manifestLength);
    }

    @Override
    public Upload upload(SiteId sender, MessageId id, byte[] manifest, Sha256 manifestSha256, long bodySize)
            throws IOException {
        return store.upload(sender, id, manifest, manifestSha256, bodySize);
    }

    @Override
    public void sync() throws IOException {
        if (failingSyncs.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IOException("Input/output error");
        }
        store.sync();
    }

    @Override
    public byte[] manifest(PayloadRef ref) throws IOException {
        return store.manifest(ref);
    }

    @Override
    public void read(PayloadRef ref, long offset, ByteBuffer into) throws IOException {
        store.read(ref, offset, into);
    }

    @Override
    public void drop(PayloadRef ref) {
        store.drop(ref);
    }

    @Override
    public boolean restore(PayloadRef ref) throws IOException {
        return store.restore(ref);
    }

    @Override
    public List<PayloadRef> renew(Collection<PayloadRef> refs) throws IOException {
        return store.renew(refs);
    }

    @Override
    public int freeOthers() throws IOException {
        return store.freeOthers();
    }

    @Override
    public long leftBy(SiteId sender) throws IOException {
        return store.leftBy(sender);
    }

    @Override
    public int discardUploads(Predicate<Instant> lastPart) throws IOException {
        return store.discardUploads(lastPart);
    }

    @Override
    public void close() {
        store.close();
    }
}
