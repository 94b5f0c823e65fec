package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.NumberedName;
import io.saddlebag.lab.outgoing.SecondLooks;
import io.saddlebag.lab.records.RetryFailed;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The folder {@code sent/} of a whole laboratory: many files of one name, and files that are written to there. */
class SentFilesTest extends LabFixture {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final String NAME = ID + ".csv";
    private static final Map<String, String> LOOKS_SOON = Map.of("sent.look-after", "50ms");
    private static final Map<String, String> LOOKS_LATE = Map.of("sent.look-after", "1h");

    private final LoggedLines log = LoggedLines.of(SecondLooks.class);

    @BeforeEach
    void site() {
        hq.listen();
    }

    @AfterEach
    void closeTheRest() {
        log.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Path sent(String name) {
        LocalDate today = LocalDate.ofInstant(Instant.now(), ZoneOffset.UTC);
        return home.home().resolve("sent/" + today + "/" + name);
    }

    private void send(String name, String content) throws IOException {
        home.drop(name, bytes(content));
        await().until(() -> home.sent().contains(name) && home.files("work").isEmpty());
    }

    private long waitingForTheirLook() {
        try (Connection journal =
                        DriverManager.getConnection("jdbc:sqlite:" + home.home().resolve("journal/lab.db"));
                Statement statement = journal.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM second_look")) {
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void saysOfAFileThatIsWrittenToInSentWhatWentOut() throws Exception {
        lab = home.start(hq.port(), LOOKS_LATE);
        Files.createDirectories(home.drop());
        // As a program does that holds its file open: the same file, wherever it lies.
        try (OutputStream writer = Files.newOutputStream(home.drop().resolve(NAME))) {
            writer.write(bytes("first line\n"));
            await().until(() -> home.sent().contains(NAME));
            await().until(() -> waitingForTheirLook() == 1);
            lab.close();
            writer.write(bytes("second line\n"));
        }
        assertThat(log.at(Level.ERROR)).isEmpty();

        lab = home.start(hq.port(), LOOKS_SOON);

        await().until(() -> waitingForTheirLook() == 0);
        assertThat(log.at(Level.ERROR))
                .singleElement()
                .asString()
                .contains(ID + ": sent/", NAME, "expected 11 bytes", "found 23 bytes", "_r2");
    }

    @Test
    void saysSoOfAFolderToo() throws Exception {
        lab = home.start(hq.port(), LOOKS_LATE);
        Path made = Files.createDirectory(folder.resolve("made"));
        Files.writeString(made.resolve("a.csv"), "1");
        Files.createDirectories(home.drop());
        Files.move(made, home.drop().resolve(ID));
        await().until(() -> home.sent().contains(ID + "/a.csv"));
        await().until(() -> waitingForTheirLook() == 1);
        lab.close();
        Files.writeString(sent(ID).resolve("b.csv"), "later");

        lab = home.start(hq.port(), LOOKS_SOON);

        await().until(() -> waitingForTheirLook() == 0);
        assertThat(log.at(Level.ERROR)).singleElement().asString().contains(ID + ": sent/");
    }

    @Test
    void saysNothingOfFilesThatArePutAwayOrOnlyTouched() throws Exception {
        lab = home.start(hq.port(), LOOKS_LATE);
        send(NAME, "kept");
        send("FL-LAB_DAT_20251008_002.csv", "touched");
        send("FL-LAB_DAT_20251008_003.csv", "taken away");
        await().until(() -> waitingForTheirLook() == 3);
        lab.close();
        Files.setLastModifiedTime(sent("FL-LAB_DAT_20251008_002.csv"), FileTime.from(Instant.EPOCH));
        Files.delete(sent("FL-LAB_DAT_20251008_003.csv"));

        lab = home.start(hq.port(), LOOKS_SOON);

        await().until(() -> waitingForTheirLook() == 0);
        assertThat(log.at(Level.ERROR)).isEmpty();
        assertThat(log.at(Level.WARN)).isEmpty();
    }

    @Test
    void looksAgainAtAFileThatAClockSetBackShowsInTheFuture() throws Exception {
        lab = home.start(hq.port(), LOOKS_LATE);
        send(NAME, "kept");
        await().until(() -> waitingForTheirLook() == 1);
        lab.close();
        try (Connection journal =
                        DriverManager.getConnection("jdbc:sqlite:" + home.home().resolve("journal/lab.db"));
                Statement statement = journal.createStatement()) {
            statement.executeUpdate("UPDATE message SET settled_time = '2999-01-01T00:00:00Z'");
        }
        // The journal was changed on purpose.
        Files.delete(home.home().resolve("journal/lab.db.sha256"));
        Files.writeString(sent(NAME), "more", StandardOpenOption.APPEND);

        lab = home.start(hq.port(), LOOKS_SOON);

        await().until(() -> waitingForTheirLook() == 0);
        assertThat(log.at(Level.ERROR)).hasSize(1);
    }

    @Test
    void settlesAFileBesideTenThousandOfItsName() throws Exception {
        home.route("CA-RC,SF-RC", ".*", "      - {name: naming, value: assign}\n");
        fill(sent("results.csv").getParent(), "results.csv", "");
        lab = home.start(hq.port());

        home.drop("results.csv", bytes("one more"));
        home.drop("other.csv", bytes("another"));

        await().until(() -> home.sent().containsAll(List.of("results.csv.10001", "other.csv")));
        assertThat(sent("results.csv.10001")).hasContent("one more");
        await().until(() -> home.files("work").isEmpty());
        assertThat(hq.confirmed()).hasSize(2);
    }

    @Test
    void keepsAFailedFileBesideTenThousandOfItsName() throws Exception {
        Files.createDirectories(home.home().resolve("failed"));
        fill(home.home().resolve("failed"), "bad name.csv", "");
        fill(home.home().resolve("failed"), "bad name.csv", ".reason.json");
        fill(home.home().resolve("failed/.retried"), "bad name.csv.10001.reason.json", "");
        lab = home.start(hq.port());

        home.drop("bad name.csv", bytes("one more"));
        Path failed = home.home().resolve("failed/bad name.csv.10001");
        await().until(() -> Files.exists(failed));
        assertThat(failed).hasContent("one more");
        lab.close();
        lab = null;

        assertThat(RetryFailed.retry(failed)).isEqualTo(home.drop().resolve("bad name.csv"));
        assertThat(home.home().resolve("failed/.retried/bad name.csv.10001.reason.json.10001"))
                .exists();
    }

    private static void fill(Path folder, String name, String ending) throws IOException {
        AtomicFiles.createFolders(folder);
        for (int copy = 1; copy <= 10_000; copy++) {
            Path file = NumberedName.of(folder, name, copy);
            Files.createFile(file.resolveSibling(file.getFileName() + ending));
        }
    }
}
