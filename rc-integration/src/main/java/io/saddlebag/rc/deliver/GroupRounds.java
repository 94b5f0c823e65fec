package io.saddlebag.rc.deliver;

import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.site.camel.AsyncStep;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes deliveries through some steps of a route together: all that wait at a step go through it as one group, so that they
 * share a sync, a commit and a turn of a thread. A round visits the steps in the order of the route, and each delivery
 * continues from one to the next within it. Later ones wait for the next round. They wait without a thread. One thread; for
 * any number of callers.
 */
public final class GroupRounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupRounds.class);
    /** The least time from the beginning of one round to the next, in nanoseconds: larger groups under load. */
    private static final long APART = 10_000_000;

    private static final long DRAIN_MILLIS = 10_000;

    private final List<Step> steps = new ArrayList<>();
    private final Thread thread = new Thread(this::rounds, "rc-rounds");
    private int waiting;
    private boolean isIdle;
    private boolean isClosed;

    /** The work of a step. */
    @FunctionalInterface
    public interface Work {
        /**
         * Does the step's work for all members. A member that it fails goes no further.
         *
         * @throws Exception fails all members that have not failed
         */
        void take(List<Member> members) throws Exception;
    }

    /** A delivery that waits at a step. */
    public record Member(Exchange exchange, Arrival arrival, AsyncCallback callback) {
        /** Fails this delivery and no other. */
        void fail(Throwable failure) {
            exchange.setException(failure);
        }

        boolean isFailed() {
            return exchange.getException() != null;
        }
    }

    private static final class Step {
        private final Work work;
        private List<Member> members = new ArrayList<>();

        Step(Work work) {
            this.work = work;
        }
    }

    /** Adds a step, in the order of the route and before {@link #start}. */
    public AsyncStep step(Work work) {
        Step step = new Step(work);
        steps.add(step);
        return (exchange, callback) -> {
            join(step, new Member(exchange, Arrival.of(exchange), callback));
            return false;
        };
    }

    public void start() {
        thread.start();
    }

    /** Never blocks. After {@link #close} the delivery goes no further: headquarters has it still. */
    private synchronized void join(Step step, Member member) {
        // A delivery of the last round still continues from step to step.
        if (isClosed && Thread.currentThread() != thread) {
            return;
        }
        step.members.add(member);
        waiting++;
        if (isIdle) {
            isIdle = false;
            notifyAll();
        }
    }

    private void rounds() {
        while (awaitMembers()) {
            long begun = System.nanoTime();
            for (Step step : steps) {
                takeThrough(step.work, leave(step));
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

    private synchronized List<Member> leave(Step step) {
        List<Member> members = step.members;
        if (!members.isEmpty()) {
            step.members = new ArrayList<>();
            waiting -= members.size();
        }
        return members;
    }

    private static void takeThrough(Work work, List<Member> members) {
        if (members.isEmpty()) {
            return;
        }
        try {
            work.take(members);
        } catch (Throwable e) {
            // An error too: this thread is the only one.
            Exception failure = e instanceof Exception exception ? exception : new IllegalStateException(e);
            members.stream().filter(member -> !member.isFailed()).forEach(member -> member.fail(failure));
        }
        for (Member member : members) {
            try {
                member.callback().done(false);
            } catch (Throwable e) {
                LOG.error("delivery aborted by an unexpected error; connection closed, headquarters will redeliver", e);
                member.arrival().abort(member.exchange());
            }
        }
    }

    /** Takes the waiting deliveries through, within a bound. */
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
