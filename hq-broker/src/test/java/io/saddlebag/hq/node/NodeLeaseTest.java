package io.saddlebag.hq.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.hq.postgres.DatabaseAddress;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.SessionLock;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.message.Sha256;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeLeaseTest {
    private static final TestDatabase DATABASE = TestDatabase.create();

    private final DatabaseAddress address =
            new DatabaseAddress(DATABASE.jdbcUrl(), DATABASE.user(), DATABASE.password());
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final AtomicReference<SQLException> unreachable = new AtomicReference<>();
    private final AtomicLong ahead = new AtomicLong();

    private final NodeLease.Listener listener = new HeardOfLease(heard);

    @AfterEach
    void leaveNoNode() {
        DATABASE.execute("TRUNCATE hq_node");
    }

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    private Connection connect() throws SQLException {
        if (unreachable.get() != null) {
            throw unreachable.get();
        }
        return address.connect();
    }

    private NodeLease open() throws PostgresException {
        return NodeLease.open(this::connect, listener, () -> System.nanoTime() + ahead.get());
    }

    private static Node.Facts facts(String name) {
        return new Node.Facts(name, "hq-1.example.org:7000", "1.1.0");
    }

    private static void cut() {
        DATABASE.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND application_name = 'saddlebag-hq-lock'");
    }

    private static long live() {
        return DATABASE.number("SELECT count(*) FROM hq_node WHERE ended_time IS NULL");
    }

    @Test
    void holdsFromTheFirstBeatUntilItEndsAndSaysSo() throws PostgresException {
        try (NodeLease lease = open()) {
            assertThat(lease.isHeld()).isFalse();
            Node node = lease.join(facts("n1"));

            assertThat(node.slot()).isEqualTo(1);
            assertThat(lease.term()).isEqualTo(1);
            assertThat(live()).isEqualTo(1);
            long micros = DATABASE.number("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
            assertThat(lease.micros()).isBetween(micros - 5_000_000, micros + 5_000_000);
        }
        assertThat(live()).isZero();
        assertThat(heard).isEmpty();
    }

    @Test
    void severalAreAtWorkEachWithASlotOfItsOwn() throws PostgresException {
        try (NodeLease one = open();
                NodeLease other = open()) {
            assertThat(one.join(facts("n1")).slot()).isEqualTo(1);
            assertThat(other.join(facts("n2")).slot()).isEqualTo(2);
        }
    }

    @Test
    void isOverWhenNoBeatGotThroughAndSoTheTermChanges() throws PostgresException {
        try (NodeLease lease = open()) {
            lease.join(facts("n1"));
            ahead.set(TimeUnit.SECONDS.toNanos(8));
            assertThat(lease.isHeld()).isFalse();
            assertThat(lease.isOverdue()).isTrue();

            await().until(() -> lease.term() == 2);
            assertThat(lease.isOverdue()).isFalse();
        }
    }

    @Test
    void pausesWhileItsSessionIsLostAndTakesUpItsOwnRowAgain() throws PostgresException {
        try (NodeLease lease = open()) {
            lease.join(facts("n1"));
            unreachable.set(new SQLException("no route", "08001"));
            cut();
            await().until(() -> !lease.isHeld());
            assertThat(lease.isOverdue()).isFalse();
            unreachable.set(null);

            await().until(() -> lease.term() == 2);
            assertThat(heard).containsExactly("lost", "held again");
            assertThat(live()).isEqualTo(1);
        }
    }

    @Test
    void neverHoldsAgainOnceOthersHaveEndedIt() throws PostgresException {
        try (NodeLease lease = open()) {
            Node node = lease.join(facts("n1"));
            DATABASE.execute("UPDATE hq_node SET ended_time = now() WHERE node_id = " + node.id());

            await().until(() -> !heard.isEmpty());
            assertThat(lease.isHeld()).isFalse();
            assertThat(heard)
                    .singleElement()
                    .asString()
                    .contains("node n1 (" + node.id() + ") was ended by another node");
        }
    }

    @Test
    void aStartEndsTheFormerOneOfItsNameThatHasNoProcess() throws Exception {
        DATABASE.execute("INSERT INTO hq_node (name, slot, address, version, started_time, beat_time)"
                + " VALUES ('n1', 1, 'x:1', '1', now(), now())");
        try (NodeLease lease = open()) {
            Node node = lease.join(facts("n1"));

            assertThat(node.slot()).isEqualTo(1);
            assertThat(live()).isEqualTo(1);
            assertThat(DATABASE.number("SELECT count(*) FROM hq_node WHERE ended_time IS NOT NULL"))
                    .isEqualTo(1);
        }
    }

    @Test
    void tellsTheOthersByWhichTopologyItWorks() throws PostgresException {
        try (NodeLease lease = open()) {
            lease.worksBy(Sha256.of("topology".getBytes(StandardCharsets.UTF_8)));
            lease.join(facts("n1"));

            assertThat(DATABASE.number("SELECT length(topology_sha256) FROM hq_node"))
                    .isEqualTo(32);
        }
    }

    @Test
    void excludesASingleHeadquarters() throws Exception {
        try (NodeLease lease = open();
                Connection single = DATABASE.dataSource().getConnection()) {
            String take = "SELECT pg_try_advisory_xact_lock(" + SessionLock.KEY + ")";
            assertThat(NodeRows.text(single, take)).isEqualTo("f");
            lease.close();
            await().until(() -> "t".equals(NodeRows.text(single, take)));
        }
    }

    @Test
    void theEndOfANodeWaitsForItsCommitAndTheNextOneFails() throws Exception {
        try (NodeLease lease = open();
                Connection committing = DATABASE.dataSource().getConnection();
                Connection ending = DATABASE.dataSource().getConnection();
                Statement statement = committing.createStatement()) {
            Node node = lease.join(facts("n1"));
            committing.setAutoCommit(false);
            statement.execute("SELECT hq_fence(" + node.id() + ")");
            Thread reaper = new Thread(() -> {
                try {
                    NodeRows.end(ending, node.id(), "n1");
                } catch (SQLException e) {
                    heard.add(e.getMessage());
                }
            });
            reaper.start();
            await().until(() -> DATABASE.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                            + " AND datname = current_database()")
                    == 1);
            assertThat(live()).isEqualTo(1);
            committing.commit();
            reaper.join();

            assertThat(live()).isZero();
            assertThatThrownBy(() -> statement.execute("SELECT hq_fence(" + node.id() + ")"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("SB001"));
            committing.rollback();
        }
    }

    @Test
    void aSessionThatHangsInACommitIsCut() throws Exception {
        try (NodeLease lease = open();
                Connection hanging = DATABASE.dataSource().getConnection();
                Connection ending = DATABASE.dataSource().getConnection();
                Statement statement = hanging.createStatement()) {
            Node node = lease.join(facts("n1"));
            hanging.setAutoCommit(false);
            statement.execute("SET application_name = '" + NodeRows.sessions("n1") + "'");
            statement.execute("SELECT hq_fence(" + node.id() + ")");

            assertThat(NodeRows.end(ending, node.id(), "n1")).isTrue();
            assertThatThrownBy(hanging::commit).isInstanceOf(SQLException.class);
        }
    }
}
