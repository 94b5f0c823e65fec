package io.saddlebag.hq.simulation;

import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.SteppedWriter;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * One headquarters' connection to the rows that survive it: commits that fail before or after they took effect, or never
 * return, reads that fail, others that run meanwhile.
 */
final class FaultyMessages implements MessageStore {
    private final World world;
    private final Headquarters hq;
    private final SteppedWriter.Beside sync;
    private final List<StoredPublication> late = new ArrayList<>();

    FaultyMessages(World world, Headquarters hq, SteppedWriter.Beside sync) {
        this.world = world;
        this.hq = hq;
        this.sync = sync;
    }

    @Override
    public Committed commit(List<StoredPublication> publications, List<Settlement> settlements) throws StoreException {
        try {
            world.others();
            if (world.random.nextBoolean()) {
                sync.run();
            }
            hq.requireAlive();
            if (world.faults.strike()) {
                world.note(() -> "commit fails");
                throw new StoreException("The database did not commit", null, world.faults.toss());
            }
            hq.mayCrash("before a commit");
            Committed committed = take(publications, settlements);
            hq.mayCrash("after a commit");
            if (world.faults.strike()) {
                world.note(() -> "commit is through and nobody knows");
                world.ledger.nobodyKnows(settlements);
                throw new StoreException("The database is away", null, true);
            }
            world.others();
            return committed;
        } finally {
            sync.run();
        }
    }

    private Committed take(List<StoredPublication> publications, List<Settlement> settlements) {
        if (world.breakage == Breakage.CONFIRMS_BEFORE_COMMIT && !publications.isEmpty()) {
            world.messages.commit(List.copyOf(late), settlements);
            late.clear();
            late.addAll(publications);
            return new Committed(
                    publications.stream().map(each -> PublishOutcome.STORED).toList(), List.of());
        }
        List<Settlement> ends =
                switch (world.breakage) {
                    case SETTLES_FOR_ALL -> forAll(settlements);
                    case FORGETS_SETTLEMENTS -> world.random.nextBoolean() ? List.of() : settlements;
                    default -> settlements;
                };
        Committed committed = world.messages.commit(publications, ends);
        world.note(() -> "commit of " + publications.size() + " publications " + committed.outcomes() + " and "
                + settlements.size() + " settlements");
        world.ledger.committed(ends, world.turns.clock().instant());
        if (world.breakage == Breakage.FREES_TOO_EARLY && !settlements.isEmpty()) {
            return new Committed(
                    committed.outcomes(),
                    List.of(world.messages.row(settlements.get(0).messageNumber()).payload()));
        }
        return world.breakage == Breakage.NEVER_FREES
                ? new Committed(committed.outcomes(), List.of())
                : committed;
    }

    private List<Settlement> forAll(List<Settlement> settlements) {
        List<Settlement> all = new ArrayList<>();
        for (Settlement one : settlements) {
            for (String queue : world.messages.row(one.messageNumber()).ends().keySet()) {
                all.add(new Settlement(
                        one.messageNumber(),
                        queue,
                        one.outcome(),
                        one.deliveredTime(),
                        one.settledTime(),
                        one.attempts(),
                        one.receipt(),
                        one.reason()));
            }
        }
        return all;
    }

    @Override
    public int remove(Collection<Long> messageNumbers) throws StoreException {
        read();
        if (world.breakage == Breakage.LEAVES_ROWS_IN_DOUBT) {
            return messageNumbers.size();
        }
        hq.mayCrash("before a removal");
        world.ledger.removed(messageNumbers);
        int removed = world.messages.remove(messageNumbers);
        hq.mayCrash("after a removal");
        return removed;
    }

    private void read() throws StoreException {
        hq.requireAlive();
        if (world.faults.strike()) {
            world.note(() -> "the store does not answer");
            throw new StoreException("The database is away", null, true);
        }
    }

    @Override
    public List<QueuedDelivery> queued(String queueName, long after, int limit) throws StoreException {
        read();
        List<QueuedDelivery> page =
                switch (world.breakage) {
                    case PAGES_FROM_THE_START -> world.messages.queued(queueName, 0, limit);
                    case MIXES_QUEUES -> world.messages.queued(
                            new TreeSet<>(world.setting.topology().current().queues().keySet()).first(), after, limit);
                    default -> world.messages.queued(queueName, after, limit);
                };
        world.others();
        return page;
    }

    @Override
    public Optional<StoredMessage> find(SiteId sender, MessageId id) throws StoreException {
        read();
        Optional<StoredMessage> found = world.messages.find(sender, id);
        world.others();
        return found;
    }

    @Override
    public List<WaitingMessage> waiting(long after, int limit) throws StoreException {
        read();
        return world.messages.waiting(after, limit);
    }

    @Override
    public long lastMessageNumber() throws StoreException {
        read();
        return world.messages.lastMessageNumber();
    }

    @Override
    public long newestGroup() throws StoreException {
        read();
        return world.messages.newestGroup();
    }
}
