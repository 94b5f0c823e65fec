package io.saddlebag.clock;

import java.time.Duration;
import java.time.Instant;

/**
 * A time in which the wall clock and the running time advanced together, within {@link RunningTime#STEP}. Later stretches
 * of a site never have less running time; their wall times may lie anywhere.
 *
 * @param fromWall the wall clock at its beginning
 * @param fromRunning for how long the site had been running then
 * @param toWall the wall clock at its end, or at the last look
 * @param toRunning for how long the site had been running then
 * @param behind by how much the wall clock was at most behind the running time since the beginning; zero or more
 */
public record Stretch(Instant fromWall, Duration fromRunning, Instant toWall, Duration toRunning, Duration behind) {
    /** @throws IllegalArgumentException when it ends before it begins */
    public Stretch {
        if (toRunning.compareTo(fromRunning) < 0 || fromRunning.isNegative() || behind.isNegative()) {
            throw new IllegalArgumentException(
                    "Expected a stretch that begins before it ends, found " + fromRunning + " to " + toRunning);
        }
    }

    static Stretch begin(Instant wall, Duration running) {
        return new Stretch(wall, running, wall, running, Duration.ZERO);
    }

    Stretch until(Instant wall, Duration running) {
        return new Stretch(
                fromWall,
                fromRunning,
                wall,
                running,
                most(behind, gain(wall, running).negated()));
    }

    /** Both as one; the time between them, in which the site did not run, is then taken for young. */
    Stretch with(Stretch next) {
        Stretch joined = until(next.fromWall, next.fromRunning).until(next.toWall, next.toRunning);
        Duration nextBehind = next.behind.minus(gain(next.fromWall, next.fromRunning));
        return new Stretch(fromWall, fromRunning, joined.toWall, joined.toRunning, most(joined.behind, nextBehind));
    }

    /** By how much the wall clock gained on the running time since the beginning. */
    private Duration gain(Instant wall, Duration running) {
        return Duration.between(fromWall, wall).minus(running.minus(fromRunning));
    }

    /** By how much the wall clock gained on the running time in this stretch. */
    Duration drift() {
        return gain(toWall, toRunning);
    }

    /** The clock never read less in this stretch. */
    Instant leastWall() {
        return fromWall.minus(behind);
    }

    /** The most that the running time can have been when the wall clock of this stretch read {@code then}. */
    Duration latest(Instant then) {
        Duration latest = fromRunning.plus(Duration.between(fromWall, then)).plus(behind);
        return latest.compareTo(toRunning) > 0 ? toRunning : most(latest, fromRunning);
    }

    private static Duration most(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
