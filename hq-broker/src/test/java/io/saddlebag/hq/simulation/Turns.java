package io.saddlebag.hq.simulation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Executor;

/**
 * The tasks that could run now, of which chance picks one, and those that wait for their time. The seed decides the
 * order of tasks that would run concurrently.
 */
final class Turns {
    private static final Duration FROZEN = Duration.ofMillis(100);
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

    private final Random random;
    private final List<Runnable> ready = new ArrayList<>();
    private final PriorityQueue<Timed> timed =
            new PriorityQueue<>(Comparator.comparing(Timed::due).thenComparing(Timed::number));
    private Instant now = START;
    private long lastNumber;

    Turns(Random random) {
        this.random = random;
    }

    private record Timed(Instant due, long number, Runnable task) {}

    /** The time as the simulation has it. */
    Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
    }

    /** The time at which everything began. */
    Instant start() {
        return START;
    }

    void soon(Runnable task) {
        ready.add(task);
    }

    void after(Duration pause, Runnable task) {
        timed.add(new Timed(now.plus(pause), ++lastNumber, task));
    }

    /** Threads of one process: any of its tasks may be next, none once it is dead. */
    Executor pool(Process process) {
        return task -> soon(() -> unlessFrozen(process, task));
    }

    /** One thread: its tasks run in the order in which they came. */
    Executor lane(Process process) {
        Deque<Runnable> tasks = new ArrayDeque<>();
        return task -> {
            tasks.add(task);
            soon(() -> unlessFrozen(process, () -> tasks.remove().run()));
        };
    }

    private void unlessFrozen(Process process, Runnable task) {
        if (process.isFrozen()) {
            after(FROZEN, () -> unlessFrozen(process, task));
        } else if (process.isAlive()) {
            task.run();
        }
    }

    /** A process whose tasks may not run. */
    interface Process {
        boolean isAlive();

        /** True while its tasks have to wait. */
        default boolean isFrozen() {
            return false;
        }
    }

    /** Runs one of the tasks that could run now; false when there is none. */
    boolean runOne() {
        if (ready.isEmpty()) {
            return false;
        }
        int chosen = random.nextInt(ready.size());
        Runnable task = ready.get(chosen);
        int last = ready.size() - 1;
        ready.set(chosen, ready.get(last));
        ready.remove(last);
        try {
            task.run();
        } catch (Crashed e) {
            // Headquarters is dead; the others go on.
            return true;
        }
        return true;
    }

    boolean isIdle() {
        return ready.isEmpty();
    }

    /** Lets time pass. */
    void pass(Duration time) {
        Instant until = now.plus(time);
        while (!timed.isEmpty() && !timed.peek().due().isAfter(until)) {
            advance();
        }
        now = until;
    }

    /** Advances to the next task that waits for its time; false when none does. */
    boolean advance() {
        Timed next = timed.poll();
        if (next == null) {
            return false;
        }
        now = next.due().isAfter(now) ? next.due() : now;
        soon(next.task());
        return true;
    }
}
