package io.saddlebag.hq.store;

import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.Settlement.Outcome;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The metadata in memory, for one thread; keeps to the contract of {@link MessageStore} as PostgreSQL does. */
public final class MemoryMessageStore implements MessageStore {
    private final NavigableMap<Long, Row> rows = new TreeMap<>();
    private final Map<Key, Row> byKey = new HashMap<>();
    private Changes changes = Changes.NONE;

    private record Key(SiteId sender, MessageId id) {}

    /**
     * One message.
     *
     * @param place where the payload lies, of which the last counts
     * @param ends by queue, how the delivery ended; null while it waits
     * @param attempts by queue, the last settlement that was written
     * @param missing by queue, since when the payload of a delivery that is held is missing
     * @param completed the newest number when a repeat completed it; 0 when none did
     */
    public record Row(
            StoredPublication stored,
            long synced,
            AtomicReference<PayloadRef> place,
            Map<String, Settlement> ends,
            Map<String, Settlement> attempts,
            Map<String, Instant> missing,
            AtomicLong completed) {
        public long number() {
            return stored.messageNumber();
        }

        public Publication publication() {
            return stored.publication();
        }

        public PayloadRef payload() {
            return place.get();
        }

        StoredPublication current() {
            return new StoredPublication(number(), publication(), payload());
        }

        /** True while some delivery waits, be it doubtful. */
        public boolean waits() {
            return ends.containsValue(null);
        }

        /** True while a delivery waits for a repeat by its publisher. */
        public boolean isDoubtful() {
            return ends.entrySet().stream()
                    .anyMatch(each -> each.getValue() == null && missing.containsKey(each.getKey()));
        }

        /** True while some delivery waits, or is a dead letter that an operator may requeue. */
        public boolean needsPayload() {
            return ends.entrySet().stream()
                    .anyMatch(each -> (each.getValue() == null || isDeadLetter(each.getValue()))
                            && !missing.containsKey(each.getKey()));
        }

        static boolean isDeadLetter(Settlement end) {
            return end != null && (end.outcome() == Outcome.DEAD_LETTERED || end.outcome() == Outcome.LOST);
        }

        /** True when the delivery may be dispatched. */
        public boolean waitsOn(String queue) {
            return ends.containsKey(queue) && ends.get(queue) == null && !missing.containsKey(queue);
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
    public List<PublishOutcome> publish(List<StoredPublication> publications, long syncedUpTo) {
        List<PublishOutcome> outcomes = new ArrayList<>();
        for (StoredPublication stored : publications) {
            outcomes.add(insert(stored, syncedUpTo));
        }
        return outcomes;
    }

    @Override
    public Settled settle(List<Settlement> settlements) {
        List<Settlement> superseded = new ArrayList<>();
        for (Settlement settlement : settlements) {
            Row row = rows.get(settlement.messageNumber());
            if (row != null && row.waitsOn(settlement.queueName())) {
                row.attempts().put(settlement.queueName(), settlement);
                if (settlement.outcome() != Outcome.RETURNED) {
                    row.ends().put(settlement.queueName(), settlement);
                }
                if (settlement.outcome() == Outcome.LOST) {
                    row.missing().put(settlement.queueName(), settlement.settledTime());
                }
            } else if (isSuperseded(settlement, row)) {
                superseded.add(settlement);
            }
        }
        List<PayloadRef> freed = settlements.stream()
                .filter(each -> each.outcome().endsHold())
                .map(settlement -> rows.get(settlement.messageNumber()))
                .filter(row -> row != null && !row.needsPayload())
                .map(Row::payload)
                .distinct()
                .toList();
        return new Settled(freed, superseded);
    }

    private static boolean isSuperseded(Settlement settlement, Row row) {
        if (settlement.outcome() == Outcome.RETURNED) {
            return false;
        }
        Settlement end = row == null ? null : row.ends().get(settlement.queueName());
        return end == null || end.outcome() != settlement.outcome() || end.outcome() != Outcome.ACKNOWLEDGED;
    }

    private PublishOutcome insert(StoredPublication stored, long synced) {
        Publication publication = stored.publication();
        Key key = new Key(publication.senderId(), publication.messageId());
        Row known = byKey.get(key);
        if (known != null) {
            if (!known.publication().manifestSha256().equals(publication.manifestSha256())) {
                return PublishOutcome.CONFLICTING;
            }
            return known.missing().isEmpty() ? PublishOutcome.REPEATED : PublishOutcome.DOUBTFUL;
        }
        Map<String, Settlement> ends = new TreeMap<>();
        publication.deliveries().forEach(target -> ends.put(target.queueName(), null));
        Row row = new Row(
                stored,
                synced,
                new AtomicReference<>(stored.payload()),
                ends,
                new TreeMap<>(),
                new TreeMap<>(),
                new AtomicLong());
        rows.put(stored.messageNumber(), row);
        byKey.put(key, row);
        return PublishOutcome.STORED;
    }

    @Override
    public Set<Long> committed(List<StoredPublication> publications) {
        return publications.stream()
                .filter(each -> rows.containsKey(each.messageNumber())
                        && rows.get(each.messageNumber()).publication().equals(each.publication()))
                .map(StoredPublication::messageNumber)
                .collect(Collectors.toSet());
    }

    @Override
    public int doubt(List<StoredPublication> publications, Instant now) {
        int marked = 0;
        for (StoredPublication each : publications) {
            Row row = rows.get(each.messageNumber());
            if (row != null && row.publication().equals(each.publication())) {
                missing(List.of(each.messageNumber()), now);
                marked++;
            }
        }
        return marked;
    }

    @Override
    public List<QueuedDelivery> missing(Collection<Long> messageNumbers, Instant now) {
        List<QueuedDelivery> marked = new ArrayList<>();
        for (long number : messageNumbers) {
            Row row = rows.get(number);
            for (QueuedDelivery each : deliveries(row)) {
                Settlement end = row.ends().get(each.queueName());
                if ((end == null || Row.isDeadLetter(end))
                        && row.missing().putIfAbsent(each.queueName(), now) == null) {
                    marked.add(each);
                }
            }
        }
        return marked;
    }

    private static List<QueuedDelivery> deliveries(Row row) {
        return PublishResult.of(row.current(), PublishOutcome.STORED).deliveries();
    }

    @Override
    public List<QueuedDelivery> lose(Collection<Long> messageNumbers, String reason, Instant now) {
        missing(messageNumbers, now);
        return giveUpDoubtful(messageNumbers, reason, now);
    }

    @Override
    public Map<Long, Instant> doubtful() {
        Map<Long, Instant> found = new TreeMap<>();
        rows.values().stream()
                .filter(Row::isDoubtful)
                .forEach(row ->
                        found.put(row.number(), Collections.min(row.missing().values())));
        return found;
    }

    @Override
    public List<QueuedDelivery> giveUpDoubtful(Collection<Long> messageNumbers, String reason, Instant now) {
        List<QueuedDelivery> dead = new ArrayList<>();
        for (long number : messageNumbers) {
            Row row = rows.get(number);
            for (QueuedDelivery each : deliveries(row)) {
                if (row.ends().get(each.queueName()) == null && row.missing().containsKey(each.queueName())) {
                    row.ends().put(each.queueName(), lost(each, reason, now));
                    dead.add(each);
                }
            }
        }
        return dead;
    }

    private static Settlement lost(QueuedDelivery delivery, String reason, Instant now) {
        return new Settlement(
                delivery.messageNumber(),
                delivery.queueName(),
                delivery.payload(),
                Outcome.LOST,
                null,
                now,
                delivery.attempts(),
                null,
                null,
                reason,
                null,
                QueuedDelivery.Returns.NONE,
                null);
    }

    @Override
    public List<Completed> complete(List<StoredPublication> repeats) {
        List<Completed> completed = new ArrayList<>();
        for (StoredPublication repeat : repeats) {
            Row row = row(repeat.publication().senderId(), repeat.publication().messageId());
            boolean isAgain = row.payload().equals(repeat.payload());
            row.place().set(repeat.payload());
            row.completed().set(rows.lastKey());
            for (QueuedDelivery each : deliveries(row)) {
                Settlement end = row.ends().get(each.queueName());
                boolean wasMissing = row.missing().remove(each.queueName()) != null;
                if (wasMissing && end != null && end.outcome() == Outcome.LOST) {
                    row.ends().put(each.queueName(), null);
                    end = null;
                }
                if (wasMissing || (isAgain && (end == null || Row.isDeadLetter(end)))) {
                    completed.add(new Completed(each, end == null));
                }
            }
        }
        return completed;
    }

    @Override
    public List<QueuedDelivery> queued(String queueName, Priority priority, long after, int limit) {
        List<QueuedDelivery> page = new ArrayList<>();
        for (Row row : rows.tailMap(after, false).values()) {
            if (page.size() == limit) {
                break;
            }
            if (row.waitsOn(queueName)) {
                deliveries(row).stream()
                        .filter(delivery -> delivery.queueName().equals(queueName) && delivery.priority() == priority)
                        .map(delivery -> pushedBefore(delivery, row.attempts().get(queueName)))
                        .forEach(page::add);
            }
        }
        return page;
    }

    private static QueuedDelivery pushedBefore(QueuedDelivery delivery, Settlement last) {
        if (last == null) {
            return delivery;
        }
        return new QueuedDelivery(
                delivery.messageNumber(),
                delivery.messageId(),
                delivery.senderId(),
                delivery.sentTimestamp(),
                delivery.receivedTime(),
                delivery.expires(),
                delivery.priority(),
                last.attempts(),
                last.returns(),
                delivery.receiverClientId(),
                delivery.queueName(),
                delivery.routingKey(),
                delivery.payload());
    }

    /** The next call of {@link #takeChanges} returns these. */
    public void changed(Changes made) {
        changes = made;
    }

    @Override
    public Changes takeChanges() {
        Changes made = changes;
        changes = Changes.NONE;
        return made;
    }

    @Override
    public Optional<StoredMessage> find(SiteId sender, MessageId id) {
        return Optional.ofNullable(row(sender, id)).map(MemoryMessageStore::asStored);
    }

    private static StoredMessage asStored(Row row) {
        Sha256 manifest = row.publication().manifestSha256();
        return new StoredMessage(
                row.number(),
                manifest,
                row.needsPayload() ? row.payload() : null,
                !row.missing().isEmpty());
    }

    @Override
    public void waiting(Visitor visitor) throws IOException {
        visit(row -> true, Objects::isNull, visitor);
    }

    @Override
    public void dead(Visitor visitor) throws IOException {
        visit(row -> row.ends().keySet().stream().noneMatch(row::waitsOn), Row::isDeadLetter, visitor);
    }

    private void visit(Predicate<Row> message, Predicate<Settlement> delivery, Visitor visitor) throws IOException {
        for (Row row : rows.values().stream().filter(message).toList()) {
            for (Map.Entry<String, Settlement> end : row.ends().entrySet()) {
                if (delivery.test(end.getValue()) && !row.missing().containsKey(end.getKey())) {
                    visitor.visit(new HeldDelivery(row.number(), end.getKey(), row.payload()));
                }
            }
        }
    }

    @Override
    public long lastMessageNumber() {
        return rows.isEmpty() ? 0 : rows.lastKey();
    }

    @Override
    public long syncedUpTo() {
        return rows.isEmpty() ? 0 : rows.lastEntry().getValue().synced();
    }

    /** Nothing: in memory no stop is in order. */
    @Override
    public void synced(long messageNumber) {}
}
