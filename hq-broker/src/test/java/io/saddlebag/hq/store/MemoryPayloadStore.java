package io.saddlebag.hq.store;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The payloads in memory, for one thread; keeps to the contract of {@link PayloadStore} as the spool does, and loses at a
 * power cut what was not synced.
 */
public final class MemoryPayloadStore implements ReconciledPayloads {
    private final Clock clock;
    private final Map<Long, Payload> payloads = new TreeMap<>();
    private final Map<String, Received> uploads = new HashMap<>();
    private final Set<PayloadRef> restored = new HashSet<>();
    private boolean renewed;
    private long lastOffset;

    public MemoryPayloadStore(Clock clock) {
        this.clock = clock;
    }

    private enum State {
        WRITTEN,
        /** A sync failed after it was written: no later one makes it certain. */
        DOUBTFUL,
        DURABLE,
        /** Cut off by a power cut: in full length, with other bytes. */
        TORN
    }

    private static final class Payload {
        final byte[] manifest;
        final byte[] body;
        State state;

        Payload(byte[] manifest, byte[] body, State state) {
            this.manifest = manifest;
            this.body = body;
            this.state = state;
        }
    }

    /** The parts of an upload, and its owner. */
    private static final class Received {
        final List<byte[]> parts = new ArrayList<>();
        Instant last;
        MemoryUpload owner;
    }

    /** How many payloads take up room, uploads that have not ended among them. */
    public int size() {
        return payloads.size() + uploads.size();
    }

    /** True when a power cut would leave it as it was put. */
    public boolean isDurable(PayloadRef ref) {
        Payload payload = payloads.get(ref.offset());
        return payload != null && payload.state == State.DURABLE;
    }

    /** Its process has ended, be it in order: what still counts has to be said again. */
    public void reopen() {
        restored.clear();
        renewed = false;
        uploads.values().forEach(received -> received.owner = null);
    }

    /** A power cut: what was not synced is whole, torn or gone, as chance will have it. */
    public void cut(Random random) {
        reopen();
        payloads.values().removeIf(payload -> payload.state != State.DURABLE && random.nextInt(3) == 0);
        for (Payload payload : payloads.values()) {
            if (payload.state != State.DURABLE && random.nextBoolean()) {
                payload.state = State.TORN;
            }
        }
        for (Received received : uploads.values()) {
            while (!received.parts.isEmpty() && random.nextBoolean()) {
                received.parts.remove(received.parts.size() - 1);
            }
        }
    }

    /** It is committed with the message that names it, as headquarters of several does. */
    public void keep(PayloadRef ref) {
        Payload payload = payloads.get(ref.offset());
        if (payload != null) {
            payload.state = State.DURABLE;
        }
    }

    /** A sync that fails: what was written since the last one is in doubt for ever. */
    public void failSync() {
        payloads.values().stream()
                .filter(payload -> payload.state == State.WRITTEN)
                .forEach(payload -> payload.state = State.DOUBTFUL);
    }

    @Override
    public PayloadRef put(byte[] sealed, int manifestLength) {
        if (sealed.length - manifestLength > Manifest.PART_SIZE) {
            throw new IllegalArgumentException("Expected at most " + Manifest.PART_SIZE + " bytes");
        }
        return add(new Payload(
                Arrays.copyOf(sealed, manifestLength),
                Arrays.copyOfRange(sealed, manifestLength, sealed.length),
                State.WRITTEN));
    }

    private PayloadRef add(Payload payload) {
        payloads.put(++lastOffset, payload);
        return new PayloadRef(1, lastOffset, payload.manifest.length, payload.body.length);
    }

    @Override
    public Upload upload(SiteId sender, MessageId id, byte[] manifest, Sha256 manifestSha256, long bodySize) {
        String key = sender + "/" + id + "/" + manifestSha256;
        Received received = uploads.computeIfAbsent(key, unused -> new Received());
        received.last = received.last == null ? clock.instant() : received.last;
        received.owner = new MemoryUpload(key, received, manifest, bodySize);
        return received.owner;
    }

