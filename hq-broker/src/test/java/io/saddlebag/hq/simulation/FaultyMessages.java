package io.saddlebag.hq.simulation;

import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.SteppedWriter;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One headquarters' connection to the rows that survive it: commits that fail before or after they took effect, or never
 * return, reads that fail, others that run meanwhile.
 */
final class FaultyMessages implements MessageStore {
    private final World world;
    private final Headquarters hq;
    private final SteppedWriter.ParallelSync sync;
    private final List<StoredPublication> late = new ArrayList<>();

    FaultyMessages(World world, Headquarters hq, SteppedWriter.ParallelSync sync) {
        this.world = world;
        this.hq = hq;
        this.sync = sync;
    }

    @Override
    public List<PublishOutcome> publish(List<StoredPublication> publications, long syncedUpTo) throws StoreException {
        try {
            begin();
            if (world.random.nextBoolean()) {
                sync.run();
            }
            List<PublishOutcome> outcomes = hq.isNode() ? storeAtNode(publications) : store(publications, syncedUpTo);
            world.note(() -> "commit of " + publications.size() + " publications " + outcomes);
            end();
            if (world.random.nextBoolean()) {
                hq.settle();
            }
            return outcomes;
        } finally {
            sync.run();
        }
    }

    @Override
    public Settled settle(List<Settlement> settlements) throws StoreException {
        begin();
        List<Settlement> ends =
                switch (world.breakage) {
                    case SETTLES_FOR_ALL -> forAll(settlements);
                    case FORGETS_SETTLEMENTS -> world.random.nextBoolean() ? List.of() : settlements;
                    default -> ofHome(settlements);
                };
        Settled settled = withOthers(world.messages.settle(ends), settlements, ends);
        world.note(() -> "commit of " + settlements.size() + " settlements");
        world.ledger.committed(ends, world.turns.clock().instant());
        end();
        return switch (world.breakage) {
            case NEVER_FREES -> new Settled(List.of(), settled.superseded());
            case FREES_TOO_EARLY ->
                new Settled(
                        settlements.stream()
                                .map(each ->
                                        world.messages.row(each.messageNumber()).payload())
                                .toList(),
                        settled.superseded());
            default -> settled;
        };
    }

    /** Adds those that another headquarters has to write. */
    private Settled withOthers(Settled settled, List<Settlement> asked, List<Settlement> written) {
        if (!hq.isNode()) {
            return settled;
        }
        List<Settlement> superseded = new ArrayList<>(settled.superseded());
        asked.stream()
                .filter(each -> !written.contains(each) && each.outcome() != Settlement.Outcome.RETURNED)
                .forEach(superseded::add);
        return new Settled(settled.freed(), superseded);
    }

    /** An acknowledgement is a fact wherever it came; other ends are the home's. */
    private List<Settlement> ofHome(List<Settlement> settlements) {
        return settlements.stream()
                .filter(each -> !hq.isNode()
                        || each.outcome() == Settlement.Outcome.ACKNOWLEDGED
                        || world.cluster.home(each.messageNumber(), each.queueName()) == hq.node())
                .toList();
    }

    private void begin() throws StoreException {
        world.others();
        hq.requireDatabase();
        if (world.faults.strike()) {
            world.note(() -> "commit fails");
            throw new StoreException("The database did not commit", null, world.faults.toss());
        }
        hq.mayCrash("before a commit");
    }

    private void end() throws StoreException {
        hq.mayCrash("after a commit");
        if (world.faults.strike()) {
            world.note(() -> "commit is through and nobody knows");
            throw new StoreException("The database is away", null, true);
        }
        world.others();
    }

    private List<PublishOutcome> storeAtNode(List<StoredPublication> publications) throws StoreException {
        if (world.faults.strike()) {
            world.note(() -> "commit is under way at " + hq + " and its connection broke");
            List<PayloadRef> refs =
                    publications.stream().map(StoredPublication::payload).toList();
            hq.forget(refs);
            world.cluster.underWay(hq.node(), () -> world.cluster.publish(hq.node(), publications), refs);
            throw new StoreException("The database is away", null, true);
        }
        if (world.faults.strike()) {
            world.freezeWithin(hq);
            hq.requireDatabase();
        }
        List<PublishOutcome> outcomes = world.cluster.publish(hq.node(), publications);
        if (outcomes == null) {
            world.note(() -> hq + " is fenced");
            throw new StoreException("node " + hq.node() + " of headquarters has ended", null, false);
        }
        hq.forget(publications.stream().map(StoredPublication::payload).toList());
        return outcomes;
    }

    private List<PublishOutcome> store(List<StoredPublication> publications, long syncedUpTo) {
        if (world.breakage != Breakage.CONFIRMS_BEFORE_COMMIT) {
            return world.messages.publish(publications, syncedUpTo);
        }
        world.messages.publish(List.copyOf(late), syncedUpTo);
        late.clear();
        late.addAll(publications);
        return publications.stream().map(each -> PublishOutcome.STORED).toList();
    }

