package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditCommandTest {
    @TempDir
    private Path folder;

    private Path home;

    @BeforeEach
    void makeAHome() throws Exception {
        home = Files.createDirectories(folder.resolve("fl-lab"));
        Files.writeString(home.resolve("application.properties"), "site.id=FL-LAB\n");
    }

    @Test
    void agreesWithASiteThatWasNeverStarted() {
        CommandLineRun run = CommandLineRun.of("audit", "--home", home);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("FL-LAB", "nothing yet", "All agree.");
    }

    @Test
    void exitsWith1WhenTheJournalIsGoneAndSaysSoAsJsonToo() throws Exception {
        Files.createDirectories(home.resolve("work"));

        CommandLineRun run = CommandLineRun.of("audit", "--json", "--home", home);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .startsWith("{\n  \"agrees\" : false,\n")
                .contains("\"site\" : \"FL-LAB\"", "\"subject\" : \"journal/lab.db\"");
    }

    @Test
    void refusesWhatIsNoHomeAndTwoHomesOfOneSite() {
        assertThat(CommandLineRun.of("audit", "--home", folder.resolve("none")))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(10))
                .satisfies(run -> assertThat(run.err()).contains("expected a site's home"));
        assertThat(CommandLineRun.of("audit", "--home", home, home))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(1))
                .satisfies(run -> assertThat(run.err()).contains("found two of FL-LAB"));
    }
}
