package io.saddlebag.hq.store;

import io.saddlebag.hq.store.Settlement.Outcome;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The metadata in memory, for one thread; keeps to the contract of {@link MessageStore} as PostgreSQL does. */
public final class MemoryMessageStore implements MessageStore {
    private final NavigableMap<Long, Row> rows = new TreeMap<>();
    private final Map<Key, Row> byKey = new HashMap<>();

    private record Key(SiteId sender, MessageId id) {}

    /**
     * One message.
     *
     * @param ends by queue, how the delivery ended; null while it waits
     * @param attempts by queue, how often it was pushed, where that was written
     */
    public record Row(
            StoredPublication stored, long group, Map<String, Settlement> ends, Map<String, Integer> attempts) {
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

        /** Whether some delivery waits, or is a dead letter that an operator may requeue. */
        public boolean needsPayload() {
            return waits() || isDead();
        }

        boolean isDead() {
            return ends.values().stream().anyMatch(Row::isDeadLetter);
        }

        static boolean isDeadLetter(Settlement end) {
            return end != null && end.outcome() == Outcome.DEAD_LETTERED;
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
    public List<PublishOutcome> publish(List<StoredPublication> publications) {
        List<PublishOutcome> outcomes = new ArrayList<>();
        for (StoredPublication stored : publications) {
            outcomes.add(insert(stored, publications.get(0).messageNumber()));
        }
        return outcomes;
    }

    @Override
    public List<PayloadRef> settle(List<Settlement> settlements) {
        for (Settlement settlement : settlements) {
            Row row = rows.get(settlement.messageNumber());
            if (row != null && row.waitsOn(settlement.queueName())) {
                row.attempts().put(settlement.queueName(), settlement.attempts());
                if (settlement.outcome() != Outcome.RETURNED) {
                    row.ends().put(settlement.queueName(), settlement);
                }
            }
        }
        return settlements.stream()
                .filter(each -> each.outcome() != Outcome.RETURNED && each.outcome() != Outcome.DEAD_LETTERED)
                .map(settlement -> rows.get(settlement.messageNumber()))
                .filter(row -> row != null && !row.needsPayload())
                .map(Row::payload)
                .distinct()
                .toList();
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
        Row row = new Row(stored, group, ends, new TreeMap<>());
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
                byKey.remove(
                        new Key(row.publication().senderId(), row.publication().messageId()));
                removed++;
            }
        }
        return removed;
    }

    @Override
    public List<QueuedDelivery> queued(String queueName, Priority priority, long after, int limit) {
        List<QueuedDelivery> page = new ArrayList<>();
        for (Row row : rows.tailMap(after, false).values()) {
            if (page.size() == limit) {
                break;
            }
            if (row.waitsOn(queueName)) {
                PublishResult.of(row.stored(), PublishOutcome.STORED).deliveries().stream()
                        .filter(delivery -> delivery.queueName().equals(queueName) && delivery.priority() == priority)
                        .map(delivery -> pushedBefore(delivery, row.attempts().getOrDefault(queueName, 0)))
                        .forEach(page::add);
            }
        }
        return page;
    }

    private static QueuedDelivery pushedBefore(QueuedDelivery delivery, int attempts) {
        return new QueuedDelivery(
                delivery.messageNumber(),
                delivery.messageId(),
                delivery.senderId(),
                delivery.sentTimestamp(),
                delivery.receivedTime(),
                delivery.expires(),
                delivery.priority(),
                attempts,
                delivery.receiverClientId(),
                delivery.queueName(),
                delivery.routingKey(),
                delivery.payload());
    }

    /** Nothing: there are no operators here. */
    @Override
    public Changes takeChanges() {
        return Changes.NONE;
    }

    @Override
    public Optional<StoredMessage> find(SiteId sender, MessageId id) {
        return Optional.ofNullable(row(sender, id)).map(MemoryMessageStore::asStored);
    }

    private static StoredMessage asStored(Row row) {
        Sha256 manifest = row.publication().manifestSha256();
        return new StoredMessage(row.number(), manifest, row.needsPayload() ? row.payload() : null);
    }

    @Override
    public void waiting(Visitor visitor) throws IOException {
        visit(Row::waits, Objects::isNull, visitor);
    }

    @Override
    public void dead(Visitor visitor) throws IOException {
        visit(row -> row.isDead() && !row.waits(), Row::isDeadLetter, visitor);
    }

    private void visit(Predicate<Row> message, Predicate<Settlement> delivery, Visitor visitor) throws IOException {
        for (Row row : rows.values().stream().filter(message).toList()) {
            for (Map.Entry<String, Settlement> end : row.ends().entrySet()) {
                if (delivery.test(end.getValue())) {
                    visitor.visit(new HeldDelivery(row.number(), end.getKey(), row.payload()));
                }
            }
        }
    }

    @Override
    public void giveUp(Collection<Long> messageNumbers) {
        for (long number : messageNumbers) {
            Row row = rows.get(number);
            if (row != null) {
                row.ends().replaceAll((queue, end) -> Row.isDeadLetter(end) ? discarded(end) : end);
            }
        }
    }

    private static Settlement discarded(Settlement end) {
        return new Settlement(
                end.messageNumber(),
                end.queueName(),
                end.payload(),
                Outcome.LOST,
                end.deliveredTime(),
                end.settledTime(),
                end.attempts(),
                end.receipt(),
                end.reason(),
                end.lastError());
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
