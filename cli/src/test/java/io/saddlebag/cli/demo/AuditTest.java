package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.audit.AuditReport;
import io.saddlebag.audit.AuditReport.Finding;
import io.saddlebag.audit.LogDocuments;
import io.saddlebag.audit.LogExport;
import io.saddlebag.audit.LogProof;
import io.saddlebag.audit.NetworkAudit;
import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.cli.Saddlebag;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.files.FileTree;
import io.saddlebag.hq.HqDatabase;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.Json;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.TreeHead;
import io.saddlebag.tlog.SeenLog;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The scenario with one centre away, audited: at work, stopped, and after each kind of tampering, which is undone. The
 * real journals, folders, spool and PostgreSQL.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AuditTest {
    private static final SiteId HQ = ScenarioHomes.HEADQUARTERS;
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final SiteId AWAY = SiteId.of("SF-RC");
    private static final String MESSAGE = "FL-LAB_DAT_20251008_001";
    private static final int FOR_AWAY = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private RunningScenario scenario;

    @BeforeAll
    void deliverToAllButOne(@TempDir Path folder) throws Exception {
        scenario = new RunningScenario(folder.resolve("scenario"));
        Path outbox = scenario.home(CENTRE).routes().resolve("outbox.camel.yaml");
        Files.writeString(outbox, "      - {name: verdict, value: \"expected\"}\n", StandardOpenOption.APPEND);
        scenario.startAll();
        for (SiteId lab : ScenarioHomes.LABS) {
            await("keys of the centre that goes away")
                    .atMost(PATIENCE)
                    .until(() -> Files.exists(scenario.home(lab).resolve("keys/SF-RC.json")));
        }
        scenario.stop(AWAY);
        for (Sample sample : Sample.ALL) {
            scenario.drop(sample);
        }
        await("all but the late centre")
                .atMost(PATIENCE)
                .until(() -> scenario.acknowledged() == Sample.deliveries() - FOR_AWAY
                        && Sample.ALL.stream().allMatch(scenario::isSent));
        await("the receipts so far").atMost(PATIENCE).until(() -> receipts() == Sample.deliveries() - FOR_AWAY);
    }

    private int receipts() throws Exception {
        int acknowledged = 0;
        for (Sample sample : Sample.ALL) {
            Path file = scenario.home(sample.sender()).resolve("sent/" + sample.messageId() + ".receipts.json");
            String text = Files.exists(file) ? Files.readString(file) : "";
            acknowledged += text.split("\"acknowledged\"", -1).length - 1;
        }
        return acknowledged;
    }

    @AfterAll
    void stop() {
        scenario.close();
    }

    /** The reader's word travels to the laboratory, through the real parts, and everybody's records show it. */
    @Test
    @Order(0)
    void tellsTheLaboratoryWhatTheReaderSays() throws Exception {
        Path said = scenario.home(CENTRE).resolve("outbox/FL-LAB/" + MESSAGE + ".rejected");
        Files.writeString(said, "{\"code\": \"bad-columns\", \"reason\": \"column 3 is empty\"}");

        Path receipts = scenario.home(LAB).resolve("sent/" + MESSAGE + ".receipts.json");
        await("the verdict").atMost(PATIENCE).until(() -> Files.readString(receipts)
                .contains("\"reason\" : \"column 3 is empty\""));
        await("its confirm")
                .atMost(PATIENCE)
                .until(() -> rowsAtHeadquarters("verdict WHERE taken_time IS NOT NULL") == 1);
        assertThat(said).doesNotExist();
        assertThat(CommandLineRun.of(
                                "where", MESSAGE, "--home", scenario.home(LAB).folder())
                        .out())
                .containsPattern("rejected +.*CA-RC")
                .contains("bad-columns: column 3 is empty");
        assertThat(CommandLineRun.of(
                                "where",
                                MESSAGE,
                                "--home",
                                scenario.home(CENTRE).folder())
                        .out())
                .contains("rejected", "bad-columns")
                .doesNotContain("column 3");
        assertThat(CommandLineRun.of("receipts", "--ca", scenario.authority(), receipts)
                        .out())
                .contains("its signed verdict holds");
    }

    @Test
    @Order(1)
    void agreesWhileTheSitesAreAtWork() throws Exception {
        await("agreement").atMost(PATIENCE).untilAsserted(() -> assertThat(audit(ScenarioHomes.SITES))
                .satisfies(report -> assertThat(report.findings()).isEmpty()));
        await("the log").atMost(PATIENCE).until(() -> rowsAtHeadquarters("log_pending") == 0);
        for (SiteId site : List.of(LAB, CENTRE)) {
            await("a head at " + site)
                    .atMost(PATIENCE)
                    .until(() -> Files.exists(scenario.home(site).resolve(SeenLog.HEAD)));
        }
        scenario.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "requeue", "discard --reason x"})
    @Order(2)
    void failsForADeadLetterThatIsNone(String action) {
        StringWriter err = new StringWriter();
        String command = "dead " + action + " --home " + scenario.home(HQ).folder() + " " + MESSAGE;
        int exitCode =
                Saddlebag.execute(new PrintWriter(new StringWriter()), new PrintWriter(err, true), command.split(" "));

        assertThat(exitCode).isEqualTo(1);
        assertThat(err.toString())
                .contains("dead letter of each message id, found none of " + MESSAGE)
                .contains("saddlebag dead list --home");
        String noted = "dead-" + action.split(" ")[0] + "  " + MESSAGE;
        assertThat(CommandLineRun.of("journal", "--home", scenario.home(HQ).folder())
                        .out()
                        .contains(noted))
                .isEqualTo(!action.equals("list"));
    }

    private long rowsAtHeadquarters(String table) throws Exception {
        try (HqDatabase database = HqDatabase.openToRead(scenario.home(HQ));
                Connection snapshot = database.snapshot();
                Statement count = snapshot.createStatement();
                ResultSet row = count.executeQuery("SELECT count(*) FROM " + table)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    @Order(2)
    void agreesWhenNobodyIsAtWorkAndSaysWhereEverythingIs() throws Exception {
        AuditReport report = audit(ScenarioHomes.SITES);

        assertThat(report.findings()).isEmpty();
        assertThat(report.deliveries())
                .containsEntry("delivered", 5L)
                .containsEntry("queued", 4L)
                .containsEntry("failed", 0L);
        StringWriter text = new StringWriter();
        report.print(new PrintWriter(text, true));
        assertThat(text.toString())
                .contains(
                        "FL-LAB   1 sent, 1 signed receipts, 1 rejected by recipients",
                        "CA-RC    3 acknowledged, ",
                        "2 without a verdict yet",
                        "1 rejected by readers",
                        "network  5 delivered, 4 queued",
                        "All agree.");
        assertThat(new String(Json.write(report), StandardCharsets.UTF_8))
                .contains("\"agrees\":true", "\"site\":\"FL-LAB\"", "\"delivered\":5", "\"findings\":[]");
    }

    @Test
    @Order(3)
    void findsASentFileThatWasDeletedAlteredOrPutTwice() throws Exception {
        Path sent = only(scenario.home(LAB).resolve("sent"), MESSAGE + ".csv");
        whileGone(sent, () -> assertFound(LAB, MESSAGE, "it was deleted, renamed or moved away"));
        whileAltered(sent, () -> assertFound(LAB, MESSAGE, "with SHA-256"));
        whileGone(sent, () -> {
            Files.createSymbolicLink(sent, Path.of("elsewhere"));
            assertFound(LAB, MESSAGE, "found a link or a device there");
            Files.delete(sent);
        });
        Path receipts = sent.getParent().resolveSibling(MESSAGE + ".receipts.json");
        whileSwapped(
                receipts,
                "\"payload\" : \"eyJ",
                "\"payload\" : \"eyI",
                () -> assertFound(LAB, MESSAGE, "the receipt of CA-RC does not hold: Expected a signature of CA-RC"));
        whileSwapped(
                receipts,
                "\"payload\":\"eyJ",
                "\"payload\":\"eyI",
                () -> assertFound(LAB, MESSAGE, "the verdict of CA-RC does not hold: Expected a signature of CA-RC"));
        whileSwapped(
                receipts, "\"sha256\" : \"", "\"sha256\" : \"0", () -> assertFound(LAB, MESSAGE, "cannot be read"));
        whileThere(sent.resolveSibling("copy.csv"), () -> assertFound(LAB, "copy.csv", "no row accounts for"));
        whileThere(
                scenario.home(LAB).work().resolve(MESSAGE),
                () -> assertFound(LAB, MESSAGE, "expected it in one place"));
        whileThere(
                scenario.home(LAB).work().resolve("FL-LAB_DAT_20251008_999"),
                () -> assertFound(LAB, "FL-LAB_DAT_20251008_999", "does not know"));
        whileThere(
                scenario.home(LAB).resolve("failed").resolve("odd.csv"),
                () -> assertFound(LAB, "odd.csv", "expected its reason, odd.csv.reason.json, found none"));
    }

    @Test
    @Order(4)
    void findsADeliveredFileThatWasDeletedAlteredOrPutTwice() throws Exception {
        Path outbox = scenario.home(CENTRE).resolve("outbox/FL-LAB");
        Path payload = outbox.resolve(MESSAGE + ".csv");
        Path facts = outbox.resolve(MESSAGE + ".message.json");
        whileGone(payload, () -> assertFound(CENTRE, MESSAGE, "it was deleted or taken away"));
        whileAltered(payload, () -> assertFound(CENTRE, MESSAGE, "with SHA-256"));
        whileGone(facts, () -> assertFound(CENTRE, MESSAGE, "it was deleted or taken away"));
        whileGone(
                facts,
                () -> whileGone(payload, () -> assertThat(
                                NetworkAudit.of(List.of(scenario.home(CENTRE).folder()), true)
                                        .run())
                        .satisfies(report -> assertThat(report.findings()).isEmpty())
                        .satisfies(report ->
                                assertThat(report.sites().get(0).counts()).containsEntry("taken by readers", 1L))));
        whileSaid(CENTRE, "UPDATE delivery SET removed_time = '2025-10-09T00:00:00Z'", () -> assertThat(
                        audit(List.of(CENTRE)).findings())
                .as("what its time being over was deleted")
                .isEmpty());
        whileSaid(
                CENTRE,
                "INSERT INTO fork VALUES ('FL-LAB', '" + MESSAGE
                        + "', 1, 'FL-LAB_DAT_20251008_777', 1, '2025-10-09T00:00:00Z', 0)",
                () -> assertFound(
                        CENTRE,
                        MESSAGE,
                        "expected a place of its own in the sequence of FL-LAB, found it with seq 1 and"
                                + " FL-LAB_DAT_20251008_777 with seq 1"));
        whileAltered(facts, () -> assertFound(CENTRE, MESSAGE, "outbox/FL-LAB/" + MESSAGE + ".message.json"));
        whileThere(outbox.resolve(MESSAGE + "x.csv"), () -> assertFound(CENTRE, "x.csv", "no row accounts for"));
    }

    @Test
    @Order(5)
    void findsASealedMessageThatWasAlteredOrIsGoneFromTheSpool() throws Exception {
        Path segment = onlyEnding(scenario.home(HQ).resolve("spool"), ".segment");
        whileAltered(segment, () -> assertFound(HQ, "_", "expected its sealed message whole in the spool"));
        whileGone(segment, () -> assertFound(HQ, "_", "found no such file"));
    }

    @Test
    @Order(6)
    void findsWhatTheBooksOfSeveralSitesDoNotAgreeOn() throws Exception {
        whileSaid(LAB, "UPDATE message SET sha256 = '" + "0".repeat(64) + "'", () -> assertThat(
                        audit(List.of(LAB, CENTRE)).findings())
                .extracting(Finding::text)
                .anyMatch(text -> text.startsWith("expected the content of FL-LAB, SHA-256 000")));
        whileSaid(LAB, "DELETE FROM message", () -> assertThat(
                        audit(List.of(LAB, CENTRE)).findings())
                .contains(new Finding(
                        LAB,
                        MESSAGE + " for CA-RC",
                        "expected it in the laboratory's journal, since CA-RC has it, found no row")));
        whileSaid(CENTRE, "DELETE FROM delivery", () -> assertThat(
                        audit(List.of(HQ, CENTRE)).findings())
                .extracting(Finding::text)
                .contains("expected it delivered, as headquarters has it acknowledged, found no row in the journal"));
    }

    @Test
    @Order(7)
    void provesByTheLogWhatHeadquartersTookAndThatItWasNotRewritten(@TempDir Path folder) throws Exception {
        Trust trust = Trust.load(scenario.home(CENTRE).identity(), Clock.systemUTC());
        Map<String, Sha256> documents = new LinkedHashMap<>();
        for (Sample sample : Sample.ALL) {
            documents.putAll(LogDocuments.in(
                    scenario.home(sample.sender()).resolve("sent/" + sample.messageId() + ".receipts.json")));
        }
        Path pinned = scenario.home(LAB).resolve("keys/CA-RC.json");
        documents.putAll(LogDocuments.in(pinned));
        documents.putAll(LogDocuments.in(scenario.home(HQ).resolve("topology.yaml")));
        Path export = folder.resolve("log");
        LogExport.write(scenario.home(HQ), export);
        List<TreeHead> heads = new ArrayList<>();
        for (SiteId site : List.of(LAB, CENTRE)) {
            heads.add(LogDocuments.head(scenario.home(site).resolve(SeenLog.HEAD), trust));
            assertThat(scenario.home(site).resolve(SeenLog.CONTRADICTION)).doesNotExist();
        }

        LogProof proof = LogProof.read(export, trust, heads, List.copyOf(documents.values()));
        assertThat(documents).hasSizeGreaterThan(2 + Sample.ALL.size() + 4);
        assertThat(documents)
                .allSatisfy((what, digest) -> assertThat(proof.place(digest)).isNotNull());
        assertThat(heads).allSatisfy(head -> assertThat(proof.fault(head)).isNull());

        try (PostgresServer server = PostgresServer.start(scenario.home(HQ).resolve("postgres"), 0);
                Connection connection =
                        DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("DELETE FROM log_entry WHERE leaf_index = 1"))
                    .isEqualTo(1);
        }
        Path cut = folder.resolve("cut");
        LogExport.write(scenario.home(HQ), cut);
        assertThatThrownBy(() -> LogProof.read(cut, trust, List.of(), List.of()))
                .hasMessageContaining("expected the leaf 1, its entry and its digests, found '2 ");
    }

    /** Last: it is not undone. */
    @Test
    @Order(8)
    void findsRowsThatAreGoneAtHeadquarters() throws Exception {
        try (PostgresServer server = PostgresServer.start(scenario.home(HQ).resolve("postgres"), 0);
                Connection connection =
                        DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            assertThat(server.port()).isPositive();
            assertThat(statement.executeUpdate("DELETE FROM message WHERE message_id = '" + MESSAGE + "'"))
                    .isEqualTo(1);
            assertThat(statement.executeUpdate("DELETE FROM delivery_ended WHERE receiver_client_id = 'NY-RC'"))
                    .isEqualTo(2);
        }

        assertThat(audit(List.of(HQ, LAB)).findings())
                .anySatisfy(finding -> assertThat(finding.text()).contains("found its row gone"))
                .anySatisfy(finding ->
                        assertThat(finding.text()).contains("expected one delivery for each of [CA-RC, NY-RC, SF-RC]"))
                .contains(new Finding(
                        HQ,
                        MESSAGE + " for CA-RC",
                        "expected its row, since FL-LAB has it as sent, found none"
                                + ". While a receipt is lacking its laboratory sends it again once both run, or: saddlebag resend"
                                + " --home HOME "
                                + MESSAGE));
    }

    private AuditReport audit(List<SiteId> sites) throws Exception {
        return NetworkAudit.of(
                        sites.stream().map(site -> scenario.home(site).folder()).toList(), false)
                .run();
    }

    private void assertFound(SiteId site, String subject, String text) throws Exception {
        assertThat(audit(List.of(site)).findings())
                .anySatisfy(finding -> assertThat(finding).satisfies(found -> {
                    assertThat(found.site()).isEqualTo(site);
                    assertThat(found.subject()).contains(subject);
                    assertThat(found.text()).contains(text);
                }));
    }

    @FunctionalInterface
    private interface Check {
        void run() throws Exception;
    }

    private static void whileGone(Path file, Check check) throws Exception {
        byte[] before = Files.readAllBytes(file);
        Files.delete(file);
        check.run();
        Files.write(file, before);
    }

    /** One byte near the end is another. */
    private static void whileAltered(Path file, Check check) throws Exception {
        byte[] before = Files.readAllBytes(file);
        byte[] altered = before.clone();
        altered[altered.length - 3] ^= 1;
        Files.write(file, altered);
        check.run();
        Files.write(file, before);
    }

    private static void whileSwapped(Path file, String from, String to, Check check) throws Exception {
        String before = Files.readString(file);
        assertThat(before).contains(from);
        Files.writeString(file, before.replace(from, to));
        check.run();
        Files.writeString(file, before);
    }

    private static void whileThere(Path file, Check check) throws Exception {
        boolean newFolder = !Files.exists(file.getParent());
        Files.createDirectories(file.getParent());
        Files.writeString(file, "put there by hand");
        check.run();
        Files.delete(file);
        if (newFolder) {
            FileTree.delete(file.getParent());
        }
    }

    private void whileSaid(SiteId site, String sql, Check check) throws Exception {
        Path journal = onlyEnding(scenario.home(site).journal(), ".db");
        byte[] before = Files.readAllBytes(journal);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + journal);
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isPositive();
        }
        check.run();
        Files.write(journal, before);
    }

    private static Path only(Path folder, String name) throws Exception {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Path onlyEnding(Path folder, String ending) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = new ArrayList<>(
                    files.filter(file -> file.toString().endsWith(ending)).toList());
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }
}
