package io.saddlebag.hq.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.Samples;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.DeadLetters;
import io.saddlebag.hq.store.sql.LogStore;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.TreeHead;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.TestNetwork;
import io.saddlebag.tlog.LogEntry;
import io.saddlebag.tlog.MerkleTree;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log over a real PostgreSQL, with the commits that feed it. */
class LogStepsTest {
    private static final int COPIED = 60;

    @TempDir
    static Path folder;

    private static SiteIdentity identity;

    private final TestDatabase database = TestDatabase.create();
    private final PostgresMessageStore messages = new PostgresMessageStore(database.dataSource());
    private final LogStore store = new LogStore(database.dataSource());
    private Path topology;
    private volatile long term = 1;
    private LogSteps steps;

    @BeforeAll
    static void issue() {
        identity = TestNetwork.create(folder).identity(TestNetwork.HQ);
    }

    @BeforeEach
    void open(@TempDir Path home) throws Exception {
        topology = Files.writeString(home.resolve("topology.yaml"), "exchanges: [labs]");
        start();
    }

    @AfterEach
    void close() {
        database.close();
    }

    /** As after a kill: all that a writer knows is in the database. */
    private void start() {
        steps = new LogSteps(
                store, identity, Map.of("topology", topology), () -> term, Clock.fixed(Samples.NOW, ZoneOffset.UTC));
    }

    private record Row(LogEntry entry, byte[] bytes, List<Sha256> digests) {}

