package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A headquarters that keeps to no rule, over TLS: each lie ends the connection or the delivery, and costs a bounded share. */
class LyingHeadquartersTest {
    private static final String ID = "FL-LAB_DAT_20251008_%03d";
    private static final byte[] CONTENT = new byte[2_500_000];
    private static final int KINDS = 6;

    @TempDir
    private Path folder;

    private Centre centre;

    @BeforeEach
    void make() throws Exception {
        new Random(1).nextBytes(CONTENT);
        centre = new Centre(folder);
    }

    @AfterEach
    void close() {
        centre.close();
    }

    @Test
    void closesTheConnectionOnADeliveryBeyondItsCredit() throws Exception {
        centre.outboxParameter("prefetch", "2");
        centre.start();
        try (LoggedLines lines = LoggedLines.of(HqComponent.class)) {
            for (int number = 1; number <= 3; number++) {
                centre.connection().send(centre.letters.frames(letter(number)).get(0));
            }

            centre.frame(StompCommand.SUBSCRIBE, 2);
            assertThat(lines.at(Level.WARN))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("expected at most 2 unsettled deliveries, as this site allowed, found one more");
        }
        assertDelivers(4);
    }

    @Test
    void keepsNoPartOfAManifestThatDoesNotVerify() throws Exception {
        centre.start();
        Letters.Letter letter = letter(1);
        List<StompFrame> frames = centre.letters.frames(letter);
        byte[] forged = frames.get(0).body().clone();
        int signature = new String(letter.envelope(), StandardCharsets.ISO_8859_1).indexOf("\"sig\":\"") + 12;
        forged[signature] = (byte) (forged[signature] == 'A' ? 'B' : 'A');

        StompFrame nack = centre.deliver(
                List.of(new StompFrame(StompCommand.MESSAGE, frames.get(0).headers(), forged)));

        assertThat(nack.header(Headers.REASON)).startsWith("bad-signature");
        frames.subList(1, 3).forEach(centre.connection()::send);
        assertDelivers(2);
        assertThat(centre.filesInWork()).isEmpty();
        assertThat(centre.frames(StompCommand.NACK)).hasSize(1);
    }

    @Test
    void believesTheManifestAloneHowManyPartsThereAre() throws Exception {
        centre.start();
        for (String part : List.of("1/9", "1/2", "1/1", "1/9999999")) {
            Map<String, String> headers =
                    new LinkedHashMap<>(centre.letters.frames(letter(1)).get(0).headers());
            headers.put(Headers.PART, part);

            StompFrame nack = centre.deliver(List.of(new StompFrame(
                    StompCommand.MESSAGE,
                    headers,
                    centre.letters.frames(letter(1)).get(0).body())));

            assertThat(nack.command()).isEqualTo(StompCommand.NACK);
            assertThat(nack.header(Headers.REQUEUE)).isEqualTo("true");
            assertThat(centre.filesInWork()).isEmpty();
        }
        assertDelivers(1);
    }

    @Test
    void closesAConnectionWithoutAnAnswerInTime() throws Exception {
        Files.writeString(centre.home.settingsFile(), "hq.answer-within=1s\n", StandardOpenOption.APPEND);
        centre.headquarters((connection, frame) -> frame.command() == StompCommand.ACK
                        && connection == centre.server().connections().get(0)
                ? StompFrame.of(StompCommand.MESSAGE).build()
                : null);
        centre.start();
        Letters.Letter letter = letter(1);
        try (LoggedLines lines = LoggedLines.of(HqComponent.class)) {
            centre.deliver(letter);

            assertThat(centre.frame(StompCommand.SUBSCRIBE, 2).header(Headers.RESUME))
                    .isEqualTo(letter.messageId() + "=9999999");
            assertThat(lines.at(Level.WARN))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("expected an answer to ACK within 1 s, found none");
        }
        assertThat(centre.deliver(centre.letters.frames(letter, 3)).command()).isEqualTo(StompCommand.ACK);
        assertDelivers(2);
    }

