package io.saddlebag.cli.chaos;

import java.util.concurrent.TimeUnit;

/**
 * Time as the run has it: where this process was itself held for long, as on a machine that is suspended or that stops
 * everything for a while, so were the sites, and none of them can be blamed for it. To be read often. For one thread.
 */
final class RunClock {
    private static final long LONGEST_STEP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private long lastNanos = System.nanoTime();
    private long nanos;
    private long heldNanos;

    /** Since the clock was made, without the time for which the run was held. */
    long nanos() {
        long now = System.nanoTime();
        long step = now - lastNanos;
        lastNanos = now;
        nanos += Math.min(step, LONGEST_STEP_NANOS);
        heldNanos += Math.max(0, step - LONGEST_STEP_NANOS);
        return nanos;
    }

    /** For how long the run was held, in all. */
    double heldSeconds() {
        return heldNanos / 1e9;
    }
}
