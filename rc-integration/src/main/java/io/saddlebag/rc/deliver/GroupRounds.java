package io.saddlebag.rc.deliver;

import io.saddlebag.rc.intake.Arrival;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes deliveries through the {@link GroupStep}s together: whatever waits at a step goes through it at once, so that many
 * share a sync, a commit and a turn of a thread. A round visits the steps in the order of the route, each delivery goes
 * on from one to the next within it, and what comes meanwhile waits for the next round. One thread; for any number of
 * callers.
 */
public final class GroupRounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupRounds.class);
    /** From the beginning of one round to the next at least, in nanoseconds: under load more go together. */
    private static final long APART = 10_000_000;

    private static final long DRAIN_MILLIS = 10_000;

    private final Map<GroupStep, List<Member>> waitingByStep = new LinkedHashMap<>();
    private final Thread thread = new Thread(this::rounds, "rc-rounds");
    private int waiting;
    private boolean isIdle;
    private boolean isClosed;

    /** A delivery that waits at a step. */
    record Member(Exchange exchange, Arrival arrival, AsyncCallback callback) {
        /** It goes no further than this step; the others do. */
        void fail(Exception failure) {
            exchange.setException(failure);
        }

        boolean isFailed() {
            return exchange.getException() != null;
        }
    }

    /** Begins; the steps in the order in which the route comes to them. */
    public void start(GroupStep... steps) {
        synchronized (this) {
            for (GroupStep step : steps) {
                waitingByStep.put(step, new ArrayList<>());
            }
        }
        thread.start();
    }

    /** Returns at once; after {@link #close} the delivery goes no further: headquarters has it still. */
    synchronized void join(GroupStep step, Member member) {
        // What is on its way already goes on from step to step.
        if (isClosed && Thread.currentThread() != thread) {
            return;
        }
        waitingByStep.get(step).add(member);
        waiting++;
        if (isIdle) {
            isIdle = false;
            notifyAll();
        }
    }

    private void rounds() {
        while (awaitMembers()) {
            long begun = System.nanoTime();
            for (GroupStep step : List.copyOf(waitingByStep.keySet())) {
                takeThrough(step, leave(step));
            }
            LockSupport.parkNanos(begun + APART - System.nanoTime());
        }
    }

    private synchronized boolean awaitMembers() {
        try {
            while (waiting == 0 && !isClosed) {
                isIdle = true;
                wait();
            }
        } catch (InterruptedException e) {
            return false;
        }
        return waiting > 0;
    }

    private synchronized List<Member> leave(GroupStep step) {
        List<Member> members = waitingByStep.get(step);
        if (!members.isEmpty()) {
            waitingByStep.put(step, new ArrayList<>());
            waiting -= members.size();
        }
        return members;
    }

    private static void takeThrough(GroupStep step, List<Member> members) {
        if (members.isEmpty()) {
            return;
        }
        try {
            step.take(members);
        } catch (Throwable e) {
            // An error too: this thread is the only one.
            Exception failure = e instanceof Exception exception ? exception : new IllegalStateException(e);
            members.stream().filter(member -> !member.isFailed()).forEach(member -> member.fail(failure));
        }
        for (Member member : members) {
            try {
                member.callback().done(false);
            } catch (Throwable e) {
                LOG.error("a delivery could not go on; headquarters has it back", e);
                member.arrival().tornOut(member.exchange());
            }
        }
    }

    /** Lets what waits go through, within a bound. */
    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
            notifyAll();
        }
        try {
            if (thread.isAlive()) {
                thread.join(DRAIN_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
