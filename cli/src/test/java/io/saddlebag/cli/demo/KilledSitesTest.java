package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteProcesses;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes killed with SIGKILL at bad moments: nothing is lost, nothing is doubled. */
class KilledSitesTest {
    private static final SiteId HQ = ScenarioHomes.HEADQUARTERS;
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final SiteId OTHER = SiteId.of("SF-RC");
    private static final int FILES = 40;

    @TempDir
    private Path folder;

    private ScenarioHomes homes;
    private SiteProcesses sites;
    private String psqlUrl;

    @BeforeEach
    void startFourSites() throws Exception {
        homes = new ScenarioHomes(folder.resolve("killed"));
        homes.make(FreePort.any());
        HomeMaker.set(homes.home(LAB), Map.of("folder.settle-time", "50ms"));
        HomeMaker.set(homes.home(LAB), Map.of("folder.poll-interval", "50ms"));
        sites = new SiteProcesses(homes);
        for (SiteId site : List.of(HQ, CENTRE, OTHER, LAB)) {
            sites.start(site);
        }
        awaitReady(HQ, CENTRE, OTHER, LAB);
        Path keys = homes.home(LAB).resolve("keys");
        patiently("the lab's keys")
                .until(() -> Files.exists(keys.resolve("CA-RC.json")) && Files.exists(keys.resolve("SF-RC.json")));
    }

    @AfterEach
    void stop() throws Exception {
        sites.stop();
        new DemoFolder(homes).stopDatabase();
    }

    @Test
    void losesNothingAndDeliversNothingTwice() throws Exception {
        killHeadquartersWithMessagesQueued();
        killTheCentreAmidItsBacklog();
        killTheLabBetweenClaimAndConfirm();

        for (SiteId centre : List.of(CENTRE, OTHER)) {
            Set<String> expected = new TreeSet<>();
            for (int i = 1; i <= 2 * FILES; i++) {
                expected.add("FL-LAB/" + name(i) + ".csv");
                expected.add("FL-LAB/" + name(i) + ".message.json");
                assertThat(homes.home(centre).resolve("outbox/FL-LAB/" + name(i) + ".csv"))
                        .hasContent(content(i));
            }
            assertThat(RunningScenario.filesBelow(homes.home(centre).resolve("outbox")))
                    .isEqualTo(expected);
        }
        assertThat(records()).hasSize(4 * FILES);
        assertThat(RunningScenario.filesBelow(homes.home(LAB).resolve("failed")))
                .isEmpty();
    }

    private void killHeadquartersWithMessagesQueued() throws Exception {
        sites.kill(CENTRE);
        sites.kill(OTHER);
        drop(1, FILES);
        patiently("all confirmed").until(() -> sent() == FILES);
        assertThat(acknowledged()).isZero();
        sites.kill(HQ);
        sites.start(HQ);
        awaitReady(HQ);
        assertThat(records()).hasSize(2 * FILES);
    }

    /** With a window of 16 deliveries, some are written and not acknowledged at any moment of the backlog. */
    private void killTheCentreAmidItsBacklog() throws Exception {
        Path outbox = homes.home(CENTRE).resolve("outbox");
        sites.start(CENTRE);
        sites.start(OTHER);
        patiently("the first file")
                .until(() -> !RunningScenario.filesBelow(outbox).isEmpty());
        sites.kill(CENTRE);
        Map<String, Object> before = new HashMap<>();
        for (String name : RunningScenario.filesBelow(outbox)) {
            before.put(name, Files.getAttribute(outbox.resolve(name), "unix:ino"));
        }
        sites.start(CENTRE);
        patiently("the backlog").until(() -> acknowledged() == 2 * FILES);
        for (Map.Entry<String, Object> file : before.entrySet()) {
            if (!file.getKey().endsWith(".part")) {
                assertThat(Files.getAttribute(outbox.resolve(file.getKey()), "unix:ino"))
                        .as("written once: " + file.getKey())
                        .isEqualTo(file.getValue());
            }
        }
    }

    private void killTheLabBetweenClaimAndConfirm() throws Exception {
        drop(FILES + 1, 2 * FILES);
        Path drop = homes.home(LAB).resolve("drop/raw-data");
        patiently("the first claim")
                .until(() -> RunningScenario.filesBelow(drop).size() < FILES);
        sites.kill(LAB);
        sites.start(LAB);
        patiently("all sent").until(() -> sent() == 2 * FILES);
        patiently("all acknowledged").until(() -> acknowledged() == 4 * FILES);
        patiently("every receipt").until(() -> receipted() == 2 * FILES);
    }

    private void drop(int from, int to) throws IOException {
        Path drop = homes.home(LAB).resolve("drop/raw-data");
        for (int i = from; i <= to; i++) {
            Path beside = drop.resolve("." + name(i) + ".part");
            Files.write(beside, content(i).getBytes(StandardCharsets.US_ASCII));
            Files.move(beside, drop.resolve(name(i) + ".csv"), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static String name(int number) {
        return String.format("FL-LAB_DAT_20251008_%03d", number);
    }

    private static String content(int number) {
        return "sample," + number + "\n" + "x".repeat(number * 37);
    }

    private int sent() {
        return (int) RunningScenario.filesBelow(homes.home(LAB).resolve("sent")).stream()
                .filter(name -> name.endsWith(".csv"))
                .count();
    }

    /** The number of messages with the signed receipts of both recipients at the lab. */
    private long receipted() {
        return IntStream.rangeClosed(1, 2 * FILES)
                .mapToObj(i -> homes.home(LAB).resolve("sent/" + name(i) + ".receipts.json"))
                .filter(KilledSitesTest::isComplete)
                .count();
    }

    private static boolean isComplete(Path file) {
        try {
            return Files.exists(file) && Files.readString(file).split("\"received_timestamp\"", -1).length - 1 == 2;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady(SiteId... all) throws IOException, InterruptedException {
        sites.awaitAtWork(List.of(all), Duration.ofSeconds(90), ready -> {});
        psqlUrl = sites.facts(HQ).orElseThrow().get("psqlUrl");
    }

    private static ConditionFactory patiently(String what) {
        return await(what).atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(20));
    }

    private long acknowledged() throws IOException, SQLException {
        return records().stream()
                .filter(delivery -> delivery.acknowledged() != null)
                .count();
    }

    private List<HqRecords.Delivery> records() throws IOException, SQLException {
        try (HqRecords records = HqRecords.open(psqlUrl)) {
            return records.deliveries();
        }
    }
}
