package io.saddlebag.clock;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RunningTimeTest {
    private static final Instant BEGIN = Instant.parse("2026-03-01T08:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final SettableClock wall = SettableClock.still(BEGIN);
    private final SettableClock steady = SettableClock.still(Instant.EPOCH);
    private RunningTime time = new RunningTime(wall, steady);

    private void passes(Duration duration) {
        wall.advance(duration);
        steady.advance(duration);
        time.running();
    }

    private void stoppedFor(Duration duration) {
        RunningTime.Memory memory = time.memory();
        wall.advance(duration);
        steady.advance(duration);
        time = new RunningTime(wall, steady, memory);
    }

    @Test
    void agesByBothClocks() {
        Instant dated = wall.instant();
        passes(HOUR);

        assertThat(time.age(dated)).isEqualTo(HOUR);
        assertThat(time.isOlder(dated, HOUR)).isTrue();
        assertThat(time.isOlder(dated, HOUR.plusNanos(1))).isFalse();
    }

    @Test
    void aClockThatIsAHundredDaysAheadMakesNothingOld() {
        Instant dated = wall.instant();
        passes(HOUR);
        wall.advance(Duration.ofDays(100));

        assertThat(time.isOlder(dated, Duration.ofDays(90))).isFalse();
        assertThat(time.age(dated)).isEqualTo(HOUR);

        passes(Duration.ofSeconds(15));
        wall.advance(Duration.ofDays(-100));
        passes(HOUR);
        assertThat(time.age(dated)).isEqualTo(HOUR.multipliedBy(2).plusSeconds(15));
    }

    @Test
    void aClockThatWasSetAheadWhileTheSiteWasStoppedMakesNothingOld() {
        Instant dated = wall.instant();
        passes(HOUR);
        stoppedFor(Duration.ofDays(100));

        assertThat(time.isOlder(dated, Duration.ofDays(90))).isFalse();
        passes(DAY);
        assertThat(time.age(dated)).isEqualTo(HOUR.plus(DAY));
    }

    @Test
    void aFileDatedInTheFutureAgesOnlyOnceThatIsPast() {
        Instant dated = wall.instant().plus(DAY);
        passes(HOUR);
        assertThat(time.age(dated)).isZero();
        assertThat(time.isOlder(dated, Duration.ZERO)).isFalse();

        passes(DAY);
        assertThat(time.age(dated)).isEqualTo(HOUR);
    }

    @Test
    void aClockSetBackAndARestartMakeFilesOfBeforeYoungerNeverOlder() {
        passes(DAY);
        Instant dated = wall.instant();
        passes(HOUR);
        wall.advance(HOUR.multipliedBy(-2));
        passes(Duration.ofMinutes(1));
        assertThat(time.isOlder(dated, Duration.ofMinutes(1))).isFalse();

        stoppedFor(Duration.ofMinutes(10));
        passes(HOUR);
        // The wall clock has read that time twice; the second time counts.
        assertThat(time.age(dated)).isLessThan(Duration.ofMinutes(20));
    }

    @Test
    void timeInWhichTheSiteDidNotRunIsNoAge() {
        Instant early = wall.instant();
        passes(HOUR);
        Instant meanwhile = wall.instant().plus(HOUR);
        stoppedFor(DAY);
        passes(HOUR);

        assertThat(time.age(early)).isEqualTo(HOUR.multipliedBy(2));
        assertThat(time.age(meanwhile)).isEqualTo(HOUR);
        assertThat(time.age(early.minus(DAY)))
                .as("before all that is remembered")
                .isEqualTo(HOUR.multipliedBy(2));
    }

    @Test
    void manyRunsAreRememberedInBoundedSpace() {
        Instant first = wall.instant();
        for (int run = 0; run < 3 * RunningTime.MOST_STRETCHES; run++) {
            passes(HOUR);
            stoppedFor(Duration.ofSeconds(run % 7));
        }
        assertThat(time.memory().stretches()).hasSizeLessThanOrEqualTo(RunningTime.MOST_STRETCHES);
        Duration all = HOUR.multipliedBy(3L * RunningTime.MOST_STRETCHES);
        assertThat(time.age(first)).isBetween(all.minusHours(3), all);
    }

    @Test
    void aClockThatStepsBackAllTheTimeIsRememberedInBoundedSpace() {
        for (int step = 0; step < 3 * RunningTime.MOST_STRETCHES; step++) {
            passes(HOUR);
            wall.advance(HOUR.multipliedBy(-2));
        }
        assertThat(time.memory().stretches()).hasSizeLessThanOrEqualTo(RunningTime.MOST_STRETCHES);
    }

    /** Against a record of what the running time truly was whenever the clock read something. */
    @Test
    void neverTakesAnythingForOlderThanItIs() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            TreeMap<Instant, Duration> truth = new TreeMap<>();
            for (int i = 0; i < 900; i++) {
                switch (random.nextInt(12)) {
                    case 0 -> wall.advance(Duration.ofSeconds(random.nextInt(200_000) - 100_000));
                    case 1 -> stoppedFor(Duration.ofSeconds(random.nextInt(100_000)));
                    case 2 -> wall.advance(Duration.ofSeconds(random.nextInt(100) - 50));
                    default -> passes(Duration.ofSeconds(random.nextInt(4_000)));
                }
                Duration running = time.running();
                truth.merge(wall.instant(), running, (one, other) -> one.compareTo(other) > 0 ? one : other);
                truth.forEach((dated, wasRunning) -> {
                    if (!dated.isAfter(wall.instant())) {
                        assertThat(time.age(dated))
                                .as("dated %s", dated)
                                .isLessThanOrEqualTo(running.minus(wasRunning));
                    }
                });
            }
        }
    }

    @Test
    void afterAStepTheOtherReadingIsKnownUntilTheClockIsBack() {
        passes(HOUR);
        assertThat(time.otherReading(wall.instant())).isEmpty();
        Instant right = wall.instant();

        wall.advance(Duration.ofDays(-100));
        assertThat(time.otherReading(wall.instant())).contains(right);
        passes(HOUR);
        assertThat(time.otherReading(wall.instant())).contains(right.plus(HOUR));

        wall.advance(Duration.ofDays(100).plusSeconds(3));
        assertThat(time.otherReading(wall.instant())).isEmpty();
        assertThat(time.steps()).isEqualTo(2);
    }

    @Test
    void aReadingFromBetweenTwoStepsIsDoubtfulThoughTheClockIsBack() {
        passes(HOUR);
        wall.advance(Duration.ofDays(100));
        Instant wrong = wall.instant();
        assertThat(time.otherReading(wrong)).isPresent();

        wall.advance(Duration.ofDays(-100));

        assertThat(time.otherReading(wrong)).contains(wall.instant());
        assertThat(time.otherReading(wall.instant())).isEmpty();
    }

    @Test
    void aDoubtOutlastsARestartAndEndsAfterADay() {
        passes(HOUR);
        Instant right = wall.instant();
        wall.advance(Duration.ofDays(100));
        passes(HOUR);
        stoppedFor(Duration.ofSeconds(5));
        assertThat(time.otherReading(wall.instant())).contains(right.plus(HOUR));

        passes(DAY);
        passes(HOUR);
        assertThat(time.otherReading(wall.instant())).isEmpty();
    }

    @Test
    void aLongStopLeavesADoubt() {
        passes(HOUR);
        Instant stopped = wall.instant();
        stoppedFor(Duration.ofDays(100));

        assertThat(time.otherReading(wall.instant())).contains(stopped);
    }

    @Test
    void aClockThatGainsSlowlyDoesNotStep() {
        for (int hour = 0; hour < 200; hour++) {
            wall.advance(Duration.ofSeconds(5));
            passes(HOUR);
        }
        assertThat(time.steps()).isZero();
        assertThat(time.memory().stretches()).hasSizeLessThan(30);
    }
}
