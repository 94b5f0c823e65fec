package io.saddlebag.hq.simulation;

import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.ReconciledPayloads;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/** One headquarters' hold on the payloads that survive it: a disk that is full, that does not sync, that does not read. */
final class FaultyPayloads implements ReconciledPayloads {
    private final World world;
    private final Headquarters hq;
    private boolean keptWhatWasDropped;

    FaultyPayloads(World world, Headquarters hq) {
        this.world = world;
        this.hq = hq;
    }

    /** True when a drop failed, so that only the next start gives its space back. */
    boolean keptWhatWasDropped() {
        return keptWhatWasDropped;
    }

    private void fault(String what) throws IOException {
        hq.requireAlive();
        if (world.faults.strike()) {
            world.note(() -> what + " fails");
            throw new IOException("The disk cannot " + what);
        }
    }

    @Override
    public PayloadRef put(byte[] sealed, int manifestLength) throws IOException {
        fault("write a payload");
        PayloadRef ref = world.payloads.put(sealed, manifestLength);
        hq.puts(ref);
        hq.mayCrash("between spool and commit");
        return ref;
    }

    @Override
    public void sync() throws IOException {
        hq.requireAlive();
        if (hq.isNode()) {
            return;
        }
        hq.mayCrash("before a sync");
        if (world.faults.strike()) {
            world.note(() -> "sync fails");
            world.payloads.failSync();
            throw new IOException("The disk cannot sync");
        }
        if (world.breakage != Breakage.SYNC_DOES_NOTHING) {
            world.payloads.sync();
        }
    }

    @Override
    public byte[] manifest(PayloadRef ref) throws IOException {
        fault("read a manifest");
        requireThere(ref);
        return world.payloads.manifest(ref);
    }

    @Override
    public void read(PayloadRef ref, long offset, ByteBuffer into) throws IOException {
        fault("read a payload");
        requireThere(ref);
        world.payloads.read(ref, offset, into);
    }

    /** In the database another node's acknowledgement may have freed it. */
    private void requireThere(PayloadRef ref) throws IOException {
        if (hq.isNode() && !world.payloads.isDurable(ref)) {
            throw new PayloadDamagedException("The database has no payload " + ref);
        }
    }

    @Override
    public void drop(PayloadRef ref) {
        world.others();
        try {
            fault("drop a payload");
        } catch (IOException e) {
            keptWhatWasDropped = true;
            return;
        }
        world.payloads.drop(ref);
        hq.forget(List.of(ref));
    }

    @Override
    public boolean restore(PayloadRef ref) throws IOException {
        hq.requireAlive();
        return world.payloads.restore(ref);
    }

    @Override
    public List<PayloadRef> renew(Collection<PayloadRef> refs) throws IOException {
        hq.requireAlive();
        return world.payloads.renew(refs);
    }

    @Override
    public int freeOthers() throws IOException {
        hq.requireAlive();
        return world.payloads.freeOthers();
    }

    @Override
    public long leftBy(SiteId sender) throws IOException {
        hq.requireAlive();
        return world.payloads.leftBy(sender);
    }

    @Override
    public int discardUploads(Predicate<Instant> lastPart) throws IOException {
        hq.requireAlive();
        return world.payloads.discardUploads(lastPart);
    }

    @Override
    public Upload upload(SiteId sender, MessageId id, byte[] manifest, Sha256 manifestSha256, long bodySize)
            throws IOException {
        fault("open an upload");
        Upload upload = world.payloads.upload(sender, id, manifest, manifestSha256, bodySize);
        return new Upload() {
            @Override
            public long received() {
                return upload.received();
            }

            @Override
            public void append(byte[] part) throws IOException {
                fault("write a part");
                upload.append(part);
                hq.mayCrash("after a part");
            }

            @Override
            public PayloadRef complete(Sha256 bodySha256) throws IOException {
                try {
                    fault("end an upload");
                } catch (IOException e) {
                    upload.discard();
                    throw e;
                }
                PayloadRef ref = upload.complete(bodySha256);
                hq.mayCrash("after an upload");
                return ref;
            }

            @Override
            public void discard() {
                hq.requireAlive();
                upload.discard();
            }

            @Override
            public void close() {
                hq.requireAlive();
                upload.close();
            }
        };
    }

    @Override
    public void close() {}
}
