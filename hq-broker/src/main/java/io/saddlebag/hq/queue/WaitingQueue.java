package io.saddlebag.hq.queue;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.hq.routing.QueueRules;
import io.saddlebag.hq.store.QueueLoad;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.message.Priority;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One queue's part of the index: a level for each priority, what is away, and how much there is in all. Memory holds a
 * bounded number of what waits; a longer backlog stays in the store and is paged in.
 *
 * <p>Guarded by its own monitor, which is never held while the store is asked.
 */
final class WaitingQueue {
    /** Weighted round robin, 6:3:1 for high, normal, low. */
    private static final Priority[] TURNS = {
        Priority.HIGH, Priority.HIGH, Priority.NORMAL, Priority.HIGH, Priority.HIGH,
        Priority.NORMAL, Priority.HIGH, Priority.HIGH, Priority.NORMAL, Priority.LOW
    };

    private final PriorityLevel[] levels = new PriorityLevel[Priority.values().length];
    private final Map<Long, PendingDelivery> away = new HashMap<>();
    private volatile QueueRules rules;
    private int turn;
    private long messages;
    private long bytes;
    private long came;
    private long ended;

    WaitingQueue(int capacity, QueueRules rules) {
        this.rules = rules;
        for (int i = 0; i < levels.length; i++) {
            levels[i] = new PriorityLevel(capacity, rules.ordered() ? new PerSenderOrder() : new Fifo());
        }
    }

    QueueRules rules() {
        return rules;
    }

    synchronized void rules(QueueRules changed) {
        if (changed.ordered() != rules.ordered()) {
            for (PriorityLevel level : levels) {
                reorder(level, changed.ordered());
            }
        }
        rules = changed;
    }

    private void reorder(PriorityLevel level, boolean ordered) {
        DispatchOrder before = level.order();
        List<PendingDelivery> ready = before.takeAll(pending -> true);
        if (ordered) {
            PerSenderOrder order = new PerSenderOrder();
            away.values().stream()
                    .filter(each -> level(each.delivery()) == level)
                    .forEach(order::isAway);
            level.order(order);
        } else {
            level.order(new Fifo());
        }
        ready.sort((one, other) ->
                Long.compare(one.delivery().messageNumber(), other.delivery().messageNumber()));
        ready.forEach(level.order()::add);
    }

    private PriorityLevel level(QueuedDelivery delivery) {
        return level(delivery.priority());
    }

    private PriorityLevel level(Priority priority) {
        return levels[priority.ordinal()];
    }

    /** How much waits, as the store said at start. */
    synchronized void begin(QueueLoad load) {
        messages = load.messages();
        bytes = load.bytes();
    }

    /** One was just committed. Returns whether it is ready; if not, memory has it or a page will bring it. */
    synchronized boolean arrived(QueuedDelivery delivery) {
        count(delivery, 1);
        PriorityLevel level = level(delivery);
        if (!level.isLate(delivery.messageNumber())) {
            return level.arrived(delivery);
        }
        if (!holds(delivery)) {
            pageAnew(delivery);
        }
        return false;
    }

    /** It may wait again: the store says so when its page is due. */
    private void pageAnew(QueuedDelivery delivery) {
        level(delivery).pageAnew(delivery.messageNumber() - 1);
    }

    private boolean holds(QueuedDelivery delivery) {
        return isAway(delivery) || level(delivery).order().has(delivery);
    }

    private boolean isAway(QueuedDelivery delivery) {
        return away.containsKey(delivery.messageNumber());
    }

    private void count(QueuedDelivery delivery, int sign) {
        messages += sign;
        came += sign > 0 ? 1 : 0;
        ended += sign < 0 ? 1 : 0;
        bytes += sign * delivery.payload().bodyLength();
    }

    /** It had ended and waits again, in the store: a page will bring it. */
    synchronized void requeued(QueuedDelivery delivery) {
        if (!holds(delivery)) {
            count(delivery, 1);
            pageAnew(delivery);
        }
    }

    /** Memory may lack any delivery: pages through all that wait. */
    synchronized void pageAnew() {
        for (PriorityLevel level : levels) {
            level.pageAnew(0);
        }
    }

    /** The one whose turn it is, now with the caller; null when none may go. */
    synchronized PendingDelivery take() {
        PendingDelivery next = level(TURNS[turn]).order().take();
        for (int i = 0; next == null && i < levels.length; i++) {
            next = levels[i].order().take();
        }
        if (next != null) {
            turn = (turn + 1) % TURNS.length;
            away.put(next.delivery().messageNumber(), next);
        }
        return next;
    }

