package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.testing.LoggedLines;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SaddlebagTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "demo",
                "hq",
                "lab",
                "rc",
                "check",
                "schema",
                "doctor",
                "seal",
                "open",
                "audit",
                "journal",
                "backup",
                "backup verify",
                "restore",
                "receipts",
                "retry",
                "withdraw",
                "tidy",
                "dead",
                "dead list",
                "dead export",
                "dead requeue",
                "dead discard",
                "nodes",
                "topology",
                "init",
                "init ca",
                "init site",
                "init scenario",
                "init revoke",
                "init sign",
                "enrol",
                "enrol request",
                "enrol accept",
                "keys",
                "keys list",
                "keys show",
                "keys rotate",
                "keys revoke"
            })
    void answersHelpAndVersionEverywhere(String command) {
        assertThat(run(command + " --help")).satisfies(run -> {
            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).startsWith("Usage: saddlebag");
        });
        assertThat(run(command + " --version")).satisfies(run -> {
            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).startsWith("saddlebag ");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "fly",
                "lab",
                "init",
                "init site fl-lab --ca a --home b",
                "seal file",
                "demo --port x",
                "lab --home a --log-format xml",
                "dead",
                "dead requeue --home a",
                "dead discard --home a --reason x --json",
                "dead discard --home a --reason x --waiting",
                "dead discard --home a ABC",
                "keys",
                "keys rotate --home a --grace soon",
                "enrol",
                "enrol request fl-lab --home a",
                "init sign FL-LAB request.pem --ca a"
            })
    void exitsWith2OnWrongUsageAndSaysWhat(String command) {
        CommandLineRun run = run(command);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("Usage: saddlebag");
    }

    @Test
    void saysOnceWhyASiteDoesNotStart(@TempDir Path folder) {
        try (LoggedLines log = LoggedLines.of(SiteProcess.class)) {
            CommandLineRun run = CommandLineRun.of("lab", "--home", folder.resolve("none"));

            assertThat(run.exitCode()).isEqualTo(10);
            assertThat(log.from(Level.INFO))
                    .singleElement()
                    .asString()
                    .startsWith("Cannot start: ")
                    .contains("saddlebag init site");
            assertThat(run.out() + run.err()).isEmpty();
            assertThat(folder.resolve("none")).doesNotExist();
        }
    }

    @Test
    void leavesThePlaceOfADiskEmptyThatIsNotMounted(@TempDir Path place) {
        assertThat(CommandLineRun.of("rc", "--home", place).exitCode()).isEqualTo(10);
        assertThat(place).isEmptyDirectory();
    }

    @Test
    void hidesWhatIsNotForPeople() {
        assertThat(run("--help").out()).doesNotContain("warm-up").contains("demo", "init", "seal", "open");
    }

    private static CommandLineRun run(String command) {
        return CommandLineRun.of(
                command.isBlank() ? new Object[0] : (Object[]) command.strip().split(" "));
    }
}
