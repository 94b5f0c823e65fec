package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.saddlebag.message.Sha256;
import io.saddlebag.rc.deliver.UpkeepSteps;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.TooDeep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The parameters of an outbox, each in the shipped routes. */
class OutboxParametersTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir
    private Path folder;

    private Centre centre;
    private Letters.Letter letter;

    @BeforeEach
    void makeCentre() throws Exception {
        centre = new Centre(folder);
        Files.writeString(
                centre.home.settingsFile(),
                Files.readString(centre.home.settingsFile()) + "outbox.retention-interval=50ms\n");
        letter = centre.letters.letter(ID, ID + ".bin", CONTENT);
    }

    @AfterEach
    void close() {
        centre.close();
    }

    @Test
    void putsAChecksumAndAMarkerBesideEachMessage() throws Exception {
        centre.outboxParameter("checksum", "true");
        centre.outboxParameter("readyMarker", "true");
        centre.start();

        deliver();

        assertThat(outbox()).containsExactly(ID + ".bin", ID + ".bin.sha256", ID + ".message.json", ID + ".ready");
        assertThat(centre.outbox(ID + ".ready")).isEmptyFile();
        Process check = new ProcessBuilder("sha256sum", "-c", ID + ".bin.sha256")
                .directory(centre.outbox("").toFile())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(check.getInputStream().readAllBytes())).isEqualTo(ID + ".bin: OK\n");
        assertThat(check.waitFor()).isZero();
    }

    @Test
    void describesEachMessageAndDeletesTheDescriptionWithIt() throws Exception {
        centre.outboxParameter("describe", "ro-crate");
        centre.outboxParameter("deleteDoneAfter", "0s");
        centre.start();

        deliver();

        String description = ID + ".ro-crate-metadata.json";
        assertThat(outbox()).containsExactly(ID + ".bin", ID + ".message.json", description);
        assertThat(centre.outbox(description))
                .content()
                .contains("https://w3id.org/ro/crate/1.1", Sha256.of(CONTENT).toString(), "urn:saddlebag:site:FL-LAB");
        Files.createFile(centre.outbox(ID + ".done"));
        Awaitility.await().until(() -> outbox().isEmpty());
    }

    @Test
    void publishesNoContentThatItsCheckRefusesAndTellsTheSenderAloneWhere() throws Exception {
        Files.createDirectory(centre.home.resolve("checks"));
        Files.writeString(centre.home.resolve("checks/a.yaml"), "- {kind: csv, columns: [{name: a, type: integer}]}");
        centre.outboxParameter("check", "checks/a.yaml");
        centre.start();
        byte[] large = ("a\n" + "1\n".repeat(1_200_000) + "Mustermann\n").getBytes();

        for (byte[] bad : List.of("a\nMustermann\n".getBytes(), large)) {
            StompFrame nack = centre.deliver(centre.letters.letter(ID, ID + ".csv", bad));

            assertThat(nack.command()).isEqualTo(StompCommand.NACK);
            assertThat(nack.header(Headers.REQUEUE)).isEqualTo("false");
            assertThat(nack.header(Headers.REASON)).isEqualTo("bad-content");
            assertThat(nack.header(Headers.REFUSAL_DETAIL)).isNotNull();
            assertThat(centre.outbox("")).doesNotExist();
        }
        assertThat(centre.deliver(centre.letters.letter(ID, ID + ".csv", "a\n1\n".getBytes()))
                        .command())
                .isEqualTo(StompCommand.ACK);
        assertThat(centre.outbox(ID + ".csv")).hasContent("a\n1\n");
    }

    @Test
    void deletesWhatItsReaderIsDoneWithAndStillAcknowledgesARepeat() throws Exception {
        centre.outboxParameter("readyMarker", "true");
        centre.outboxParameter("deleteDoneAfter", "0s");
        centre.start();
        StompFrame first = centre.deliver(letter);
        centre.letters.seq = 2;
        String other = "FL-LAB_DAT_20251008_002";
        centre.deliver(centre.letters.letter(other, other + ".bin", CONTENT));

        Files.createFile(centre.outbox(ID + ".done"));

        Awaitility.await().until(() -> outbox().size() == 3);
        assertThat(outbox()).containsExactly(other + ".bin", other + ".message.json", other + ".ready");
        StompFrame second = centre.deliver(letter);
        assertThat(second.command()).isEqualTo(StompCommand.ACK);
        assertThat(second.header(Headers.DELIVERY_RECEIPT)).isEqualTo(first.header(Headers.DELIVERY_RECEIPT));
        assertThat(outbox()).hasSize(3);
        assertThat(removed()).isEqualTo(1);
    }

    @Test
    void saysWhatItCannotDeleteAndDeletesTheOthers() throws Exception {
        centre.outboxParameter("deleteDoneAfter", "0s");
        centre.start();
        deliver();
        centre.letters.seq = 2;
        String other = "FL-LAB_DAT_20251008_002";
        centre.deliver(centre.letters.letter(other, other + ".bin", CONTENT));
        Path within = TooDeep.fill(centre.outbox(ID + ".d"));
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(UpkeepSteps.class);
        logger.addAppender(log);
        try {
            Files.createFile(centre.outbox(ID + ".done"));
            Files.createFile(centre.outbox(other + ".done"));

            Awaitility.await().untilAsserted(() -> assertThat(outbox()).noneMatch(name -> name.startsWith(other)));
            assertThat(outbox()).contains(ID + ".d", ID + ".done");
            Awaitility.await().until(() -> List.copyOf(log.list).stream()
                    .anyMatch(event -> event.getFormattedMessage().contains(ID + " from=FL-LAB not deleted")));
        } finally {
            Files.move(within, folder.resolve("within"));
            logger.detachAppender(log);
        }

        Awaitility.await().until(() -> outbox().isEmpty());
    }

    @Test
    void deletesWhatIsTooOld() throws Exception {
        centre.outboxParameter("deleteAllAfter", "1ms");
        centre.start();
        deliver();

        Awaitility.await().until(() -> outbox().isEmpty());

        deliver();
        assertThat(outbox()).isEmpty();
    }

    @Test
    void keepsEverythingUnlessItIsToldOtherwise() throws Exception {
        centre.start();
        deliver();
        Files.createFile(centre.outbox(ID + ".done"));
        deliver();

        assertThat(outbox()).containsExactly(ID + ".bin", ID + ".done", ID + ".message.json");
    }

    @Test
    void namesTheLineOfWhatItCannotMean() throws Exception {
        centre.outboxParameter("checksum", "yes");
        centre.outboxParameter("describe", "dublin-core");
        centre.outboxParameter("deleteAllAfter", "soon");

        assertThatThrownBy(centre::start)
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("checksum: Expected true or false, found 'yes'")
                .hasMessageContaining("describe: Expected none or ro-crate, found 'dublin-core'")
                .hasMessageContaining("deleteAllAfter: Expected never or a time such as 12h or 30d, found 'soon'");
    }

    private void deliver() {
        assertThat(centre.deliver(letter).command()).isEqualTo(StompCommand.ACK);
    }

    private List<String> outbox() throws Exception {
        try (Stream<Path> files = Files.list(centre.outbox(""))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private int removed() throws Exception {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + centre.home.journal().resolve("rc.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(removed_time) FROM delivery")) {
            return row.getInt(1);
        }
    }
}
