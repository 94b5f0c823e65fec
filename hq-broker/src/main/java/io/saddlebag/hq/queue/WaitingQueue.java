package io.saddlebag.hq.queue;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.hq.routing.QueueRules;
import io.saddlebag.hq.store.QueueLoad;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.message.Priority;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One queue's part of the index: a lane for each priority, what is away, and how much there is in all. Memory holds a
 * bounded run of what waits; a longer backlog stays in the store and is paged in.
 *
 * <p>Guarded by its own monitor, which is never held while the store is asked.
 */
final class WaitingQueue {
    /** Of ten handed out in a row six are high, three normal and one low, as long as there are such. */
    private static final Priority[] TURNS = {
        Priority.HIGH, Priority.HIGH, Priority.NORMAL, Priority.HIGH, Priority.HIGH,
        Priority.NORMAL, Priority.HIGH, Priority.HIGH, Priority.NORMAL, Priority.LOW
    };

    private final Lane[] lanes = new Lane[Priority.values().length];
    private final Map<Long, Waiting> away = new HashMap<>();
    private volatile QueueRules rules;
    private int turn;
    private long messages;
    private long bytes;
    private long came;
    private long ended;

    WaitingQueue(int capacity, QueueRules rules) {
        this.rules = rules;
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new Lane(capacity, rules.ordered() ? new OrderedRun() : new PlainRun());
        }
    }

    QueueRules rules() {
        return rules;
    }

    synchronized void rules(QueueRules changed) {
        if (changed.ordered() != rules.ordered()) {
            for (Lane lane : lanes) {
                reorder(lane, changed.ordered());
            }
        }
        rules = changed;
    }

    private void reorder(Lane lane, boolean ordered) {
        Run before = lane.run();
        List<Waiting> ready = before.takeAll(waiting -> true);
        if (ordered) {
            OrderedRun run = new OrderedRun();
            away.values().stream().filter(each -> lane(each.delivery()) == lane).forEach(run::isAway);
            lane.run(run);
        } else {
            lane.run(new PlainRun());
        }
        ready.sort((one, other) ->
                Long.compare(one.delivery().messageNumber(), other.delivery().messageNumber()));
        ready.forEach(lane.run()::add);
    }

    private Lane lane(QueuedDelivery delivery) {
        return lane(delivery.priority());
    }

    private Lane lane(Priority priority) {
        return lanes[priority.ordinal()];
    }

    /** How much waits, as the store said at start. */
    synchronized void begin(QueueLoad load) {
        messages = load.messages();
        bytes = load.bytes();
    }

    /** One was just committed. Returns whether it is ready; if not, memory has it or a page will bring it. */
    synchronized boolean arrived(QueuedDelivery delivery) {
        count(delivery, 1);
        Lane lane = lane(delivery);
        if (!lane.isLate(delivery.messageNumber())) {
            return lane.arrived(delivery);
        }
        if (!holds(delivery)) {
            pageAnew(delivery);
        }
        return false;
    }

    /** It waits again, or may do so: the store is to say, when its page is due. */
    private void pageAnew(QueuedDelivery delivery) {
        lane(delivery).pageAnew(delivery.messageNumber() - 1);
    }

    private boolean holds(QueuedDelivery delivery) {
        return isAway(delivery) || lane(delivery).run().has(delivery);
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

    /** Memory may lack anything: all that waits is looked through once more. */
    synchronized void pageAnew() {
        for (Lane lane : lanes) {
            lane.pageAnew(0);
        }
    }

    /** The one whose turn it is, now with the caller; null when none may go. */
    synchronized Waiting take() {
        Waiting next = lane(TURNS[turn]).run().take();
        for (int i = 0; next == null && i < lanes.length; i++) {
            next = lanes[i].run().take();
        }
        if (next != null) {
            turn = (turn + 1) % TURNS.length;
            away.put(next.delivery().messageNumber(), next);
        }
        return next;
    }

    /** One that is away waits again, in its old place. */
    synchronized void giveBack(Waiting waiting) {
        if (away.remove(waiting.delivery().messageNumber()) != null) {
            Lane lane = lane(waiting.delivery());
            wakeUp(waiting, lane);
            lane.run().left(waiting);
            lane.run().add(waiting);
        }
    }

    /** One that is away waits out a pause, until it is given back. */
    synchronized void rest(Waiting waiting) {
        if (away.containsKey(waiting.delivery().messageNumber()) && !waiting.isResting()) {
            waiting.resting(true);
            lane(waiting.delivery()).rests(1);
        }
    }

    private static void wakeUp(Waiting waiting, Lane lane) {
        if (waiting.isResting()) {
            waiting.resting(false);
            lane.rests(-1);
        }
    }

    synchronized void finished(Waiting waiting) {
        if (away.remove(waiting.delivery().messageNumber()) != null) {
            Lane lane = lane(waiting.delivery());
            wakeUp(waiting, lane);
            lane.run().left(waiting);
            lane.ended(waiting.delivery().messageNumber());
            count(waiting.delivery(), -1);
        }
    }

    /** Claims the next page of a lane: see {@link Lane#claimPage}. Each claim is answered by one of the two below. */
    synchronized long claimPage(Priority priority) {
        return lane(priority).claimPage();
    }

    synchronized void loaded(Priority priority, List<QueuedDelivery> page, boolean full) {
        lane(priority).loaded(page, full, this::isAway);
    }

    synchronized void notLoaded(Priority priority) {
        lane(priority).notLoaded();
    }

    /** At most so many ready ones whose time is over, now with the caller. */
    synchronized List<Waiting> takeExpired(RunningTime time, int limit) {
        List<Waiting> expired = new ArrayList<>();
        for (Lane lane : lanes) {
            AtomicInteger room = new AtomicInteger(limit - expired.size());
            expired.addAll(lane.run().takeAll(each -> isOver(each.delivery(), time) && room.getAndDecrement() > 0));
        }
        expired.forEach(each -> away.put(each.delivery().messageNumber(), each));
        return expired;
    }

    private boolean isOver(QueuedDelivery delivery, RunningTime time) {
        return rules.isOver(delivery.receivedTime(), delivery.expires(), time);
    }

    synchronized boolean hasReady() {
        for (Lane lane : lanes) {
            if (lane.run().canTake()) {
                return true;
            }
        }
        return false;
    }

    synchronized QueueDepth depth() {
        int ready = 0;
        boolean behind = false;
        for (Lane lane : lanes) {
            ready += lane.run().size();
            behind |= lane.isBehind();
        }
        return new QueueDepth(ready, away.size(), behind);
    }

    synchronized QueueTraffic traffic() {
        return new QueueTraffic(came, ended, Math.max(0, messages));
    }

    synchronized QueueLoad load() {
        return new QueueLoad(Math.max(0, messages), Math.max(0, bytes));
    }
}
