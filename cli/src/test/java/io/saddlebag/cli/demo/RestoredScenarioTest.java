package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.audit.AuditReport;
import io.saddlebag.audit.AuditReport.Finding;
import io.saddlebag.audit.NetworkAudit;
import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.files.FileTree;
import io.saddlebag.hq.receipts.ReceiptSteps;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.LastBackup;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.site.SiteHome;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.tlog.SeenLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A home is restored from a back-up: real laboratory, headquarters with PostgreSQL, and centres. */
class RestoredScenarioTest {
    private static final SiteId HQ = ScenarioHomes.HEADQUARTERS;
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final SiteId OTHER = SiteId.of("SF-RC");
    private static final List<SiteId> SITES = List.of(HQ, LAB, CENTRE, OTHER);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int BURST = 40;

    @TempDir
    private Path folder;

    private RunningScenario scenario;

    @AfterEach
    void stop() {
        scenario.close();
    }

    @Test
    void sendsOnAfterARestoreWithoutGapForkOrRefusal() throws Exception {
        scenario = new RunningScenario(folder.resolve("scenario"));
        Files.writeString(scenario.home(LAB).routes().resolve("assigned.camel.yaml"), """
                - templatedRoute:
                    routeTemplateRef: drop-folder
                    routeId: assigned
                    parameters:
                      - {name: directory, value: "drop/assigned"}
                      - {name: recipients, value: "CA-RC,SF-RC"}
                      - {name: naming, value: assign}
                """);
        for (SiteId site : SITES) {
            scenario.start(site);
        }
        deliver("first", 3);
        Path backUp = backUp(LAB, "--with-files");
        deliver("lost", 5);
        for (int round = 1; round <= 2; round++) {
            scenario.stop(LAB);
            FileTree.delete(scenario.home(LAB).folder());
            restore(backUp, LAB);
            scenario.start(LAB);
            deliver("restored" + round, 3);
        }

        assertThat(scenario.home(LAB).resolve("failed"))
                .satisfies(
                        failed -> assertThat(RunningScenario.filesBelow(failed)).isEmpty());
        for (SiteId centre : List.of(CENTRE, OTHER)) {
            assertThat(fromJournal(centre, "SELECT seq FROM delivery ORDER BY seq"))
                    .isEqualTo(IntStream.rangeClosed(1, 14)
                            .mapToObj(Integer::toString)
                            .toList());
            assertThat(fromJournal(centre, "SELECT count(*) FROM fork")).containsExactly("0");
            assertThat(fromJournal(
                            centre,
                            "SELECT count(*) FROM delivery d JOIN delivery b ON b.seq = d.seq - 1"
                                    + " AND b.manifest_sha256 = d.prev"))
                    .containsExactly("13");
        }
        aBackUpUnderLoadIsWhole();
        scenario.close();
        assertThat(NetworkAudit.of(
                                SITES.stream()
                                        .map(site -> scenario.home(site).folder())
                                        .toList(),
                                false)
                        .run()
                        .findings())
                .as("the eight lost messages, for each centre, and nothing else")
                .hasSize(16)
                .extracting(Finding::text)
                .allMatch(text -> text.startsWith("expected it in the laboratory's journal"));
    }

    private void aBackUpUnderLoadIsWhole() throws Exception {
        Path key = scenario.home(CENTRE).identity().resolve("age.key");
        String recipient = AgeIdentity.load(key, () -> null).get(0).recipient();
        int before = scenario.acknowledged();
        drop("burst", BURST);
        Path backUp = backUp(HQ, "--recipient", recipient);
        await("the burst").atMost(PATIENCE).until(() -> scenario.acknowledged() == before + 2 * BURST);

        assertThat(Files.readAllBytes(backUp)).startsWith("age-encryption.org".getBytes(StandardCharsets.US_ASCII));
        assertThat(CommandLineRun.of("backup", "verify", backUp).err()).contains("expected --identity");
        CommandLineRun verified = CommandLineRun.of("backup", "verify", "-i", key, backUp);
        assertThat(verified.out()).as(verified.err()).contains("whole; DC-HQ (hq)");
        SiteHome copy = new SiteHome(folder.resolve("copy"));
        CommandLineRun restored = CommandLineRun.of("restore", "-i", key, "--home", copy.folder(), backUp);
        assertThat(restored.exitCode()).as(restored.err()).isZero();
        AuditReport report = NetworkAudit.of(List.of(copy.folder()), false).run();
        assertThat(report.findings()).isEmpty();
        assertThat(report.sites().get(0).counts().get("messages")).isGreaterThanOrEqualTo(before / 2);
        assertThat(CommandLineRun.of("restore", "-i", key, "--home", copy.folder(), backUp)
                        .err())
                .contains("expected an empty folder or none");
    }

