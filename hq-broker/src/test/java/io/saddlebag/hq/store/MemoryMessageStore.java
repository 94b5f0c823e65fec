package io.saddlebag.hq.store;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The metadata in memory, for one thread; keeps to the contract of {@link MessageStore} as PostgreSQL does. */
public final class MemoryMessageStore implements MessageStore {
    private final NavigableMap<Long, Row> rows = new TreeMap<>();
    private final Map<Key, Row> byKey = new HashMap<>();

    private record Key(SiteId sender, MessageId id) {}

    /**
     * One message.
     *
     * @param ends by queue in the order of the targets, how the delivery ended; null while it waits
     */
    public record Row(StoredPublication stored, long group, Map<String, Settlement> ends) {
        public long number() {
            return stored.messageNumber();
        }

        public Publication publication() {
            return stored.publication();
        }

        public PayloadRef payload() {
            return stored.payload();
        }

        public boolean waits() {
            return ends.containsValue(null);
        }

        boolean waitsOn(String queue) {
            return ends.containsKey(queue) && ends.get(queue) == null;
        }
    }

    /** Every message, whether it waits or not. */
    public Collection<Row> rows() {
        return rows.values();
    }

    /** The message's row, or null. */
    public Row row(SiteId sender, MessageId id) {
        return byKey.get(new Key(sender, id));
    }

    /** The row of that number, or null. */
    public Row row(long number) {
        return rows.get(number);
    }

    @Override
    public Committed commit(List<StoredPublication> publications, List<Settlement> settlements) {
        List<PublishOutcome> outcomes = new ArrayList<>();
        for (StoredPublication stored : publications) {
            outcomes.add(insert(stored, publications.get(0).messageNumber()));
        }
        for (Settlement settlement : settlements) {
            Row row = rows.get(settlement.messageNumber());
            if (row != null && row.waitsOn(settlement.queueName())) {
                row.ends().put(settlement.queueName(), settlement);
            }
        }
        List<PayloadRef> freed = settlements.stream()
                .map(settlement -> rows.get(settlement.messageNumber()))
                .filter(row -> row != null && !row.waits())
                .map(Row::payload)
                .distinct()
                .toList();
        return new Committed(outcomes, freed);
    }

    private PublishOutcome insert(StoredPublication stored, long group) {
        Publication publication = stored.publication();
        Key key = new Key(publication.senderId(), publication.messageId());
        Row known = byKey.get(key);
        if (known != null) {
            return known.publication().manifestSha256().equals(publication.manifestSha256())
                    ? PublishOutcome.REPEATED
                    : PublishOutcome.CONFLICTING;
        }
        Map<String, Settlement> ends = new TreeMap<>();
        publication.deliveries().forEach(target -> ends.put(target.queueName(), null));
        Row row = new Row(stored, group, ends);
        rows.put(stored.messageNumber(), row);
        byKey.put(key, row);
        return PublishOutcome.STORED;
    }

    @Override
    public int remove(Collection<Long> messageNumbers) {
        int removed = 0;
        for (long number : messageNumbers) {
            Row row = rows.remove(number);
            if (row != null) {
                byKey.remove(new Key(
                        row.publication().senderId(), row.publication().messageId()));
                removed++;
            }
        }
        return removed;
    }

    @Override
    public List<QueuedDelivery> queued(String queueName, long after, int limit) {
        List<QueuedDelivery> page = new ArrayList<>();
        for (Row row : rows.tailMap(after, false).values()) {
            if (page.size() == limit) {
                break;
            }
            if (row.waitsOn(queueName)) {
                PublishResult.of(row.stored(), PublishOutcome.STORED).deliveries().stream()
                        .filter(delivery -> delivery.queueName().equals(queueName))
                        .forEach(page::add);
            }
        }
        return page;
    }

    @Override
    public Optional<StoredMessage> find(SiteId sender, MessageId id) {
        return Optional.ofNullable(row(sender, id)).map(MemoryMessageStore::asStored);
    }

    private static StoredMessage asStored(Row row) {
        Sha256 manifest = row.publication().manifestSha256();
        return new StoredMessage(row.number(), manifest, row.waits() ? row.payload() : null);
    }

    @Override
    public List<WaitingMessage> waiting(long after, int limit) {
        return rows.tailMap(after, false).values().stream()
                .filter(Row::waits)
                .limit(limit)
                .map(row -> new WaitingMessage(
                        row.number(),
                        row.payload(),
                        row.ends().keySet().stream().filter(row::waitsOn).toList()))
                .toList();
    }

    @Override
    public long lastMessageNumber() {
        return rows.isEmpty() ? 0 : rows.lastKey();
    }

    @Override
    public long newestGroup() {
        return rows.isEmpty() ? 0 : rows.lastEntry().getValue().group();
    }
}
