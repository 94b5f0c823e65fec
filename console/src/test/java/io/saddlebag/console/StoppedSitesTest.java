package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.console.read.ConsoledHome;
import io.saddlebag.console.read.Homes;
import io.saddlebag.console.read.HqReader;
import io.saddlebag.console.read.UnansweredException;
import io.saddlebag.journal.JournalReader;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Looking on changes nothing, starts nothing and holds nothing up. */
@ExtendWith(SampleConsole.Shared.class)
class StoppedSitesTest {
    private static final String ENDLESS =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    @TempDir
    private Path folder;

    private final SampleConsole console;

    StoppedSitesTest(SampleConsole console) {
        this.console = console;
    }

    /** The home of a headquarters that never ran. */
    private Path stopped() throws IOException {
        Path home = folder.resolve("bern-hq");
        Files.createDirectories(home);
        Files.writeString(home.resolve("application.properties"), "site.id=BERN-HQ\n");
        Files.copy(console.network().home("dc-hq").resolve("topology.yaml"), home.resolve("topology.yaml"));
        return home;
    }

    @Test
    void startsNoDatabase() throws Exception {
        Path home = stopped();
        try (Homes homes = Homes.open(List.of(home))) {
            HqReader reader = homes.headquarters("BERN-HQ").orElseThrow();

            assertThatThrownBy(() -> reader.ask("SELECT 1", List.of(), row -> 1))
                    .isInstanceOf(UnansweredException.class)
                    .hasMessageContaining("Start headquarters to read its messages");
            assertThat(reader.topology().queues()).isNotEmpty();
        }
        assertThat(home.resolve("postgres")).doesNotExist();
        assertThat(home.resolve("run")).doesNotExist();
    }

    @Test
    void readsHeadquartersDatabaseInAReadOnlyRoleAndForASecond() throws Exception {
        try (Homes homes = Homes.open(List.of(console.network().home("dc-hq")))) {
            HqReader reader = homes.headquarters().get(0);

            assertThat(reader.ask("SELECT current_user::text", List.of(), row -> row.getString(1)))
                    .containsExactly("pg_read_all_data");
            assertThatThrownBy(() -> reader.ask(
                            "DELETE FROM operator_change RETURNING message_number", List.of(), row -> row.getLong(1)))
                    .isInstanceOf(UnansweredException.class);
            assertThatThrownBy(() -> reader.ask("SELECT pg_sleep(30)", List.of(), row -> 1))
                    .isInstanceOf(UnansweredException.class)
                    .hasMessageContaining("within a second");
        }
    }

    @Test
    void endsAQuestionToAJournalThatTakesTooLong() throws Exception {
        Path file = folder.resolve("lab.db");
        LabJournal.open(file).close();

        try (JournalReader journal = JournalReader.open(file, Duration.ofMillis(50))) {
            assertThatThrownBy(() -> journal.forEach(ENDLESS, row -> {})).isInstanceOf(IOException.class);
        }
        try (JournalReader journal = JournalReader.open(file, Duration.ofMinutes(1))) {
            assertThat(journal.finds("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM message)"))
                    .isTrue();
        }
    }

    @Test
    void refusesAFolderThatIsNoHomeAndASiteTwice() throws Exception {
        Path home = stopped();

        assertThatThrownBy(() -> ConsoledHome.of(folder)).isInstanceOf(SiteStartException.class);
        assertThatThrownBy(() -> Homes.open(List.of(home, home)))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("each site once");
    }
}