    private List<Row> rows() throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement select = connection.createStatement();
                ResultSet row = select.executeQuery("SELECT entry, digests FROM log_entry ORDER BY leaf_index")) {
            while (row.next()) {
                byte[] digests = row.getBytes(2);
                rows.add(new Row(
                        Json.read(row.getBytes(1), LogEntry.class),
                        row.getBytes(1),
                        IntStream.range(0, digests.length / MerkleTree.HASH)
                                .mapToObj(i -> Sha256.ofDigest(Arrays.copyOfRange(digests, 32 * i, 32 * i + 32)))
                                .toList()));
            }
        }
        return rows;
    }

    private List<Row> commits() throws SQLException {
        return rows().stream()
                .filter(row -> row.entry().type().equals(LogEntry.COMMITS))
                .toList();
    }

    /** The signed head is over the leaves that are there. */
    private TreeHead head() throws StoreException, SQLException {
        TreeHead head = Json.read(
                new EnvelopeVerifier(identity.trust())
                        .verify(store.state().head(), TreeHead.TYPE)
                        .payload(),
                TreeHead.class);
        MerkleTree tree = new MerkleTree();
        rows().forEach(row -> tree.add(row.bytes()));
        assertThat(head.size()).isEqualTo(tree.size());
        assertThat(head.root()).isEqualTo(tree.root());
        return head;
    }

    private List<Sha256> publish(int from, int to) throws StoreException {
        List<StoredPublication> group = IntStream.rangeClosed(from, to)
                .mapToObj(number -> new StoredPublication(
                        number, Samples.publication(number, "CA-RC"), new PayloadRef(1, number, 1, 1)))
                .toList();
        messages.publish(group, 0);
        return group.stream().map(each -> each.publication().manifestSha256()).toList();
    }

    private static List<Sha256> all(List<Sha256> first, List<Sha256> second) {
        List<Sha256> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    @Test
    void makesOneLeafOfAllThatWasCommitted() throws Exception {
        List<Sha256> manifests = all(publish(1, 2), publish(3, 3 + COPIED));
        messages.settle(List.of(Samples.acknowledged(2, "CA-RC"), Samples.acknowledged(1, "CA-RC")));

        steps.appendLog(null);

        Row commits = commits().get(0);
        assertThat(commits()).hasSize(1);
        assertThat(commits.entry().manifests()).isEqualTo(manifests.size());
        assertThat(commits.entry().receipts()).isEqualTo(2);
        assertThat(commits.digests())
                .as("manifests in the order of their numbers, then receipts")
                .containsExactlyElementsOf(
                        all(manifests, List.of(Sha256.of(new byte[] {2}), Sha256.of(new byte[] {1}))));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        commits.digests().forEach(each -> bytes.writeBytes(each.bytes()));
        assertThat(commits.entry().root()).isEqualTo(MerkleTree.rootOf(bytes.toByteArray()));
        assertThat(head().timestamp()).isEqualTo(Samples.NOW);
        assertThat(head().siteId()).isEqualTo(TestNetwork.HQ);
    }

    @Test
    void logsWhatAKillLeftBetweenCommitAndAppendOnce() throws Exception {
        List<Sha256> first = publish(1, COPIED);
        steps.appendLog(null);
        List<Sha256> second = publish(COPIED + 1, COPIED + 5);

        start();
        steps.appendLog(null);
        start();
        steps.appendLog(null);

        assertThat(commits()).extracting(Row::digests).containsExactly(first, second);
        head();
    }

    @Test
    void losesNothingWhenItsOwnCommitFails() throws Exception {
        List<Sha256> manifests = publish(1, 3);
        database.execute("ALTER TABLE log_head RENAME TO away");
        assertThatThrownBy(() -> steps.appendLog(null)).isInstanceOf(StoreException.class);
        database.execute("ALTER TABLE away RENAME TO log_head");

        steps.appendLog(null);

        assertThat(commits()).extracting(Row::digests).containsExactly(manifests);
        head();
    }

    @Test
    void logsNeitherARepeatNorWhatWasRefused() throws Exception {
        List<Sha256> first = publish(1, COPIED);
        messages.publish(
                List.of(
                        new StoredPublication(COPIED + 1, Samples.publication(1, "CA-RC"), new PayloadRef(1, 0, 1, 1)),
                        new StoredPublication(
                                COPIED + 2,
                                Samples.publication(Samples.id(2), new byte[] {9}, Samples.body(2), "CA-RC"),
                                new PayloadRef(1, 0, 1, 1))),
                0);
        List<StoredPublication> mixed = new ArrayList<>();
        for (int number = 1; number <= COPIED + 1; number++) {
            mixed.add(new StoredPublication(
                    200 + number, Samples.publication(number, "CA-RC"), new PayloadRef(1, 0, 1, 1)));
        }
        messages.publish(mixed, 0);

        steps.appendLog(null);

        assertThat(commits())
                .extracting(Row::digests)
                .containsExactly(all(
                        first, List.of(Samples.publication(COPIED + 1, "CA-RC").manifestSha256())));
    }

    @Test
    void signsNoHeadWhenNothingCameAndNoneWithoutTheDatabaseToItself() throws Exception {
        steps.appendLog(null);
        byte[] head = store.state().head();
        steps.appendLog(null);
        assertThat(store.state().head()).isEqualTo(head);

        publish(1, 1);
        term = 0;
        steps.appendLog(null);
        assertThat(store.state().head()).isEqualTo(head);
        term = 2;
        steps.appendLog(null);
        assertThat(commits()).hasSize(1);
    }

    @Test
    void logsEachChangeOfAnOperatorsFileAndEachStart() throws Exception {
        steps.appendLog(null);
        Sha256 before = Sha256.of(Files.readAllBytes(topology));
        Files.writeString(topology, "exchanges: [labs, other]");
        steps.appendLog(null);
        steps.appendLog(null);
        Files.delete(topology);
        steps.appendLog(null);
        start();
        steps.appendLog(null);

        assertThat(rows())
                .extracting(row -> row.entry().sha256())
                .containsExactly(before, Sha256.of("exchanges: [labs, other]".getBytes("UTF-8")), null, null);
        assertThat(rows()).extracting(row -> row.entry().name()).containsOnly("topology");
        head();
    }

    @Test
    void logsWhatAnOperatorDoesWithDeadLetters() throws Exception {
        publish(1, 2);
        messages.settle(List.of(Samples.deadLettered(1, "CA-RC"), Samples.deadLettered(2, "CA-RC")));
        DeadLetters letters = new DeadLetters(database.dataSource(), "o'hara");
        letters.requeue(new DeadLetters.Choice(null, List.of(Samples.id(1).value())));
        letters.discard(new DeadLetters.Choice(null, List.of(Samples.id(2).value())), "a test");
        letters.discard(new DeadLetters.Choice("ny_rc_queue", List.of()), "a test");

        steps.appendLog(null);

        assertThat(rows().stream()
                        .filter(row -> row.entry().type().equals("operator"))
                        .map(row -> Json.read(row.bytes(), Map.class))
                        .map(row -> row.get("action") + " " + row.get("message_id") + " " + row.get("queue_name") + " "
                                + row.get("sender_id") + " " + row.get("by")))
                .containsExactly(
                        "requeue FL-LAB_DAT_20251008_001 ca_rc_queue FL-LAB o'hara",
                        "discard FL-LAB_DAT_20251008_002 ca_rc_queue FL-LAB o'hara");
        assertThat(head().size()).isEqualTo(4);
    }

    @Test
    void namesADamagedLogAndLetsItGrowNoMore() throws Exception {
        for (int number = 1; number <= 3; number++) {
            publish(number, number);
            steps.appendLog(null);
        }
        publish(4, 4);
        for (String damage : List.of(
                "DELETE FROM log_entry WHERE leaf_index = 3",
                "UPDATE log_entry SET hashes = decode(repeat('00', 96), 'hex') WHERE leaf_index = 3",
                "DELETE FROM log_head")) {
            database.execute("CREATE TABLE saved AS SELECT * FROM log_entry");
            database.execute("CREATE TABLE kept AS SELECT * FROM log_head");
            database.execute(damage);
            start();
            try (LoggedLines log = LoggedLines.of(LogSteps.class)) {
                steps.appendLog(null);
                steps.appendLog(null);
                assertThat(log.at(Level.ERROR))
                        .singleElement()
                        .asString()
                        .startsWith("the proof log is damaged and grows no more: expected ");
            }
            assertThat(database.number("SELECT count(*) FROM log_pending WHERE kind = 'manifests'"))
                    .as("what was committed waits")
                    .isEqualTo(1);
            database.execute("TRUNCATE log_entry");
            database.execute("INSERT INTO log_entry SELECT * FROM saved");
            database.execute("DELETE FROM log_head");
            database.execute("INSERT INTO log_head SELECT * FROM kept");
            database.execute("DROP TABLE saved, kept");
        }

        start();
        steps.appendLog(null);
        assertThat(commits()).hasSize(4);
        head();
    }

    @Test
    void namesALeafThatIsGoneFromTheMiddle() throws Exception {
        for (int number = 1; number <= 3; number++) {
            publish(number, number);
            steps.appendLog(null);
        }
        publish(4, 4);
        steps.appendLog(null);
        publish(5, 5);
        database.execute("DELETE FROM log_entry WHERE leaf_index = 3");
        start();

        try (LoggedLines log = LoggedLines.of(LogSteps.class)) {
            steps.appendLog(null);
            assertThat(log.at(Level.ERROR)).singleElement().asString().endsWith("found leaf 3 damaged or gone");
        }
        assertThat(database.number("SELECT count(*) FROM log_entry")).isEqualTo(4);
    }
}