    /** One that is away waits again, in its old place. */
    synchronized void giveBack(PendingDelivery pending) {
        if (away.remove(pending.delivery().messageNumber()) != null) {
            PriorityLevel level = level(pending.delivery());
            wakeUp(pending, level);
            level.order().left(pending);
            level.order().add(pending);
        }
    }

    /** One that is away waits out a pause, until it is given back. */
    synchronized void rest(PendingDelivery pending) {
        if (away.containsKey(pending.delivery().messageNumber()) && !pending.isResting()) {
            pending.resting(true);
            level(pending.delivery()).rests(1);
        }
    }

    private static void wakeUp(PendingDelivery pending, PriorityLevel level) {
        if (pending.isResting()) {
            pending.resting(false);
            level.rests(-1);
        }
    }

    synchronized void finished(PendingDelivery pending) {
        if (away.remove(pending.delivery().messageNumber()) != null) {
            PriorityLevel level = level(pending.delivery());
            wakeUp(pending, level);
            level.order().left(pending);
            level.ended(pending.delivery().messageNumber());
            count(pending.delivery(), -1);
        }
    }

    /** Claims the next page of a level: see {@link PriorityLevel#claimPage}. Each claim is answered by one of the two below. */
    synchronized long claimPage(Priority priority) {
        return level(priority).claimPage();
    }

    synchronized void loaded(Priority priority, List<QueuedDelivery> page, boolean full) {
        level(priority).loaded(page, full, this::isAway);
    }

    synchronized void notLoaded(Priority priority) {
        level(priority).notLoaded();
    }

    /** Ready deliveries whose time is over, at most {@code limit}; the caller owns them. */
    synchronized List<PendingDelivery> takeExpired(RunningTime time, int limit) {
        List<PendingDelivery> expired = new ArrayList<>();
        for (PriorityLevel level : levels) {
            AtomicInteger room = new AtomicInteger(limit - expired.size());
            expired.addAll(level.order().takeAll(each -> isOver(each.delivery(), time) && room.getAndDecrement() > 0));
        }
        expired.forEach(each -> away.put(each.delivery().messageNumber(), each));
        return expired;
    }

    /**
     * An operator gave it up. The caller owns it; null when it has ended meanwhile, and when it is at a receiver or being
     * settled, so that its owner ends it in place of another push.
     */
    synchronized PendingDelivery takeGivenUp(QueuedDelivery delivery, String reason) {
        long number = delivery.messageNumber();
        PendingDelivery pending = away.get(number);
        if (pending != null) {
            pending.discard(reason);
            if (!pending.isResting()) {
                return null;
            }
            // Its owner waits out a pause; when that gives it back it has ended, or ends in place of a push.
            wakeUp(pending, level(delivery));
            return pending;
        }
        DispatchOrder order = level(delivery).order();
        if (!order.has(delivery)) {
            if (!level(delivery).mayLack(number)) {
                return null;
            }
            order.add(new PendingDelivery(delivery));
        }
        pending =
                order.takeAll(each -> each.delivery().messageNumber() == number).get(0);
        pending.discard(reason);
        away.put(number, pending);
        return pending;
    }

    private boolean isOver(QueuedDelivery delivery, RunningTime time) {
        return rules.isOver(delivery.receivedTime(), delivery.expires(), time);
    }

    synchronized boolean hasReady() {
        for (PriorityLevel level : levels) {
            if (level.order().canTake()) {
                return true;
            }
        }
        return false;
    }

    synchronized QueueIndex.Depth depth() {
        int ready = 0;
        boolean behind = false;
        for (PriorityLevel level : levels) {
            ready += level.order().size();
            behind |= level.isBehind();
        }
        return new QueueIndex.Depth(ready, away.size(), behind);
    }

    synchronized QueueIndex.State state() {
        Instant oldest = null;
        int delayed = 0;
        for (PriorityLevel level : levels) {
            oldest = earlier(oldest, level.order().oldest());
            delayed += level.resting();
        }
        for (PendingDelivery each : away.values()) {
            oldest = earlier(oldest, each);
        }
        return new QueueIndex.State(
                Math.max(0, messages - away.size()), away.size() - delayed, delayed, Math.max(0, bytes), oldest);
    }

    private static Instant earlier(Instant found, PendingDelivery pending) {
        Instant received = pending == null ? null : pending.delivery().receivedTime();
        return received == null || found != null && found.isBefore(received) ? found : received;
    }

    synchronized QueueIndex.Traffic traffic() {
        return new QueueIndex.Traffic(came, ended, Math.max(0, messages));
    }

    synchronized QueueLoad load() {
        return new QueueLoad(Math.max(0, messages), Math.max(0, bytes));
    }
}