    /**
     * Headquarters loses two messages that both centres have, and two that one of them has. The laboratory sends the latter
     * again: nothing is written twice, and nothing is missing.
     */
    @Test
    void bringsBackWhatHeadquartersLost() throws Exception {
        scenario = new RunningScenario(folder.resolve("scenario"));
        Path drop = scenario.home(LAB).resolve("drop/raw-data");
        for (SiteId site : SITES) {
            scenario.start(site);
        }
        drop(drop, 1);
        awaitDeliveries(CENTRE, 1);
        awaitDeliveries(OTHER, 1);
        Path backUp = backUp(HQ);
        restore(backUp(CENTRE, "--with-files"), folder.resolve("centre"));
        assertThat(NetworkAudit.of(List.of(folder.resolve("centre")), false)
                        .run()
                        .findings())
                .isEmpty();
        drop(drop, 2, 3);
        awaitDeliveries(CENTRE, 3);
        awaitDeliveries(OTHER, 3);
        await("all receipts").atMost(PATIENCE).until(() -> fromLab(
                        "SELECT count(*) FROM message WHERE is_receipted = 1")
                .equals(List.of("3")));
        scenario.stop(OTHER);
        drop(drop, 4, 5);
        awaitDeliveries(CENTRE, 5);
        await("confirmed").atMost(PATIENCE).until(() -> fromLab("SELECT count(*) FROM message WHERE state = 'SENT'")
                .equals(List.of("5")));

        scenario.stop(HQ);
        FileTree.delete(scenario.home(HQ).folder());
        restore(backUp, HQ);
        try (LoggedLines atHeadquarters = LoggedLines.of(ReceiptSteps.class)) {
            scenario.start(HQ);
            scenario.start(OTHER);
            awaitDeliveries(OTHER, 5);
            await("all receipts").atMost(PATIENCE).until(() -> fromLab(
                            "SELECT count(*) FROM message WHERE is_receipted = 1")
                    .equals(List.of("5")));
            assertThat(atHeadquarters.at(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("site=FL-LAB has the confirm of messages that are not here, such as " + id(4));
        }

        for (SiteId centre : List.of(CENTRE, OTHER)) {
            assertThat(RunningScenario.filesBelow(scenario.home(centre).resolve("outbox")))
                    .as("five payloads and standardized files")
                    .hasSize(10);
            assertThat(fromJournal(centre, "SELECT (SELECT count(*) FROM fork) + (SELECT count(*) FROM missing)"))
                    .containsExactly("0");
            assertThat(fromJournal(centre, "SELECT seq FROM delivery ORDER BY seq"))
                    .containsExactly("1", "2", "3", "6", "7");
        }
        assertThat(fromJournal(CENTRE, "SELECT count(*) FROM delivery WHERE placed_manifest IS NOT NULL"))
                .containsExactly("2");
        assertThat(fromLab("SELECT resent FROM message ORDER BY number")).containsExactly("0", "0", "0", "1", "1");
        CommandLineRun proved =
                CommandLineRun.of("resend", "--home", scenario.home(LAB).folder(), id(2), "FL-LAB_DAT_20251008_999");
        assertThat(proved.exitCode()).isEqualTo(1);
        assertThat(proved.err())
                .contains(id(2) + ": expected a message that lacks a receipt")
                .contains("_999: expected a message of this laboratory");
        scenario.close();
        assertThat(NetworkAudit.of(
                                SITES.stream()
                                        .map(site -> scenario.home(site).folder())
                                        .toList(),
                                false)
                        .run()
                        .findings())
                .as("the two that everybody has but headquarters, for each centre, the two histories, and nothing else")
                .hasSize(7)
                .extracting(Finding::text)
                .allMatch(text -> text.startsWith("expected its row, since FL-LAB has it as sent, found none")
                        || text.startsWith("expected one history of headquarters' proof log"));
        accepts();
        SiteHome hq = scenario.home(HQ);
        FileTree.delete(hq.resolve("operators"));
        assertThat(NetworkAudit.of(List.of(hq.folder()), false).run().findings())
                .singleElement()
                .satisfies(found -> assertThat(found.text()).contains("as the proof log has it"));
    }

    private void accepts() {
        List<Object> audit = new ArrayList<>(List.of("audit", "--home"));
        SITES.forEach(site -> audit.add(scenario.home(site).folder()));
        List<Object> accept = new ArrayList<>(audit);
        accept.addAll(List.of("--accept", "--reason", "restored to the back-up of noon"));
        for (List<Object> each : List.of(accept, audit)) {
            CommandLineRun run = CommandLineRun.of(each.toArray());
            assertThat(run.exitCode()).as(run.out()).isZero();
            assertThat(run.out())
                    .contains(
                            "All agree but for what was accepted, " + (each == accept ? 7 : 4) + ".",
                            id(2) + " for CA-RC: expected its row")
                    .containsPattern("; accepted by " + System.getProperty("user.name") + ".* at 20.*: restored to");
        }
        assertThat(scenario.home(LAB).resolve(SeenLog.CONTRADICTION)).doesNotExist();
        assertThat(scenario.home(LAB).folder()).isDirectoryContaining("glob:**/log-contradiction-*.json");
        assertThat(CommandLineRun.of("journal", "--home", scenario.home(HQ).folder())
                        .out())
                .contains("  restore  dc-hq-", "  accept-finding  " + id(2));
    }

    private Path backUp(SiteId site, Object... more) throws IOException {
        Path to = Files.createTempDirectory(folder, "back-ups");
        List<Object> command =
                new ArrayList<>(List.of("backup", "--home", scenario.home(site).folder(), "--to", to));
        command.addAll(List.of(more));
        CommandLineRun run = CommandLineRun.of(command.toArray());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(LastBackup.read(scenario.home(site))).isPresent();
        try (Stream<Path> files = Files.list(to)) {
            return files.toList().get(0);
        }
    }

    private void restore(Path backUp, SiteId site) {
        restore(backUp, scenario.home(site).folder());
    }

    private static void restore(Path backUp, Path home) {
        CommandLineRun checked = CommandLineRun.of("restore", "--check", "--home", home, backUp);
        assertThat(checked.exitCode()).as(checked.err()).isZero();
        assertThat(home).doesNotExist();
        CommandLineRun restored = CommandLineRun.of("restore", "--home", home, backUp);
        assertThat(restored.exitCode()).as(restored.err()).isZero();
    }

    private static String id(int number) {
        return "FL-LAB_DAT_20251008_00" + number;
    }

    private static void drop(Path folder, int... numbers) throws IOException {
        Files.createDirectories(folder);
        for (int number : numbers) {
            Path hidden = Files.writeString(folder.resolve("." + number), "content " + number);
            Files.move(hidden, folder.resolve(id(number) + ".txt"));
        }
    }

    private void awaitDeliveries(SiteId centre, int count) {
        await(count + " at " + centre).atMost(PATIENCE).until(() -> fromJournal(centre, "SELECT count(*) FROM delivery")
                .equals(List.of(Integer.toString(count))));
    }

    private List<String> fromLab(String sql) throws Exception {
        return from(scenario.home(LAB).journal().resolve("lab.db"), sql);
    }

    private void drop(String name, int count) throws Exception {
        Path drop = Files.createDirectories(scenario.home(LAB).resolve("drop/assigned"));
        for (int i = 1; i <= count; i++) {
            Path hidden = Files.writeString(drop.resolve("." + name + i + ".txt"), name + " content " + i);
            Files.move(hidden, drop.resolve(name + i + ".txt"));
        }
    }

    private void deliver(String name, int count) throws Exception {
        int before = scenario.acknowledged();
        drop(name, count);
        await(name).atMost(PATIENCE).until(() -> scenario.acknowledged() == before + 2 * count);
        await(name + " in sent/")
                .atMost(PATIENCE)
                .until(() -> RunningScenario.filesBelow(scenario.home(LAB).resolve("sent")).stream()
                                .filter(file -> file.contains("/" + name))
                                .count()
                        == count);
    }

    private List<String> fromJournal(SiteId centre, String sql) throws Exception {
        return from(scenario.home(centre).journal().resolve("rc.db"), sql);
    }

    private static List<String> from(Path journal, String sql) throws Exception {
        List<String> found = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + journal);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                found.add(row.getString(1));
            }
        }
        return found;
    }
}
