package io.saddlebag.hq.deliver;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.StoreAwayException;
import io.saddlebag.hq.queue.PendingDelivery;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.PayloadStore.PayloadDamagedException;
import io.saddlebag.hq.store.PayloadStore.PayloadsAwayException;
import io.saddlebag.hq.store.SoleUse;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One client's SUBSCRIBE to a queue: takes from the index while its window has room and its connection takes frames,
 * and holds what it pushed until that is settled or the subscription closes.
 *
 * <p>Works in turns on an executor, never two at a time, so parts of two deliveries never mix; a turn sends a bounded
 * number of frames and then lets others have theirs. No public method blocks; safe for any number of threads.
 */
public final class Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);
    private static final int FRAMES_A_TURN = 16;

    private final long serial;
    private final String id;
    private final SiteId site;
    private final String queue;
    private final int prefetch;
    private final FrameSink sink;
    private final Parts parts;
    /** One object, so that a sink does not add it twice. */
    private final Runnable whenWritable = this::wake;

    private final AtomicInteger wakes = new AtomicInteger();
    private final Map<String, PendingDelivery> inFlight = new HashMap<>();
    private boolean closed;
    /** The delivery in flight came back often before, and is alone until it is settled. */
    private boolean suspectInFlight;

    private long pushes;

    /** Only the turn under way touches these five. */
    private PendingDelivery current;

    private String currentToken;
    private int firstPart;
    private int nextPart;
    private final Map<MessageId, Integer> resumeAt = new HashMap<>();

    /**
     * The collaborators of all subscriptions.
     *
     * @param turns where frames are made; may block on the disk
     * @param settlements takes deliveries that expired, or whose payload cannot be read
     * @param use nothing is pushed while it is not held; {@link Dispatcher#wakeAll} when it is again
     */
    public record Parts(
            QueueIndex index,
            PayloadStore payloads,
            Executor turns,
            Settlements settlements,
            Clock clock,
            SoleUse use) {}

    /**
     * @param serial headquarters' own number for it, never used twice
     * @param id the client's name for it
     * @param prefetch how many deliveries may be in flight, at least 1
     */
    public Subscription(long serial, String id, SiteId site, String queue, int prefetch, FrameSink sink, Parts parts) {
        this.serial = serial;
        this.id = id;
        this.site = site;
        this.queue = queue;
        this.prefetch = prefetch;
        this.sink = sink;
        this.parts = parts;
    }

    /**
     * The client has the parts before these already, of deliveries that broke off. Counts for the next push of each
     * message, after that all parts are sent again. Takes the place of what it said before.
     */
    public void resume(Map<MessageId, Integer> partByMessage) {
        synchronized (inFlight) {
            resumeAt.clear();
            resumeAt.putAll(partByMessage);
        }
    }

    public int prefetch() {
        return prefetch;
    }

    public String id() {
        return id;
    }

    public String queue() {
        return queue;
    }

    public int inFlight() {
        synchronized (inFlight) {
            return inFlight.size();
        }
    }

    /** A delivery that is in flight here, and stays so; null when the token names none. */
    public PendingDelivery inFlight(String token) {
        synchronized (inFlight) {
            return inFlight.get(token);
        }
    }

    /** Takes a delivery out of flight to settle it; null when the token names none that is in flight here. */
    public PendingDelivery takeInFlight(String token) {
        PendingDelivery pending;
        boolean makesRoom;
        synchronized (inFlight) {
            boolean wasFull = inFlight.size() >= prefetch;
            pending = inFlight.remove(token);
            makesRoom = pending != null && (wasFull || inFlight.isEmpty());
        }
        if (makesRoom) {
            wake();
        }
        return pending;
    }

    /** There may be something to do: a delivery is ready, the window has room again, the connection takes frames. */
    void wake() {
        if (wakes.getAndIncrement() == 0) {
            scheduleTurn();
        }
    }

    /** Gives back all deliveries in flight, the one that is being pushed too. */
    void close() {
        List<PendingDelivery> back;
        synchronized (inFlight) {
            closed = true;
            back = new ArrayList<>(inFlight.values());
            inFlight.clear();
        }
        back.forEach(parts.settlements()::cutOff);
    }

    private void scheduleTurn() {
        try {
            parts.turns().execute(this::turn);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} {}: no more turns, headquarters is stopping", site, queue);
        }
    }

    private void turn() {
        int seen = wakes.get();
        boolean more;
        try {
            more = push();
        } catch (RuntimeException e) {
            LOG.error("{} {}: dispatch failed, the connection is closed: {}", site, queue, FaultText.of(e), e);
            sink.close();
            more = false;
        }
        if (more || wakes.addAndGet(-seen) != 0) {
            scheduleTurn();
        }
    }

    /** Pushes until nothing can be pushed (false) or the turn is over (true). */
    private boolean push() {
        for (int sent = 0; sent < FRAMES_A_TURN; sent++) {
            if (isClosed() || !parts.use().isHeld()) {
                return false;
            }
            if (!sink.isWritable()) {
                sink.onWritable(whenWritable);
                return false;
            }
            if (current == null && !takeNext()) {
                return false;
            }
            pushPart();
        }
        return true;
    }

    private boolean takeNext() {
        while (true) {
            synchronized (inFlight) {
                if (closed || inFlight.size() >= prefetch || (suspectInFlight && !inFlight.isEmpty())) {
                    return false;
                }
            }
            PendingDelivery next = parts.index().take(queue);
            if (next == null) {
                return false;
            }
            if (parts.settlements().endsUnpushed(next)) {
                continue;
            }
            boolean suspect = next.isSuspect();
            if (suspect && inFlight() > 0) {
                parts.index().putBack(next);
                return false;
            }
            String token = serial + "-" + next.delivery().messageNumber() + "-" + ++pushes;
            next.pushed(parts.clock().instant());
            synchronized (inFlight) {
                if (!closed) {
                    suspectInFlight = suspect;
                    inFlight.put(token, next);
                    current = next;
                    currentToken = token;
                    Integer asked = resumeAt.remove(next.delivery().messageId());
                    firstPart = asked == null ? 1 : Math.min(asked, DeliveryFrames.parts(next.delivery()));
                    nextPart = firstPart;
                    return true;
                }
            }
            parts.settlements().cutOff(next);
            return false;
        }
    }

    private void pushPart() {
        try {
            sink.send(new DeliveryFrames(parts.payloads())
                    .frame(id, currentToken, current, nextPart, nextPart == firstPart));
            Failpoint.HQ_DELIVERED.reached();
        } catch (IOException e) {
            unreadable(e);
            return;
        }
        if (nextPart == DeliveryFrames.parts(current.delivery())) {
            current.pushedWhole();
            LOG.debug(
                    "{} {}: delivered to {} from {}, attempt {}",
                    current.delivery().messageId(),
                    current.delivery().senderId(),
                    site,
                    queue,
                    current.attempts());
            current = null;
        } else {
            nextPart++;
        }
    }

    private void unreadable(IOException e) {
        PendingDelivery pending = takeInFlight(currentToken);
        boolean isAway = e instanceof StoreAwayException || e instanceof PayloadsAwayException;
        // A payload that is gone since its delivery ended at another node is no damage: the settlement finds out.
        boolean isSettled = pending != null && e instanceof PayloadDamagedException;
        LOG.atLevel(isAway || isSettled ? Level.DEBUG : Level.ERROR)
                .log("{} {}: cannot read its payload: {}", current.delivery().messageId(), queue, FaultText.of(e));
        current = null;
        if (pending != null && isAway) {
            parts.settlements().putOff(pending);
        } else if (isSettled) {
            parts.settlements().lose(pending, e.getMessage());
        } else if (pending != null) {
            parts.settlements().retryLater(pending, "Headquarters cannot read its payload: " + FaultText.of(e));
        }
        if (nextPart > firstPart) {
            sink.close();
        }
    }

    private boolean isClosed() {
        synchronized (inFlight) {
            return closed;
        }
    }
}
