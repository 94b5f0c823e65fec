package io.saddlebag.bench.chaos.fault;

import java.util.concurrent.TimeUnit;

/**
 * A clock that leaves out long stops of this process, such as those of a suspended machine: they stop the sites too. Read it
 * often. For one thread.
 */
public final class RunClock {
    private static final long LONGEST_STEP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private long lastNanos = System.nanoTime();
    private long nanos;
    private long heldNanos;

    /** Since the clock was made, without the time for which the run was held. */
    public long nanos() {
        long now = System.nanoTime();
        long step = now - lastNanos;
        lastNanos = now;
        nanos += Math.min(step, LONGEST_STEP_NANOS);
        heldNanos += Math.max(0, step - LONGEST_STEP_NANOS);
        return nanos;
    }

    /** For how long the run was held, in all. */
    public double heldSeconds() {
        return heldNanos / 1e9;
    }
}
