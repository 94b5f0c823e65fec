package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.SiteId;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetryCommandTest {
    @TempDir
    Path folder;

    private Path home;

    private Path failed;

    @BeforeEach
    void fail() throws Exception {
        home = TestNetwork.create(folder).identityFolder(SiteId.of("FL-LAB")).getParent();
        Files.writeString(home.resolve("application.properties"), "site.id=FL-LAB\n");
        Files.createDirectories(home.resolve("drop/raw"));
        failed = Files.createDirectories(home.resolve("failed"));
        for (String name : new String[] {"a.csv", "b.csv"}) {
            Files.writeString(failed.resolve(name), name);
            Files.writeString(
                    failed.resolve(name + ".reason.json"),
                    "{\"file_name\":\"%s\",\"dropped_in\":\"drop/raw\"}".formatted(name));
        }
    }

    @Test
    void putsBackAllThatIsNamedEachOnce() {
        CommandLineRun run = CommandLineRun.of(
                "retry",
                failed.resolve("a.csv"),
                failed.resolve("a.csv.reason.json"),
                failed.resolve("b.csv"),
                failed.resolve("b.csv.reason.json"));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(2);
        assertThat(home.resolve("drop/raw/a.csv")).hasContent("a.csv");
        assertThat(home.resolve("drop/raw/b.csv")).hasContent("b.csv");
        assertThat(failed.resolve(".retried")).isDirectoryContaining("glob:**/b.csv.reason.json");
        CommandLineRun journal = CommandLineRun.of("journal", "--home", home);
        assertThat(journal.exitCode()).as(journal.err()).isZero();
        assertThat(journal.out())
                .containsPattern("^1  20.+  " + System.getProperty("user.name") + ".*  retry  a.csv, b.csv");
    }

    @Test
    void saysOfEachFileWhyItStays() throws Exception {
        Files.writeString(home.resolve("drop/raw/a.csv"), "another");
        CommandLineRun run = CommandLineRun.of(
                "retry", failed.resolve("a.csv"), failed.resolve("none.csv"), failed.resolve("b.csv"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("drop/raw/a.csv: expected no file of that name", "none.csv: expected a failed file");
        assertThat(run.out()).contains("b.csv: put back");
    }
}
