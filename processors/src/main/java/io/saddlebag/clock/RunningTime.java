package io.saddlebag.clock;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts how long this site has been running, over all its runs. The wall clock can be set wrong; the running time
 * cannot. An item is deleted or ended for its age only when both agree: see {@link #isOlder}.
 *
 * <p>No item stores a running time. The site remembers at which running time the wall clock read what, as a bounded list
 * of {@link Stretch}es, and derives an age from the date of the item. Where that leaves a choice, the item is younger.
 *
 * <p>A step of the wall clock by more than {@link #STEP} against the running time is logged once. For any thread.
 */
public final class RunningTime {
    /** The most that the wall clock gains or loses without a step. */
    static final Duration STEP = Duration.ofMinutes(1);
    /** The running time after a step during which {@link #otherReading} is known. */
    public static final Duration DOUBT = Duration.ofDays(1);
    /** The most stretches in the list; older ones are joined. */
    public static final int MOST_STRETCHES = 500;

    private static final Logger LOG = LoggerFactory.getLogger(RunningTime.class);
    /** The wall clock is read again when the process paused this long during the reading. */
    private static final Duration HELD_UP = Duration.ofSeconds(1);

    private final Clock wall;
    private final Clock steady;
    private final Instant begun;
    private final Duration before;
    /** The last one is under way. */
    private final List<Stretch> stretches;
    /** Null while there is no doubt. */
    private Doubt doubt;

    private long steps;

    /** Both clocks at one moment. */
    private record Reading(Instant wall, Duration running) {}

    /** A site that never ran: everything that is there already is as old as this. */
    public RunningTime(Clock wall, Clock steady) {
        this(wall, steady, new Memory(List.of(), null));
    }

    /**
     * A site that ran before.
     *
     * @param wall the system's clock
     * @param steady counts the time that passes, whatever happens to the system's clock
     * @param memory as an earlier run left it
     */
    public RunningTime(Clock wall, Clock steady, Memory memory) {
        this.wall = wall;
        this.steady = steady;
        this.begun = steady.instant();
        this.stretches = new ArrayList<>(memory.stretches());
        this.doubt = memory.doubt();
        this.before = stretches.isEmpty() ? Duration.ZERO : last().toRunning();
        resume();
    }

    private synchronized void resume() {
        Reading now = read();
        if (!stretches.isEmpty()) {
            Duration stopped = Duration.between(last().toWall(), now.wall);
            if (stopped.compareTo(STEP.negated()) < 0) {
                tell(stopped, last().toWall(), now);
            }
            if (stopped.abs().compareTo(STEP) > 0) {
                // The clock may have been set while the site was stopped.
                doubt(last().toWall(), now);
            }
        }
        begin(now);
    }

    private void begin(Reading now) {
        stretches.add(Stretch.begin(now.wall, now.running));
        while (stretches.size() > MOST_STRETCHES) {
            joinTwo();
        }
    }

    /** Joins the two with the least time between them. Across a step back nothing can be joined: the oldest one goes. */
    private void joinTwo() {
        int first = -1;
        Duration least = null;
        for (int i = 0; i + 2 < stretches.size(); i++) {
            Duration between = Duration.between(
                    stretches.get(i).toWall(), stretches.get(i + 1).fromWall());
            if (!between.isNegative() && (least == null || between.compareTo(least) < 0)) {
                least = between;
                first = i;
            }
        }
        Stretch oldest = stretches.remove(Math.max(0, first));
        if (first >= 0) {
            stretches.set(first, oldest.with(stretches.get(first)));
        }
    }

    private Stretch last() {
        return stretches.get(stretches.size() - 1);
    }

    private Reading read() {
        Instant earlier = steady.instant();
        while (true) {
            Instant now = wall.instant();
            Instant later = steady.instant();
            if (Duration.between(earlier, later).compareTo(HELD_UP) < 0) {
                return new Reading(now, before.plus(Duration.between(begun, later)));
            }
            earlier = later;
        }
    }

    /** Reads both clocks, so that a step is noticed. */
    private Reading look() {
        Reading now = read();
        Stretch last = last();
        Instant expected = last.toWall().plus(now.running.minus(last.toRunning()));
        Duration moved = Duration.between(expected, now.wall);
        if (moved.abs().compareTo(STEP) > 0) {
            tell(moved, expected, now);
            doubt(expected, now);
            stretches.set(stretches.size() - 1, last.until(expected, now.running));
            begin(now);
        } else if (last.until(now.wall, now.running).drift().abs().compareTo(STEP) > 0) {
            stretches.set(stretches.size() - 1, last.until(expected, now.running));
            begin(now);
        } else {
            stretches.set(stretches.size() - 1, last.until(now.wall, now.running));
        }
        if (doubt != null && now.running.minus(doubt.last()).compareTo(DOUBT) > 0) {
            doubt = null;
        }
        return now;
    }

    private void tell(Duration moved, Instant expected, Reading now) {
        LOG.warn(
                "the clock of this machine stepped {} by {} s, from {} to {}, after {} s of running time."
                        + " Items are deleted or ended by age only when the running time agrees; check its time synchronization",
                moved.isNegative() ? "backward" : "forward",
                moved.abs().toSeconds(),
                expected,
                now.wall,
                now.running.toSeconds());
    }

    private void doubt(Instant expected, Reading now) {
        steps++;
        doubt = doubt == null ? new Doubt(expected, now.running, now.running) : doubt.again(now.running);
        Duration off = Duration.between(doubt.otherReading(now.running), now.wall);
        if (off.abs().compareTo(STEP) <= 0) {
            doubt = null;
        }
    }

    /** The clock that tells the date; any of its readings may be wrong. */
    public Clock wall() {
        return wall;
    }

    /** For how long the site has been running in all. */
    public synchronized Duration running() {
        return look().running;
    }

    /**
     * For how long the site has been running since the wall clock read {@code then}; never more than that. Zero for a time
     * to come. A time before all that is remembered counts from the first that is.
     */
    public synchronized Duration age(Instant then) {
        Reading now = look();
        return then.isAfter(now.wall) ? Duration.ZERO : now.running.minus(latestRunning(then));
    }

    /** The last stretch in which the clock may have read {@code then}, or had passed it, gives the most. */
    private Duration latestRunning(Instant then) {
        for (int i = stretches.size() - 1; i >= 0; i--) {
            if (!stretches.get(i).leastWall().isAfter(then)) {
                return stretches.get(i).latest(then);
            }
        }
        return stretches.get(0).fromRunning();
    }

    /** True when {@code then} lies at least {@code limit} back by the wall clock and by the running time. */
    public boolean isOlder(Instant then, Duration limit) {
        return !wall.instant().isBefore(then.plus(limit)) && age(then).compareTo(limit) >= 0;
    }

    /**
     * True when the wall clock is past {@code deadline}, and the site has been running since {@code since} for at least
     * the time between the two.
     */
    public boolean isOver(Instant since, Instant deadline) {
        return !wall.instant().isBefore(deadline) && age(since).compareTo(Duration.between(since, deadline)) >= 0;
    }

    /**
     * The time that the wall clock would have read if it had not stepped; empty when it did not step within {@link #DOUBT}.
     * A refusal for a date is final only when it follows from both readings.
     *
     * @param seen the reading just taken; the clock may have stepped since, and be right again
     */
    public synchronized Optional<Instant> otherReading(Instant seen) {
        Reading now = look();
        if (Duration.between(seen, now.wall).abs().compareTo(STEP) > 0) {
            return Optional.of(now.wall);
        }
        return Optional.ofNullable(doubt).map(open -> open.otherReading(now.running));
    }

    /** The number of steps that this run noticed. A doubt changes only with it, or ends. */
    public synchronized long steps() {
        look();
        return steps;
    }

    /** For the next run. */
    public synchronized Memory memory() {
        look();
        return new Memory(stretches, doubt);
    }

    /**
     * The state that a run leaves to the next one.
     *
     * @param stretches in the order of running time, at most {@value RunningTime#MOST_STRETCHES}
     * @param doubt null when there is none
     */
    public record Memory(List<Stretch> stretches, Doubt doubt) {
        /** @throws IllegalArgumentException when the running time does not advance from each to the next */
        public Memory {
            stretches = List.copyOf(stretches);
            for (int i = 1; i < stretches.size(); i++) {
                if (stretches
                                .get(i)
                                .fromRunning()
                                .compareTo(stretches.get(i - 1).toRunning())
                        < 0) {
                    throw new IllegalArgumentException("Expected running time to advance, found "
                            + stretches.get(i - 1).toRunning() + " before "
                            + stretches.get(i).fromRunning());
                }
            }
        }
    }

    /**
     * The wall clock stepped, and either reading may be right. Ends when the clock is back where it would be without the
     * step, or after {@link RunningTime#DOUBT}.
     *
     * @param wall the reading just before the first step
     * @param running for how long the site had been running then
     * @param last for how long it had been running at the last step
     */
    public record Doubt(Instant wall, Duration running, Duration last) {
        /** The reading of the clock at that running time, had it never stepped. */
        Instant otherReading(Duration now) {
            return wall.plus(now.minus(running));
        }

        Doubt again(Duration now) {
            return new Doubt(wall, running, now);
        }
    }
}
