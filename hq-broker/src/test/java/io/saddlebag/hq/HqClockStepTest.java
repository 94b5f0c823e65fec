package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.clock.SteadyClock;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Manifest;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.SettableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A headquarters whose clock is set while it runs, or between two runs. */
class HqClockStepTest {
    private static final Duration DAYS = Duration.ofDays(100);
    /** Longer than any certificate of a site holds. */
    private static final Duration YEARS = Duration.ofDays(1000);

    private static final String EXPIRED = "SELECT count(*) FROM delivery WHERE expired_time IS NOT NULL";
    private static final String WAITING = "SELECT count(*) FROM delivery WHERE expired_time IS NULL";

    @TempDir
    private Path folder;

    private final SettableClock wall = new SettableClock(Clock.systemUTC());
    private final SettableClock steady = new SettableClock(new SteadyClock());
    private RunningHq hq;
    private SiteIdentity lab;

    @BeforeEach
    void start() throws Exception {
        hq = RunningHq.start(
                folder, Map.of("hq.housekeeping", "50ms", "hq.upload-age", "7d"), new SiteClocks(wall, steady));
        hq.stop();
        Files.writeString(
                hq.home().resolve("topology.yaml"),
                RunningHq.TOPOLOGY.replace("site: CA-RC}\n  - {name", "site: CA-RC, ttl: 1d}\n  - {name"));
        hq.start();
        lab = hq.network().identity("FL-LAB");
    }

    @AfterEach
    void stop() {
        hq.close();
    }

    private static String id(int number) {
        return String.format("FL-LAB_DAT_20251008_%03d", number);
    }

    private SignedMessage message(int number, Duration lifetime, String... recipients) {
        Instant expires = lifetime == null ? null : Instant.now().plus(lifetime);
        return SignedMessage.of(lab, id(number), 100, expires, recipients);
    }

    private static StompFrame answered(RawStompClient client, StompFrame frame) {
        client.send(frame);
        return client.receive();
    }

    private static void confirmed(RawStompClient client, StompFrame frame) {
        assertThat(answered(client, frame).header(Headers.CODE)).isNull();
    }

    private StompFrame delivered() {
        try (RawStompClient client = hq.connect("CA-RC")) {
            client.send(StompFrame.of(StompCommand.SUBSCRIBE)
                    .header(Headers.DESTINATION, "/queue/ca_rc_queue")
                    .header(Headers.ID, "sub")
                    .header(Headers.ACK, "client-individual")
                    .build());
            return client.receive();
        }
    }

    /** A message to NY-RC that ends by both clocks, while the one to CA-RC is looked at. */
    private void awaitSweep(int number) {
        Duration lifetime = Duration.ofMillis(1);
        try (RawStompClient client = hq.connect("FL-LAB")) {
            SignedMessage brief =
                    SignedMessage.of(lab, id(number), 100, wall.instant().plusSeconds(2), "NY-RC");
            confirmed(client, brief.frame(1));
        }
        wall.advance(lifetime.plusSeconds(3));
        steady.advance(lifetime.plusSeconds(3));
        await().until(() -> hq.database().number(EXPIRED) == 1);
    }

    @Test
    void aClockThatIsAheadEndsNothingByTheQueuesTtl() {
        try (RawStompClient client = hq.connect("FL-LAB")) {
            confirmed(client, message(1, null, "CA-RC").frame(1));
        }
        wall.advance(DAYS);
        awaitSweep(2);

        assertThat(hq.database().number(WAITING)).isEqualTo(1);
        assertThat(delivered().header(Headers.MESSAGE_ID)).isEqualTo(id(1));
    }

    @Test
    void aClockThatIsAheadAtTheStartEndsNothingByItsSendersLimit() {
        try (RawStompClient client = hq.connect("FL-LAB")) {
            confirmed(client, message(1, Duration.ofHours(12), "CA-RC").frame(1));
        }
        hq.stop();
        wall.advance(DAYS);
        hq.start();
        awaitSweep(2);

        assertThat(delivered().header(Headers.MESSAGE_ID)).isEqualTo(id(1));
    }

    @Test
    void endsWhatIsOverByBothClocks() {
        try (RawStompClient client = hq.connect("FL-LAB")) {
            confirmed(client, message(1, null, "CA-RC").frame(1));
        }
        wall.advance(Duration.ofDays(2));
        steady.advance(Duration.ofDays(2));

        await().until(() -> hq.database().number(EXPIRED) == 1);
    }

    @Test
    void aMessageThatHasExpiredByASteppedClockAloneIsToBeSentAgain() {
        StompFrame publish = message(1, Duration.ofDays(1), "CA-RC").frame(1);
        wall.advance(DAYS);
        try (RawStompClient client = hq.connect("FL-LAB")) {
            assertThat(answered(client, publish).header(Headers.CODE)).isEqualTo("clock-doubtful");
            wall.advance(DAYS.negated());
            confirmed(client, publish);
        }
    }

    @Test
    void aMessageThatHasExpiredByAClockThatStaysIsRefusedAfterADay() {
        StompFrame publish = message(1, Duration.ofDays(1), "CA-RC").frame(1);
        wall.advance(DAYS);
        try (RawStompClient client = hq.connect("FL-LAB")) {
            assertThat(answered(client, publish).header(Headers.CODE)).isEqualTo("clock-doubtful");
            wall.advance(Duration.ofDays(2));
            steady.advance(Duration.ofDays(2));
            assertThat(answered(client, publish).header(Headers.CODE)).isEqualTo("expired");
        }
    }

    @Test
    void aMessageWhoseSignerHasEndedByASteppedClockAloneIsToBeSentAgain() {
        StompFrame publish = message(1, null, "CA-RC").frame(1);
        try (RawStompClient client = hq.connect("FL-LAB")) {
            wall.advance(YEARS);
            assertThat(answered(client, publish).header(Headers.CODE)).isEqualTo("clock-doubtful");
            wall.advance(YEARS.multipliedBy(-2));
            assertThat(answered(client, publish).header(Headers.CODE)).isEqualTo("clock-doubtful");
            wall.advance(YEARS);
            confirmed(client, publish);
        }
    }

    @Test
    void partsThatCameJustNowOutliveAClockThatIsAhead() throws Exception {
        SignedMessage large = SignedMessage.of(lab, id(1), 2 * Manifest.PART_SIZE + 5, null, "CA-RC");
        try (RawStompClient client = hq.connect("FL-LAB")) {
            assertThat(answered(client, large.frame(1)).header("next-part")).isEqualTo("2");
            assertThat(answered(client, large.frame(2)).header("next-part")).isEqualTo("3");
        }
        wall.advance(DAYS);
        awaitSweep(2);
        try (Stream<Path> uploads = Files.list(hq.home().resolve("spool/uploads"))) {
            assertThat(uploads).hasSize(1);
        }
        steady.advance(Duration.ofDays(8));
        await().until(() -> hq.home().resolve("spool/uploads").toFile().list().length == 0);
    }
}
