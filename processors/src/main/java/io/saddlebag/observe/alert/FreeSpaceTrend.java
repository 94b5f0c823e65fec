package io.saddlebag.observe.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The free space of one disk over six hours, and a straight line through it. For one thread. */
final class FreeSpaceTrend {
    private static final Duration KEPT = Duration.ofHours(6);
    private static final Duration APART = Duration.ofMinutes(5);
    /** A shorter time predicts nothing. */
    private static final Duration LEAST = Duration.ofHours(1);

    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(Instant time, long free) {}

    void add(Instant time, long free) {
        Sample last = samples.peekLast();
        if (last != null && time.isBefore(last.time())) {
            // The clock was set back.
            samples.clear();
            last = null;
        }
        if (last == null || !time.isBefore(last.time().plus(APART))) {
            samples.addLast(new Sample(time, free));
        }
        while (!samples.isEmpty() && samples.peekFirst().time().isBefore(time.minus(KEPT))) {
            samples.removeFirst();
        }
    }

    /** The time until nothing is left by the line of least squares; empty when the space does not shrink. */
    Optional<Duration> fullIn(Instant now) {
        if (samples.size() < 2
                || Duration.between(samples.peekFirst().time(), now).compareTo(LEAST) < 0) {
            return Optional.empty();
        }
        double meanTime =
                samples.stream().mapToDouble(each -> ago(each, now)).average().orElseThrow();
        double meanFree = samples.stream().mapToDouble(Sample::free).average().orElseThrow();
        double product = 0;
        double square = 0;
        for (Sample each : samples) {
            double time = ago(each, now) - meanTime;
            product += time * (each.free() - meanFree);
            square += time * time;
        }
        double perSecond = square == 0 ? 0 : product / square;
        if (perSecond >= 0) {
            return Optional.empty();
        }
        double free = meanFree - perSecond * meanTime;
        return Optional.of(Duration.ofSeconds((long) Math.max(0, free / -perSecond)));
    }

    /** Negative seconds. */
    private static double ago(Sample sample, Instant now) {
        return Duration.between(now, sample.time()).toMillis() / 1e3;
    }
}
