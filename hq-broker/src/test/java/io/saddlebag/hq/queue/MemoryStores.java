package io.saddlebag.hq.queue;

import io.saddlebag.hq.queue.QueueIndex.Backlog;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.PayloadStore.PayloadDamagedException;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The stores as the index and dispatch see them, in memory and with faults on demand. */
public final class MemoryStores {
    private MemoryStores() {}

    /** The rows that wait on one queue. */
    public static final class Rows implements Backlog {
        final TreeMap<Long, QueuedDelivery> waiting = new TreeMap<>();
        boolean broken;
        int asked;

        @Override
        public synchronized List<QueuedDelivery> queued(String queueName, Priority priority, long after, int limit)
                throws StoreException {
            asked++;
            if (broken) {
                throw new StoreException("The database is away", null);
            }
            return waiting.tailMap(after, false).values().stream()
                    .filter(each -> each.queueName().equals(queueName) && each.priority() == priority)
                    .limit(limit)
                    .toList();
        }

        public synchronized QueuedDelivery add(QueuedDelivery delivery) {
            waiting.put(delivery.messageNumber(), delivery);
            return delivery;
        }

        synchronized void settled(Settlement settlement) {
            if (settlement.outcome() != Settlement.Outcome.RETURNED) {
                waiting.remove(settlement.messageNumber());
            }
        }
    }

    /** Payloads whose every byte is the offset's, so that parts can be told apart. */
    public static final class Payloads implements PayloadStore {
        public volatile long brokenFrom = Long.MAX_VALUE;
        public volatile boolean damaged;

        @Override
        public byte[] manifest(PayloadRef ref) throws IOException {
            if (damaged) {
                throw new PayloadDamagedException("A checksum does not hold");
            }
            if (brokenFrom <= 0) {
                throw new IOException("The disk is away");
            }
            return new byte[ref.manifestLength()];
        }

        @Override
        public void read(PayloadRef ref, long offset, ByteBuffer into) throws IOException {
            if (offset >= brokenFrom) {
                throw new IOException("The disk is away");
            }
            while (into.hasRemaining()) {
                into.put((byte) 7);
            }
        }

        @Override
        public PayloadRef put(byte[] sealed, int manifestLength) {
            throw unexpected();
        }

        @Override
        public Upload upload(SiteId sender, MessageId id, byte[] manifest, Sha256 manifestSha256, long bodySize) {
            throw unexpected();
        }

        @Override
        public void sync() {}

        @Override
        public void drop(PayloadRef ref) {}

        @Override
        public long leftBy(SiteId sender) {
            throw unexpected();
        }

        @Override
        public int discardUploads(Predicate<Instant> lastPart) {
            throw unexpected();
        }

        private static IllegalStateException unexpected() {
            return new IllegalStateException("Expected dispatch to read payloads alone, found it asking for more");
        }

        @Override
        public void close() {}
    }
}
