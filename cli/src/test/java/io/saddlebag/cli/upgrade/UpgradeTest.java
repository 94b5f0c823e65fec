package io.saddlebag.cli.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.records.RcJournal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every build takes over the homes of 1.0.0, made by {@code src/test/upgrade/make-homes}. */
class UpgradeTest {
    private static final String WAITS = "FL-LAB_DAT_20251009_101";
    private static final String DISCARDED = "FL-LAB_DAT_20251009_102";

    @TempDir
    private Path folder;

    private Path restored(String home) throws IOException {
        Path backup = folder.resolve(home + ".tar");
        try (InputStream in =
                new GZIPInputStream(UpgradeTest.class.getResourceAsStream("/upgrade/1.0.0/" + home + ".tar.gz"))) {
            Files.copy(in, backup);
        }
        Path restored = folder.resolve(home);
        succeeds(0, "restore", "--home", restored, "--reason", "upgrade", backup);
        return restored;
    }

    private static String succeeds(int exitCode, Object... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        return run.out();
    }

    @Test
    void readsTheJournalOfALaboratory() throws Exception {
        Path home = restored("fl-lab");

        assertThat(succeeds(1, "where", WAITS, "--home", home)).contains("CA-RC: received", "SF-RC: under way");
        assertThat(succeeds(1, "where", DISCARDED, "--home", home))
                .contains("CA-RC: received", "SF-RC: failed", "it went to a wrong centre");
        assertThat(succeeds(1, "where", "FL-LAB_DAT_20251009_103.message.json", "--home", home))
                .contains("failed");
        LabJournal.open(home.resolve("journal/lab.db")).close();
        assertThat(succeeds(1, "where", WAITS, "--home", home)).contains("CA-RC: received", "SF-RC: under way");
    }

    @Test
    void readsTheJournalOfACentre() throws Exception {
        Path home = restored("ca-rc");

        assertThat(succeeds(0, "where", WAITS + ".csv", "--home", home)).contains("CA-RC: received");
        try (RcJournal journal = RcJournal.open(home.resolve("journal/rc.db"))) {
            assertThat(journal.received(SiteId.of("FL-LAB")).highest()).isEqualTo(2);
        }
        assertThat(succeeds(0, "where", WAITS + ".csv", "--home", home)).contains("CA-RC: received");
    }

    @Test
    void takesOverTheTablesOfHeadquarters() throws Exception {
        Path home = restored("dc-hq");

        assertThat(succeeds(1, "where", "FL-LAB_DAT_20251009_*", "--home", home))
                .contains(WAITS, DISCARDED, "SF-RC: failed; it is discarded at DC-HQ");
        assertThat(succeeds(0, "journal", "--home", home)).contains("dead-discard-waiting", DISCARDED);
    }
}