    private List<Settlement> forAll(List<Settlement> settlements) {
        List<Settlement> all = new ArrayList<>();
        for (Settlement one : settlements) {
            for (String queue : world.messages.row(one.messageNumber()).ends().keySet()) {
                all.add(new Settlement(
                        one.messageNumber(),
                        queue,
                        one.payload(),
                        one.outcome(),
                        one.deliveredTime(),
                        one.settledTime(),
                        one.attempts(),
                        one.receipt(),
                        one.receiptSha256(),
                        one.reason(),
                        one.lastError(),
                        QueuedDelivery.Returns.NONE,
                        null));
            }
        }
        return all;
    }

    @Override
    public Set<Long> committed(List<StoredPublication> publications) throws StoreException {
        read();
        world.cluster.finish(hq.node());
        return world.breakage == Breakage.LOOKS_UP_NOTHING ? Set.of() : world.messages.committed(publications);
    }

    @Override
    public int doubt(List<StoredPublication> publications, Instant now) throws StoreException {
        read();
        if (world.breakage == Breakage.LEAVES_ROWS_IN_DOUBT) {
            return publications.size();
        }
        hq.mayCrash("before it marks doubtful messages");
        List<Long> numbers =
                publications.stream().map(StoredPublication::messageNumber).toList();
        world.ledger.doubts(numbers);
        int marked = world.messages.doubt(publications, now);
        world.note(() -> "doubtful " + numbers);
        hq.mayCrash("after it marked doubtful messages");
        return marked;
    }

    @Override
    public List<QueuedDelivery> missing(Collection<Long> messageNumbers, Instant now) throws StoreException {
        read();
        return world.messages.missing(messageNumbers, now);
    }

    @Override
    public List<QueuedDelivery> lose(Collection<Long> messageNumbers, String reason, Instant now)
            throws StoreException {
        read();
        world.ledger.loses(messageNumbers);
        return world.messages.lose(messageNumbers, reason, now);
    }

    @Override
    public Map<Long, Instant> doubtful() throws StoreException {
        read();
        return world.messages.doubtful();
    }

    @Override
    public List<QueuedDelivery> giveUpDoubtful(Collection<Long> messageNumbers, String reason, Instant now)
            throws StoreException {
        read();
        return world.messages.giveUpDoubtful(messageNumbers, reason, now);
    }

    @Override
    public List<Completed> complete(List<StoredPublication> repeats) throws StoreException {
        begin();
        List<Completed> completed = world.messages.complete(repeats);
        world.note(() -> "completed " + completed);
        end();
        return completed;
    }

    private void read() throws StoreException {
        hq.requireDatabase();
        if (world.faults.strike()) {
            world.note(() -> "the store does not answer");
            throw new StoreException("The database is away", null, true);
        }
    }

    @Override
    public List<QueuedDelivery> queued(String queueName, Priority priority, long after, int limit)
            throws StoreException {
        read();
        List<QueuedDelivery> page =
                switch (world.breakage) {
                    case PAGES_FROM_THE_START -> world.messages.queued(queueName, priority, 0, limit);
                    case MIXES_QUEUES ->
                        world.messages.queued(
                                new TreeSet<>(world.setting
                                                .topology()
                                                .current()
                                                .queues()
                                                .keySet())
                                        .first(),
                                priority,
                                after,
                                limit);
                    default -> page(queueName, priority, after, limit);
                };
        world.others();
        return page;
    }

    private List<QueuedDelivery> page(String queueName, Priority priority, long after, int limit) {
        if (!hq.isNode() || world.breakage == Breakage.PAGES_FOR_ALL) {
            return world.messages.queued(queueName, priority, after, limit);
        }
        return world.messages.queued(queueName, priority, after, Integer.MAX_VALUE).stream()
                .filter(each -> world.cluster.home(each.messageNumber(), queueName) == hq.node())
                .limit(limit)
                .toList();
    }

    @Override
    public Optional<StoredMessage> find(SiteId sender, MessageId id) throws StoreException {
        read();
        Optional<StoredMessage> found = world.messages.find(sender, id);
        world.others();
        return found;
    }

    @Override
    public void waiting(Visitor visitor) throws StoreException, IOException {
        read();
        world.messages.waiting(visitor);
    }

    @Override
    public void dead(Visitor visitor) throws StoreException, IOException {
        read();
        world.messages.dead(visitor);
    }

    @Override
    public Changes takeChanges() throws StoreException {
        read();
        return world.messages.takeChanges();
    }

    @Override
    public long lastMessageNumber() throws StoreException {
        read();
        return world.messages.lastMessageNumber();
    }

    @Override
    public long syncedUpTo() throws StoreException {
        read();
        return world.messages.syncedUpTo();
    }

    @Override
    public void synced(long messageNumber) throws StoreException {
        read();
        world.messages.synced(messageNumber);
    }
}
