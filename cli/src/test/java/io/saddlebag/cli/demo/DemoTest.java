package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.site.FreePort;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as people run it: eight processes. */
class DemoTest {
    @TempDir
    private Path folder;

    private final StringWriter said = new StringWriter();

    @Test
    void deliversNineInAFolderOfAnEarlierDemoAndLeavesNothingRunning() throws Exception {
        ScenarioHomes homes = new ScenarioHomes(folder.resolve("demo"));
        new DemoFolder(homes).prepare();
        Files.createDirectories(homes.folder().resolve("fl-lab/sent"));
        Files.createDirectories(homes.authority());

        demo(Duration.ofSeconds(120)).run(false);

        assertThat(said.toString())
                .contains("9 of 9 deliveries acknowledged\n", "HQ listens on 127.0.0.1:")
                .containsPattern(
                        "Headquarters keeps nothing in clear: .*\n.* files \\(\\d+ MB\\), database and log too.*\n  4 files of")
                .contains(
                        "One sealed message, as it was in headquarters' spool:",
                        "with CA-RC's key:  opens, and is the file that was dropped",
                        "with NY-RC's key:  does not open")
                .doesNotContain("OTHER\n");
        Path sealed = homes.folder().resolve("FL-LAB_DAT_20251008_001.age");
        assertThat(opened(sealed, "sf-rc").exitCode()).isZero();
        assertThat(opened(sealed, "ny-rc").exitCode()).isEqualTo(1);
        assertNothingRuns();
    }

    private CommandLineRun opened(Path sealed, String centre) {
        Path key = folder.resolve("demo").resolve(centre).resolve("identity/age.key");
        return CommandLineRun.of("open", "--identity", key, sealed, "-o", folder.resolve("opened"));
    }

    @Test
    void saysWhatFailedAndWhichLogToReadAndStopsAll() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Demo demo = new Demo(
                    new ScenarioHomes(folder.resolve("demo")),
                    taken.getLocalPort(),
                    Duration.ofSeconds(120),
                    new PrintWriter(said, true));

            assertThatThrownBy(() -> demo.run(false))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageContaining("DC-HQ ended by itself with exit code 1")
                    .hasMessageContaining("Read " + folder.resolve("demo/dc-hq/log"));
            assertThat(Files.readAllLines(folder.resolve("demo/dc-hq/log")).stream()
                            .filter(line -> line.contains(" ERROR ") || line.contains("Address already in use")))
                    .singleElement()
                    .asString()
                    .contains(
                            "Cannot start: ",
                            "expected to listen on 127.0.0.1:" + taken.getLocalPort(),
                            "another program there. End that, or choose another hq.port");
        }
        assertNothingRuns();
    }

    @Test
    void refusesAFolderWithOtherFiles() throws Exception {
        Path precious = Files.createDirectories(folder.resolve("demo")).resolve("precious");
        Files.writeString(precious, "text");

        assertThatThrownBy(() -> demo(Duration.ofSeconds(1)).run(false))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("expected a new or empty folder");
        assertThat(precious).hasContent("text");
    }

    private Demo demo(Duration timeout) throws Exception {
        return new Demo(
                new ScenarioHomes(folder.resolve("demo")), FreePort.any(), timeout, new PrintWriter(said, true));
    }

    private void assertNothingRuns() {
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .isEmpty();
        assertThat(folder.resolve("demo/dc-hq/postgres/data/postmaster.pid")).doesNotExist();
    }
}
