package io.saddlebag.cli.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.message.Json;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.SiteStatus;
import io.saddlebag.observe.SiteStatus.Alert;
import io.saddlebag.observe.SiteStatus.Certificate;
import io.saddlebag.observe.SiteStatus.Checks;
import io.saddlebag.observe.SiteStatus.DeadLetters;
import io.saddlebag.observe.SiteStatus.Failed;
import io.saddlebag.observe.SiteStatus.Link;
import io.saddlebag.observe.SiteStatus.Minute;
import io.saddlebag.observe.SiteStatus.Node;
import io.saddlebag.observe.SiteStatus.NodeLink;
import io.saddlebag.observe.SiteStatus.Peer;
import io.saddlebag.observe.SiteStatus.Queue;
import io.saddlebag.observe.SiteStatus.Route;
import io.saddlebag.observe.SiteStatus.Troubles;
import io.saddlebag.observe.SiteStatus.UnderWay;
import io.saddlebag.observe.SiteStatus.Volume;
import io.saddlebag.observe.SiteStatus.Waiting;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusCommandTest {
    private static final Instant NOW = Instant.now();
    private static final Instant AGO = NOW.minusSeconds(630);

    @TempDir
    private Path folder;

    private SiteHome home;

    @BeforeEach
    void make() throws IOException {
        home = new SiteHome(folder.resolve("fl-lab"));
        Files.createDirectories(home.run());
        Files.writeString(home.settingsFile(), "site.id=FL-LAB\n");
    }

    private void write(Instant stopped) throws IOException {
        SiteStatus status = new SiteStatus(
                SiteStatus.FORMAT,
                SiteId.of("FL-LAB"),
                "laboratory",
                "1.0.0",
                7,
                AGO,
                NOW,
                stopped,
                stopped == null,
                new Link("down", AGO, SiteId.of("DC-HQ"), "10.0.0.1:61617", 1.0, "connection refused"),
                List.of(new NodeLink("hq1:61617", "up", AGO, null), new NodeLink("hq2:61617", "down", AGO, "refused")),
                List.of(new Waiting("files", "claimed", 2, 3L << 30, AGO, "no key")),
                List.of(new UnderWay("out", "sending", "FL-LAB_DAT_20251008_001", "a\u001b.bam", 5, 10L, AGO, 1)),
                List.of(
                        new Route("raw", "drop/raw", 3, 2048, AGO, AGO, 86_400L),
                        new Route("new", "drop/new", 0, 0, null, AGO, null)),
                new Failed(4, AGO),
                List.of(new Volume("home", 1L << 30, 4L << 30), new Volume("work", 1L << 30, 4L << 30)),
                List.of(
                        new Certificate("tls", NOW.plus(Duration.ofDays(63)).plusSeconds(60)),
                        new Certificate("signing", NOW.minus(Duration.ofDays(2)))),
                List.of(new Queue("ca_rc_queue", 1, 2, 3, 4096, AGO, 1)),
                List.of(new Peer(SiteId.of("CA-RC"), 0, AGO, null), new Peer(SiteId.of("NY-RC"), 0, null, null)),
                List.of(new DeadLetters("ca_rc_queue", 5)),
                List.of(new Node("n2", "hq2:1", "1.1.0", "silent", AGO, 20, null)),
                Troubles.NONE,
                new Checks(null, null, null),
                List.of(new Minute(AGO, 6, 1), new Minute(NOW, 1, 1)),
                List.of(new Alert("LinkDown", "page", Map.of(), AGO, "no link", "Look.")));
        Files.write(SiteStatus.file(home), Json.write(status));
    }

    private CommandLineRun status(Object... more) {
        Object[] arguments = new Object[more.length + 3];
        arguments[0] = "status";
        arguments[1] = "--home";
        arguments[2] = home.folder();
        System.arraycopy(more, 0, arguments, 3, more.length);
        return CommandLineRun.of(arguments);
    }

    @Test
    void showsASiteThatRunsOnOneScreen() throws Exception {
        write(null);
        try (RunningSite running = RunningSite.claim(home, Clock.systemUTC())) {
            CommandLineRun run = status();

            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.out())
                    .contains("FL-LAB (laboratory, 1.0.0, " + home.folder() + ") runs since ", "(10 min ago)")
                    .containsPattern("  link      down since .*, DC-HQ at 10\\.0\\.0\\.1:61617: connection refused")
                    .containsPattern("  alert     LinkDown since .*: no link\\R            Look\\.")
                    .containsPattern("  waiting   2 files claimed, 3\\.0 GiB, the oldest since .*: no key")
                    .contains("5 bytes of 10 bytes (50 %), 1 bytes/s, 5 s left")
                    .contains("ca_rc_queue: 1 ready, 2 unacknowledged, 3 delayed, 4.0 KiB, 1 consumer, the oldest")
                    .contains("5 dead letters of ca_rc_queue", "CA-RC: away since", "NY-RC: was never connected")
                    .containsPattern("raw \\(drop/raw\\): last .*, 3 since the start, 2\\.0 KiB, expected every 24 h")
                    .contains("new (drop/new): nothing yet", "4 files, the newest")
                    .contains(
                            "home, work: 1.0 GiB free of 4.0 GiB (25 %)",
                            "tls: 63 days left", "signing: ended 2 days ago")
                    .contains("7 in, 2 out")
                    .doesNotContain("\u001b");
        }
    }

    @Test
    void saysThatASiteIsStoppedOrWasKilled() throws Exception {
        write(NOW);
        assertThat(status()).matches(run -> run.exitCode() == 1 && run.out().contains(") is stopped since "));

        write(null);
        assertThat(status().out()).contains("does not run and did not stop in order; its last word is of ");

        Files.delete(SiteStatus.file(home));
        assertThat(status().out()).contains("never ran");
    }

    @Test
    void printsJson() throws Exception {
        write(NOW);

        JsonNode printed = Json.read(status("--json").out().getBytes(StandardCharsets.UTF_8), JsonNode.class);

        assertThat(printed.get("running").asBoolean()).isFalse();
        assertThat(printed.at("/status/under_way/0/message_id").asText()).isEqualTo("FL-LAB_DAT_20251008_001");
    }

    @Test
    void refusesAFolderThatIsNoHome() throws Exception {
        Files.delete(home.settingsFile());

        assertThat(status().exitCode()).isEqualTo(10);
    }

    @Test
    void watchesUntilItIsInterrupted() throws Exception {
        write(NOW);
        AtomicReference<CommandLineRun> ended = new AtomicReference<>();
        Thread watching = new Thread(() -> ended.set(status("--watch")));
        watching.start();
        await().until(() -> watching.getState() == Thread.State.TIMED_WAITING);

        watching.interrupt();

        await().until(() -> ended.get() != null);
        assertThat(ended.get().exitCode()).isEqualTo(1);
    }
}
