package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.saddlebag.hq.store.sql.DeadLetters;
import io.saddlebag.hq.store.sql.DeadLetters.DeadLetter;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Damage to the spool of a headquarters that is stopped: exactly the messages that it hits are dead letters or doubtful. */
class HqDamageTest {
    private static final String HIT = "FL-LAB_DAT_20251008_002";

    @TempDir
    Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private RunningHq hq;
    private final List<StompFrame> published = new ArrayList<>();

    /** Where in the record of the message a bit is flipped, or how its file ends. */
    private enum Place {
        MAGIC,
        LENGTH,
        HEAD_CHECKSUM,
        PART_CHECKSUM,
        MANIFEST,
        BODY,
        END_OF_BODY;

        long in(long offset, int manifestLength, long bodyLength) {
            return switch (this) {
                case MAGIC -> offset;
                case LENGTH -> offset + 7;
                case HEAD_CHECKSUM -> offset + 18;
                case PART_CHECKSUM -> offset + 21;
                case MANIFEST -> offset + 24 + manifestLength / 2;
                case BODY -> offset + 24 + manifestLength;
                case END_OF_BODY -> offset + 24 + manifestLength + bodyLength - 1;
            };
        }
    }

    @BeforeEach
    void publish() {
        hq = RunningHq.start(folder, Map.of("hq.housekeeping", "1s"));
        log.start();
        logger().addAppender(log);
        try (RawStompClient lab = hq.connect("FL-LAB")) {
            for (int number = 1; number <= 3; number++) {
                StompFrame frame = SignedMessage.of(
                                hq.network().identity("FL-LAB"),
                                String.format("FL-LAB_DAT_20251008_%03d", number),
                                "CA-RC",
                                "NY-RC")
                        .frame(1);
                published.add(frame);
                lab.send(frame);
                assertThat(lab.receive().command()).isEqualTo(StompCommand.RECEIPT);
            }
        }
        assertThat(fetch("NY-RC", 3)).hasSize(3);
        hq.stop();
    }

    @AfterEach
    void close() {
        logger().detachAppender(log);
        hq.close();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.saddlebag.hq");
    }

    private List<String> fetch(String site, int count) {
        List<String> found = new ArrayList<>();
        try (RawStompClient centre = hq.connect(site)) {
            centre.send(StompFrame.of(StompCommand.SUBSCRIBE)
                    .header(Headers.DESTINATION, "/queue/" + (site.equals("CA-RC") ? "ca" : "ny") + "_rc_queue")
                    .header(Headers.ID, "1")
                    .header(Headers.ACK, "client-individual")
                    .header(Headers.PREFETCH_COUNT, 1)
                    .build());
            for (int settled = 0; settled < count; ) {
                StompFrame frame = centre.receive();
                if (frame.command() == StompCommand.RECEIPT) {
                    settled++;
                } else {
                    found.add(frame.header(Headers.MESSAGE_ID));
                    centre.send(StompFrame.of(StompCommand.ACK)
                            .header(Headers.ID, frame.header(Headers.ACK))
                            .header(Headers.RECEIPT, "a")
                            .build());
                }
            }
        }
        return found;
    }

    private long number(String column) {
        return hq.database()
                .number("SELECT " + column + " FROM delivery JOIN message USING (message_number) WHERE message_id = '"
                        + HIT + "' AND queue_name = 'ca_rc_queue'");
    }

    private Path segment() {
        return hq.home().resolve("spool").resolve(number("payload_file") + ".segment");
    }

    private void flip(Place place) throws IOException {
        long at = place.in(number("payload_offset"), (int) number("manifest_length"), number("body_length"));
        try (FileChannel file = FileChannel.open(segment(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            file.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 4)).rewind();
            file.write(one, at);
        }
    }

    private List<DeadLetter> dead() throws Exception {
        return new DeadLetters(hq.database().dataSource(), "operator").list(new DeadLetters.Choice(null, List.of()));
    }

    private List<String> errors() {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel() == Level.ERROR)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void aFlippedBitMakesADeadLetterOfItsMessageAloneAndAnErrorNamesIt(Place place) throws Exception {
        flip(place);
        hq.start();

        assertThat(fetch("CA-RC", 2)).containsExactly("FL-LAB_DAT_20251008_001", "FL-LAB_DAT_20251008_003");

        await().untilAsserted(() ->
                assertThat(dead()).extracting(DeadLetter::messageId).containsExactly(HIT));
        assertThat(errors()).anySatisfy(line -> assertThat(line).contains(HIT));
        assertThat(hq.database().number("SELECT count(*) FROM delivery WHERE acknowledged_time IS NOT NULL"))
                .isEqualTo(5);
        assertThat(hq.database().number("SELECT max(message_number) FROM message"))
                .isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void wherePartOfTheSpoolMayNeverHaveBeenSyncedTheMessageIsDoubtfulAndARepeatCompletesIt(Place place)
            throws Exception {
        // As after a power cut: the last commit says nothing of itself.
        hq.database().execute("UPDATE message SET synced_number = 0");
        long number = number("message_number");
        flip(place);
        hq.start();
        assertThat(fetch("CA-RC", 2)).doesNotContain(HIT);
        assertThat(dead()).isEmpty();
        assertThat(hq.database().number("SELECT count(*) FROM delivery WHERE payload_missing_time IS NOT NULL"))
                .isEqualTo(1);

        try (RawStompClient lab = hq.connect("FL-LAB")) {
            lab.send(published.get(1));
            assertThat(lab.receive().command()).isEqualTo(StompCommand.RECEIPT);
        }

        assertThat(fetch("CA-RC", 1)).containsExactly(HIT);
        assertThat(number("message_number")).isEqualTo(number);
        assertThat(hq.database().number("SELECT count(*) FROM delivery WHERE acknowledged_time IS NOT NULL"))
                .isEqualTo(6);
    }

    @Test
    void theNumberOfADamagedMessageIsNeverGivenAgain() throws Exception {
        hq.database().execute("UPDATE message SET synced_number = 0");
        Files.delete(segment());
        hq.start();
        String next = "FL-LAB_DAT_20251008_004";
        try (RawStompClient lab = hq.connect("FL-LAB")) {
            lab.send(SignedMessage.of(hq.network().identity("FL-LAB"), next, "NY-RC")
                    .frame(1));
            assertThat(lab.receive().command()).isEqualTo(StompCommand.RECEIPT);
        }

        assertThat(hq.database().number("SELECT message_number FROM message WHERE message_id = '" + next + "'"))
                .isEqualTo(4);
        assertThat(fetch("NY-RC", 1)).containsExactly(next);
        assertThat(hq.database().number("SELECT count(*) FROM delivery WHERE acknowledged_time IS NOT NULL"))
                .as("the first three and the new one at NY-RC")
                .isEqualTo(4);
    }

    @Test
    void aTruncatedSegmentLosesWhatLiesBehindItsEndAlone() throws Exception {
        try (FileChannel file = FileChannel.open(segment(), StandardOpenOption.WRITE)) {
            file.truncate(number("payload_offset") + 30);
        }
        hq.start();

        assertThat(fetch("CA-RC", 1)).containsExactly("FL-LAB_DAT_20251008_001");
        assertThat(dead()).extracting(DeadLetter::messageId).containsExactly(HIT, "FL-LAB_DAT_20251008_003");
        assertThat(errors()).anySatisfy(line -> assertThat(line).contains(HIT)).anySatisfy(line -> assertThat(line)
                .contains("FL-LAB_DAT_20251008_003"));
    }
}
