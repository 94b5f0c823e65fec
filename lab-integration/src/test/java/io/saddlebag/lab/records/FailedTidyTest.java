package io.saddlebag.lab.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailedTidyTest {
    @TempDir
    private Path home;

    private TestRecords records;
    private FailedTidy tidy;
    private Path kept;
    private final List<Path> told = new ArrayList<>();

    /** A message that was refused, a file that never was a message, and a reason whose file somebody took away. */
    @BeforeEach
    void three() throws IOException {
        records = new TestRecords(home);
        OutgoingMessage message = records.claimed("a.csv", "it");
        Refusal refusal = new Refusal(Refusal.Code.BAD_NAME, "as the test says");
        FailedFolder failed = records.folders().failed();
        kept = failed.keep(records.folders().content(TestRecords.ID), message, refusal);
        records.journal().failed(message, "bad-name", "as the test says", Instant.now());
        failed.keep(Files.writeString(home.resolve("x"), "x"), "x.csv", "drop/raw-data", null, refusal);
        Files.delete(failed.keep(Files.writeString(home.resolve("y"), "y"), "y.csv", "drop/raw-data", null, refusal));
        tidy = new FailedTidy(home.resolve("failed"), records.journal(), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        records.close();
    }

    private String tidied() {
        return records.journal().value("SELECT tidied_time FROM message", row -> row.getString(1));
    }

    private void run(boolean old, boolean deletes) throws IOException {
        told.clear();
        tidy.run((since, id) -> old, deletes, each -> told.add(each.file().getFileName()));
    }

    @Test
    void removesFilesWithTheirReasonsAndTellsTheJournalFirst() throws Exception {
        run(false, true);
        assertThat(told).isEmpty();
        run(true, false);
        assertThat(told).map(Path::toString).containsExactlyInAnyOrder("a.csv", "x.csv", "y.csv.reason.json");
        assertThat(kept).hasContent("it");
        assertThat(tidied()).isNull();

        run(true, true);
        assertThat(home.resolve("failed")).isEmptyDirectory();
        assertThat(tidied()).isNotNull();
    }

    @Test
    void removesTheFileOfANamedMessageAlone() throws Exception {
        tidy.run((since, id) -> TestRecords.ID.equals(id), true, each -> told.add(each.file()));
        assertThat(told).containsExactly(kept);
        assertThat(home.resolve("failed/x.csv")).exists();
    }

    @Test
    void removesReasonsOfRetriedFiles() throws Exception {
        Files.createDirectories(home.resolve("drop/raw-data"));
        Files.createFile(records.home().settingsFile());
        RetryFailed.retry(home.resolve("failed/x.csv"));
        run(true, true);
        assertThat(home.resolve("failed/.retried")).isEmptyDirectory();
        assertThat(home.resolve("drop/raw-data/x.csv")).exists();
    }
}
