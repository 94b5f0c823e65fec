package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.audit.AuditReport.Finding;
import io.saddlebag.audit.NetworkAudit;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.files.FileTree;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

/** A laboratory's home is restored from a back-up: real laboratory, headquarters with PostgreSQL, and centres. */
class RestoredScenarioTest {
    private static final SiteId HQ = ScenarioHomes.HEADQUARTERS;
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final SiteId OTHER = SiteId.of("SF-RC");
    private static final List<SiteId> SITES = List.of(HQ, LAB, CENTRE, OTHER);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

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
        scenario.stop(LAB);
        copy(scenario.home(LAB).folder(), folder.resolve("back-up"));
        scenario.start(LAB);
        deliver("lost", 5);
        for (int round = 1; round <= 2; round++) {
            scenario.stop(LAB);
            FileTree.delete(scenario.home(LAB).folder());
            copy(folder.resolve("back-up"), scenario.home(LAB).folder());
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

    private void deliver(String name, int count) throws Exception {
        int before = scenario.acknowledged();
        Path drop = Files.createDirectories(scenario.home(LAB).resolve("drop/assigned"));
        for (int i = 1; i <= count; i++) {
            Path hidden = Files.writeString(drop.resolve("." + name + i + ".txt"), name + " content " + i);
            Files.move(hidden, drop.resolve(name + i + ".txt"));
        }
        await(name).atMost(PATIENCE).until(() -> scenario.acknowledged() == before + 2 * count);
        await(name + " in sent/")
                .atMost(PATIENCE)
                .until(() -> RunningScenario.filesBelow(scenario.home(LAB).resolve("sent")).stream()
                                .filter(file -> file.contains("/" + name))
                                .count()
                        == count);
    }

    private List<String> fromJournal(SiteId centre, String sql) throws Exception {
        List<String> found = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + scenario.home(centre).journal().resolve("rc.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                found.add(row.getString(1));
            }
        }
        return found;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> found = Files.walk(from)) {
            for (Path each : found.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
