package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.clock.RunningTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DoubtLimitTest {
    private final MemoryMessageStore messages = new MemoryMessageStore();
    private final AtomicReference<Instant> wall = new AtomicReference<>(Samples.NOW);
    private final AtomicReference<Instant> steady = new AtomicReference<>(Instant.EPOCH);
    private final DoubtLimit limit =
            new DoubtLimit(messages, new RunningTime(new SetClock(wall), new SetClock(steady)));

    private static final class SetClock extends Clock {
        private final AtomicReference<Instant> reading;

        SetClock(AtomicReference<Instant> reading) {
            this.reading = reading;
        }

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
            return reading.get();
        }
    }

    @BeforeEach
    void doubt() throws StoreException {
        MessageStore.StoredPublication stored =
                new MessageStore.StoredPublication(1, Samples.publication(1, "CA-RC"), Samples.payload(1));
        messages.publish(List.of(stored), 0);
        messages.doubt(List.of(stored), wall.get());
        assertThat(limit.giveUp()).isEmpty();
    }

    private void pass(Duration onTheWall, Duration running) {
        wall.updateAndGet(now -> now.plus(onTheWall));
        steady.updateAndGet(now -> now.plus(running));
    }

    @Test
    void givesUpWhatStayedDoubtfulForADayByBothClocks() throws StoreException {
        pass(Duration.ofHours(24), Duration.ofHours(24));

        assertThat(limit.giveUp()).extracting(QueuedDelivery::messageNumber).containsExactly(1L);

        assertThat(messages.doubtful()).isEmpty();
        assertThat(limit.giveUp()).as("once").isEmpty();
    }

    @Test
    void aWallClockThatJumpsEndsNothing() throws StoreException {
        pass(Duration.ofDays(100), Duration.ofSeconds(15));
        assertThat(limit.giveUp()).isEmpty();

        pass(Duration.ofDays(-100), Duration.ofHours(23));
        assertThat(limit.giveUp()).isEmpty();
        assertThat(messages.doubtful()).containsOnlyKeys(1L);
    }

    @Test
    void aWallClockThatGoesBackKeepsItWaiting() throws StoreException {
        pass(Duration.ofDays(-1), Duration.ofHours(25));

        assertThat(limit.giveUp()).isEmpty();
    }
}