    /** The shipped heap, each lie once; {@code -Dlying.seconds=600} makes the attack as long as the promise says. */
    @Test
    void livesAndDeliversAnotherSendersMessageOnItsDefaultHeap() throws Exception {
        Process process = process();
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.getInteger("lying.seconds", 0));
            for (int lie = 0; lie < KINDS || System.nanoTime() < end; lie++) {
                Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> isThere() || !process.isAlive());
                assertThat(process.isAlive()).as("lives on after lie " + lie).isTrue();
                lie(lie);
            }
            centre.headquarters((connection, frame) -> null);
            Letters others = new Letters(centre.network.identity("PA-LAB"), centre.ageKey.recipient());
            Letters.Letter letter = others.letter("PA-LAB_RPT_20251008_125", "report.csv", new byte[100]);
            centre.connection().close();
            Path arrived = centre.home.folder().resolve("outbox/PA-LAB/PA-LAB_RPT_20251008_125.message.json");
            Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> {
                if (isThere()) {
                    others.frames(letter).forEach(centre.connection()::send);
                }
                return Files.exists(arrived);
            });
            assertThat(process.isAlive()).isTrue();
            // A line a message would be a hundred times that.
            assertThat(folder.resolve("centre.log"))
                    .satisfies(log -> assertThat(Files.size(log)).isLessThan(1_000_000));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private Process process() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xss512k",
                        "-Xms16m",
                        "-Xmx64m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        LyingHeadquartersTest.class.getName(),
                        centre.home.folder().toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("centre.log").toFile())
                .start();
    }

    /** The centre in its own process. */
    public static void main(String[] arguments) throws Exception {
        new RcApplication(new SiteHome(Path.of(arguments[0])), Map.of(), Set.of(), SiteClocks.ofSystem()).start();
    }

    /** Subscribed on an open connection. */
    private boolean isThere() {
        int subscriptions = centre.frames(StompCommand.SUBSCRIBE).size();
        return subscriptions > 0 && centre.connection().isOpen();
    }

    /** One lie until the connection is closed or a second is over; nothing is ever answered meanwhile. */
    private void lie(int kind) throws Exception {
        centre.headquarters((connection, frame) -> frame.command() == StompCommand.SUBSCRIBE
                ? null
                : StompFrame.of(StompCommand.RECEIPT).build());
        StompConnection connection = centre.connection();
        Letters.Letter letter = letter(1 + kind);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        for (int number = 0; connection.isOpen() && System.nanoTime() < end; number++) {
            while (connection.isOpen() && !connection.isWritable() && System.nanoTime() < end) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            switch (kind % KINDS) {
                case 0 -> connection.send(junk(number));
                case 1 -> connection.send(withHeader(junk(number), Headers.SUBSCRIPTION, "keys-CA-RC"));
                case 2 -> centre.letters.frames(letter).forEach(connection::send);
                case 3 -> connection.send(unverified(letter, number));
                case 4 -> connection.send(large(number % 2 == 0 ? "keys-CA-RC" : "revocations"));
                default -> connection.send(withHeader(junk(number), Headers.ACK, "junk"));
            }
        }
    }

    /** On a subscription without a window. */
    private static StompFrame large(String subscription) {
        return StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.SUBSCRIPTION, subscription)
                .header(Headers.MESSAGE_ID_OF_STOMP, "junk")
                .body(new byte[1_200_000])
                .build();
    }

    private StompFrame unverified(Letters.Letter letter, int number) {
        StompFrame first = centre.letters.frames(letter).get(0);
        byte[] body = first.body().clone();
        body[number % letter.envelope().length] ^= 1;
        return new StompFrame(StompCommand.MESSAGE, first.headers(), body);
    }

    private static StompFrame withHeader(StompFrame frame, String name, String value) {
        Map<String, String> headers = new LinkedHashMap<>(frame.headers());
        headers.put(name, value);
        return new StompFrame(frame.command(), headers, frame.body());
    }

    private static StompFrame junk(int number) {
        return StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.SUBSCRIPTION, "ca_rc_queue")
                .header(Headers.ACK, "junk-" + number)
                .header(Headers.MESSAGE_ID, "FL-LAB_DAT_20251008_900")
                .header(Headers.PART, "1/1")
                .header("x", "x".repeat(30_000))
                .header(Headers.MANIFEST_LENGTH, "10")
                .body(new byte[20])
                .build();
    }

    private void assertDelivers(int number) throws Exception {
        Letters.Letter letter = letter(number);
        Awaitility.await().until(() -> centre.connection().isOpen());
        assertThat(centre.deliver(letter).command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.outbox(letter.messageId() + ".bin")).hasBinaryContent(CONTENT);
    }

    private Letters.Letter letter(int number) throws Exception {
        centre.letters.seq = number;
        String id = ID.formatted(number);
        return centre.letters.letter(id, id + ".bin", CONTENT);
    }
}