    @Override
    public void sync() {
        payloads.values().stream()
                .filter(payload -> payload.state == State.WRITTEN)
                .forEach(payload -> payload.state = State.DURABLE);
    }

    @Override
    public byte[] manifest(PayloadRef ref) throws IOException {
        return get(ref).manifest;
    }

    @Override
    public void read(PayloadRef ref, long offset, ByteBuffer into) throws IOException {
        byte[] body = get(ref).body;
        into.put(body, (int) offset, (int) Math.min(into.remaining(), body.length - offset));
    }

    private Payload get(PayloadRef ref) throws IOException {
        Payload payload = payloads.get(ref.offset());
        if (payload == null || payload.state == State.TORN) {
            throw new IOException("Expected a whole payload at " + ref + ", found none");
        }
        return payload;
    }

    @Override
    public void drop(PayloadRef ref) {
        payloads.remove(ref.offset());
    }

    @Override
    public boolean restore(PayloadRef ref) {
        if (renewed) {
            throw new IllegalStateException("Expected to be told all that counts before any is renewed, found " + ref);
        }
        restored.add(ref);
        return payloads.containsKey(ref.offset());
    }

    @Override
    public List<PayloadRef> renew(Collection<PayloadRef> refs) {
        renewed = true;
        List<PayloadRef> broken = new ArrayList<>();
        for (PayloadRef ref : refs) {
            Payload payload = payloads.get(ref.offset());
            if (payload == null || payload.state == State.TORN) {
                payloads.remove(ref.offset());
                broken.add(ref);
            } else {
                payload.state = State.DURABLE;
            }
        }
        return broken;
    }

    @Override
    public int freeOthers() {
        int before = payloads.size();
        payloads.keySet().removeIf(offset -> restored.stream().noneMatch(ref -> ref.offset() == offset));
        return before - payloads.size();
    }

    @Override
    public long leftBy(SiteId sender) {
        return uploads.entrySet().stream()
                .filter(each -> each.getKey().startsWith(sender + "/") && each.getValue().owner == null)
                .flatMap(each -> each.getValue().parts.stream())
                .mapToLong(part -> part.length)
                .sum();
    }

    @Override
    public int discardUploads(Predicate<Instant> lastPart) {
        int before = uploads.size();
        uploads.values().removeIf(received -> received.owner == null && lastPart.test(received.last));
        return before - uploads.size();
    }

    @Override
    public void close() {}

    private final class MemoryUpload implements Upload {
        private final String key;
        private final Received received;
        private final byte[] manifest;
        private final long bodySize;

        MemoryUpload(String key, Received received, byte[] manifest, long bodySize) {
            this.key = key;
            this.received = received;
            this.manifest = manifest;
            this.bodySize = bodySize;
        }

        @Override
        public long received() {
            return received.parts.stream().mapToLong(part -> part.length).sum();
        }

        @Override
        public void append(byte[] part) throws IOException {
            requireOwner();
            long expected = Math.min(Manifest.PART_SIZE, bodySize - received());
            if (part.length != expected) {
                throw new Refusal(Code.MALFORMED, "Expected " + expected + " bytes, found " + part.length);
            }
            received.parts.add(part);
            received.last = clock.instant();
        }

        private void requireOwner() throws IOException {
            if (received.owner != this) {
                throw new IOException("Expected to be the last to open the upload, found another since");
            }
        }

        @Override
        public PayloadRef complete(Sha256 bodySha256) throws IOException {
            requireOwner();
            ByteArrayOutputStream body = new ByteArrayOutputStream((int) bodySize);
            for (byte[] part : received.parts) {
                body.write(part);
            }
            discard();
            if (!Sha256.of(body.toByteArray()).equals(bodySha256)) {
                throw new Refusal(Code.BAD_DIGEST, "Expected the SHA-256 " + bodySha256 + ", found another");
            }
            return add(new Payload(manifest, body.toByteArray(), State.DURABLE));
        }

        @Override
        public void discard() {
            if (received.owner == this) {
                uploads.remove(key);
            }
        }

        @Override
        public void close() {
            if (received.owner == this) {
                received.owner = null;
            }
        }
    }
}
