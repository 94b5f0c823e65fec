package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.clock.SteadyClock;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.SettableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A centre whose clock is set while it runs, or between two runs. */
class ClockStepTest {
    private static final Duration DAYS = Duration.ofDays(100);
    /** Longer than any certificate of a site holds. */
    private static final Duration YEARS = Duration.ofDays(1000);

    @TempDir
    private Path folder;

    private final SettableClock wall = new SettableClock(Clock.systemUTC());
    private final SettableClock steady = new SettableClock(new SteadyClock());
    private Centre centre;

    @BeforeEach
    void makeCentre() throws Exception {
        centre = new Centre(folder);
        centre.clocks(new SiteClocks(wall, steady));
        Files.writeString(
                centre.home.settingsFile(),
                Files.readString(centre.home.settingsFile()) + "outbox.retention-interval=50ms\n");
    }

    @AfterEach
    void close() {
        centre.close();
    }

    private static String id(int number) {
        return String.format("FL-LAB_DAT_20251008_%03d", number);
    }

    private Letters.Letter letter(int number) throws Exception {
        return centre.letters.letter(id(number), id(number) + ".bin", new byte[] {1, 2, 3});
    }

    private StompFrame deliver(int number) throws Exception {
        return centre.deliver(letter(number));
    }

    private void keepForADay() throws Exception {
        centre.outboxParameter("deleteAllAfter", "1d");
        centre.outboxParameter("deleteDoneAfter", "0s");
    }

    /** A message that its reader is done with goes with the next round of deletions, whatever the clock says. */
    private void awaitRoundOfDeletions(int number) throws Exception {
        deliver(number);
        Path done = Files.createFile(centre.outbox(id(number) + ".done"));
        Files.setLastModifiedTime(done, FileTime.from(Instant.EPOCH));
        await().until(() -> !Files.exists(centre.outbox(id(number) + ".message.json")));
    }

    private boolean stands(int number) {
        return Files.exists(centre.outbox(id(number) + ".bin"))
                && Files.exists(centre.outbox(id(number) + ".message.json"));
    }

    @Test
    void aClockThatIsAheadDeletesNothingOfTheOutbox() throws Exception {
        keepForADay();
        centre.start();
        deliver(1);

        wall.advance(DAYS);
        awaitRoundOfDeletions(2);
        assertThat(stands(1)).isTrue();

        wall.advance(DAYS.negated());
        awaitRoundOfDeletions(3);
        assertThat(stands(1)).isTrue();
    }

    @Test
    void aClockThatIsAheadAtTheStartDeletesNothingOfTheOutbox() throws Exception {
        keepForADay();
        centre.start();
        deliver(1);
        centre.stop();

        wall.advance(DAYS);
        centre.start();
        awaitRoundOfDeletions(2);
        assertThat(stands(1)).isTrue();
    }

    @Test
    void deletesWhatIsTooOldByBothClocks() throws Exception {
        keepForADay();
        centre.start();
        deliver(1);

        wall.advance(Duration.ofDays(2));
        steady.advance(Duration.ofDays(2));
        await().until(() -> !Files.exists(centre.outbox(id(1) + ".message.json")));
    }

    @Test
    void aClockSetBackAndARestartDeleteNothingThatIsDatedInTheFuture() throws Exception {
        keepForADay();
        wall.advance(DAYS);
        centre.start();
        deliver(1);
        Files.setLastModifiedTime(centre.outbox(id(1) + ".bin"), FileTime.from(wall.instant()));

        wall.advance(DAYS.negated());
        centre.stop();
        centre.start();
        awaitRoundOfDeletions(2);
        assertThat(stands(1)).isTrue();
    }

    @Test
    void partsThatCameJustNowOutliveAClockThatIsAhead() throws Exception {
        centre.start();
        Path parts = Files.write(centre.home.work().resolve("ca_rc_queue." + id(1) + ".parts"), new byte[] {1});
        Files.setLastModifiedTime(parts, FileTime.from(Instant.now()));
        Path other = Files.copy(parts, centre.home.work().resolve("other_queue." + id(1) + ".parts"));
        wall.advance(DAYS);
        centre.stop();
        centre.start();

        assertThat(other).exists();
    }

    @Test
    void aDeliveryWhoseSignerHasEndedByASteppedClockAloneWaitsUntilItIsBack() throws Exception {
        centre.start();
        wall.advance(YEARS);
        int subscriptions = centre.frames(StompCommand.SUBSCRIBE).size();

        centre.letters.frames(letter(1)).forEach(centre.connection()::send);
        await().until(() -> !centre.frames(StompCommand.UNSUBSCRIBE).isEmpty());
        assertThat(centre.frames(StompCommand.NACK)).isEmpty();

        wall.advance(YEARS.negated());
        await().until(() -> centre.frames(StompCommand.SUBSCRIBE).size() > subscriptions);
        assertThat(deliver(1).command()).isEqualTo(StompCommand.ACK);
    }

    @Test
    void aDeliveryWhoseSignerHasEndedByAClockThatStaysIsRefusedAfterADay() throws Exception {
        centre.start();
        wall.advance(YEARS);
        centre.letters.frames(letter(1)).forEach(centre.connection()::send);
        await().until(() -> !centre.frames(StompCommand.UNSUBSCRIBE).isEmpty());
        int subscriptions = centre.frames(StompCommand.SUBSCRIBE).size();

        wall.advance(Duration.ofDays(2));
        steady.advance(Duration.ofDays(2));
        await().until(() -> centre.frames(StompCommand.SUBSCRIBE).size() > subscriptions);
        StompFrame refused = deliver(1);
        assertThat(refused.command()).isEqualTo(StompCommand.NACK);
        assertThat(refused.header(Headers.REQUEUE)).isEqualTo("false");
    }

    @Test
    void keysThatAnAheadClockMadeGiveWayToOnesThatCountNow() throws Exception {
        wall.advance(DAYS);
        centre.start();
        centre.frame(StompCommand.SEND, 1);
        centre.stop();

        wall.advance(DAYS.negated());
        centre.start();
        StompFrame registered = centre.frame(StompCommand.SEND, 2);
        assertThat(registered.body())
                .isNotEqualTo(centre.frame(StompCommand.SEND, 1).body());
    }
}
