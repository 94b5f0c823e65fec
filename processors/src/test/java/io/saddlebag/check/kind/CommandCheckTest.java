package io.saddlebag.check.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saddlebag.check.CheckFile;
import io.saddlebag.check.CheckRun;
import io.saddlebag.check.Checked;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandCheckTest {
    private static final boolean IS_ROOT = System.getProperty("user.name").equals("root");

    @TempDir
    private Path work;

    private static String yaml(String script, String more) {
        return "- {kind: command, " + (IS_ROOT ? "user: nobody, " : "") + more + "command: [/bin/sh, -c, '" + script
                + "']}";
    }

    private List<String> faults(String script, String content) throws IOException {
        return Checked.faults(yaml(script, ""), "x", content.getBytes(), work);
    }

    @Test
    void takesAContentInWhichTheProgramFindsNoFault() throws IOException {
        assertThat(faults("exec grep -q good", "good\n")).isEmpty();
        // It need not read to the end.
        assertThat(faults("exit 0", "x".repeat(1 << 18))).isEmpty();
    }

    @Test
    void tellsThePlacesThatTheProgramSaysAndNoTextOfIt() throws IOException {
        assertThat(faults("exec grep -q good", "bad\n")).containsExactly("expected sh to find no fault");
        assertThat(faults("cat; echo row 3; echo row 4 column 2; yes row x | head -100000; exit 1", "Mustermann\n"))
                .containsExactly(
                        "row 3: expected content in which sh finds no fault",
                        "row 4, column 2: expected content in which sh finds no fault");
    }

    @Test
    void leavesTroubleOfTheProgramToALaterAttempt() {
        assertThatIOException().isThrownBy(() -> faults("exit 2", "x")).withMessageContaining("found 2");
        assertThatIOException().isThrownBy(() -> faults("kill -9 $$", "x")).withMessageContaining("found 137");
    }

    @Test
    void endsAProgramThatTakesTooLong() throws IOException {
        String name = "saddlebag-check-" + ProcessHandle.current().pid();
        String yaml = yaml("sleep 600 # " + name, "time-limit: 100ms, ");

        // More than a pipe holds, so that the write waits too.
        assertThat(Checked.faults(yaml, "x", new byte[1 << 20], work))
                .containsExactly("expected sh to end within 100ms");
        awaitEndOf(name);
    }

    @Test
    void waitsForNoChildThatKeepsThePipes() throws IOException {
        String name = "saddlebag-check-child-" + ProcessHandle.current().pid();
        String yaml = yaml("sleep 600 & exec sleep 600 # " + name, "time-limit: 100ms, ");
        CheckFile file = Checked.read(yaml, work);
        try (CheckRun run = file.begin("x", false, 1, work)) {
            run.update(new byte[1 << 20], 0, 1 << 20);
            assertThatThrownBy(run::end).isInstanceOf(Refusal.class);
        }
        awaitEndOf(name);
    }

    @Test
    void endsTheProgramWithTheRun() throws IOException {
        String name = "saddlebag-check-run-" + ProcessHandle.current().pid();
        CheckRun run = Checked.read(yaml("sleep 600 # " + name, ""), work).begin("x", false, 1, work);
        run.close();

        awaitEndOf(name);
    }

    private static void awaitEndOf(String name) {
        await().atMost(Duration.ofSeconds(20)).until(() -> ProcessHandle.allProcesses()
                .noneMatch(each -> each.info().commandLine().orElse("").contains(name)));
    }

    @Test
    void runsAsAnotherUserWhereTheSiteRunsAsRoot() throws IOException {
        assumeTrue(IS_ROOT);
        Path told = Files.createDirectory(work.resolve("told"));

        assertThat(faults("exec test $(id -un) = nobody", "x")).isEmpty();
        assertThat(Checked.faultsOf("- {kind: command, command: /bin/true}", told))
                .singleElement()
                .asString()
                .contains("expected user, because this site runs as root");
    }
}
