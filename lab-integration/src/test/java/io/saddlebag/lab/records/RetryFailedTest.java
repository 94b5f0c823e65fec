package io.saddlebag.lab.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.Presence;
import io.saddlebag.message.Refusal;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetryFailedTest {
    @TempDir
    Path folder;

    private SiteHome home;
    private LabFolders folders;
    private Path drop;

    @BeforeEach
    void create() throws IOException {
        home = new SiteHome(folder);
        Files.createFile(home.settingsFile());
        folders = new LabFolders(home, Clock.systemUTC(), Presence.ALWAYS);
        folders.create();
        drop = Files.createDirectories(home.resolve("drop/raw"));
    }

    private Path failed(String name) throws IOException {
        Path dropped = Files.writeString(drop.resolve(name), "it");
        return folders.failed().keep(dropped, name, "drop/raw", null, new Refusal(Refusal.Code.BAD_NAME, "no"));
    }

    @Test
    void putsASecondFailureOfANameBackUnderTheNameItself() throws IOException {
        failed("a.csv");
        Path second = failed("a.csv");

        assertThat(RetryFailed.retry(second)).isEqualTo(drop.resolve("a.csv")).hasContent("it");
        assertThat(home.resolve("failed/a.csv")).exists();
        assertThat(home.resolve("failed/.retried/a.csv.2.reason.json")).exists();
        assertThat(second).doesNotExist();
    }

    @Test
    void overwritesNothingInTheDropFolder() throws IOException {
        Path failed = failed("a.csv");
        Files.writeString(drop.resolve("a.csv"), "another");

        assertThatThrownBy(() -> RetryFailed.retry(failed)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(drop.resolve("a.csv")).hasContent("another");
        assertThat(failed).hasContent("it");
        assertThat(home.resolve("failed/a.csv.reason.json")).exists();
    }

    @Test
    void saysWhatIsNoFailedFile() throws IOException {
        assertThatThrownBy(() -> RetryFailed.retry(drop.resolve("a.csv"))).hasMessageContaining("in failed/");
        assertThatThrownBy(() -> RetryFailed.retry(home.resolve("failed/a.csv")))
                .hasMessageContaining("found none");
        Files.delete(failed("b.csv"));
        assertThatThrownBy(() -> RetryFailed.retry(home.resolve("failed/b.csv")))
                .hasMessageContaining("taken away by hand");
    }

    @Test
    void saysWhenNobodyKnowsWhereItWasDropped() throws IOException {
        Path failed = failed("a.csv");
        Path reason = home.resolve("failed/a.csv.reason.json");
        Files.writeString(reason, "{\"file_name\":\"a.csv\"}");
        assertThatThrownBy(() -> RetryFailed.retry(failed)).hasMessageContaining("dropped_in");
        Files.writeString(reason, "{\"file_name\":\"../a.csv\",\"dropped_in\":\"drop/raw\"}");
        assertThatThrownBy(() -> RetryFailed.retry(failed)).hasMessageContaining("without folders");
        Files.delete(reason);
        assertThatThrownBy(() -> RetryFailed.retry(failed)).hasMessageContaining("by hand");
        assertThat(failed).exists();
    }

    @Test
    void saysWhenTheDropFolderIsGone() throws IOException {
        Path failed = failed("a.csv");
        Files.delete(drop);

        assertThatThrownBy(() -> RetryFailed.retry(failed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mount");
    }
}
