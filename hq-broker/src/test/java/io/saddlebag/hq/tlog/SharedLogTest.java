package io.saddlebag.hq.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.Samples;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.LogStore;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.hq.testing.StepFixture;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.TreeHead;
import io.saddlebag.message.TreeHead.LogHead;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.TestNetwork;
import io.saddlebag.tlog.Consistency;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one log that two nodes append to. */
class SharedLogTest {
    @TempDir
    static Path folder;

    private static SiteIdentity identity;

    private final TestDatabase database = TestDatabase.create();
    private final PostgresMessageStore messages = new PostgresMessageStore(database.dataSource());
    private final StepFixture lab = new StepFixture("FL-LAB");
    private LogSteps first;
    private LogSteps second;
    private int published;

    @BeforeAll
    static void issue() {
        identity = TestNetwork.create(folder).identity(TestNetwork.HQ);
    }

    @BeforeEach
    void open() {
        for (int slot = 1; slot <= 2; slot++) {
            database.execute("INSERT INTO hq_node (name, slot, address, version, started_time, beat_time)"
                    + " VALUES ('n" + slot + "', " + slot + ", 'hq:1', '1', now(), now())");
        }
        first = steps(1);
        second = steps(2);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private LogSteps steps(long node) {
        return new LogSteps(
                new LogStore(database.dataSource(), () -> node),
                identity,
                Map.of(),
                () -> 1,
                Clock.fixed(Samples.NOW, ZoneOffset.UTC));
    }

    private void publish() throws StoreException {
        published++;
        messages.publish(
                List.of(new StoredPublication(
                        published, Samples.publication(published, "CA-RC"), new PayloadRef(1, published, 1, 1))),
                0);
    }

    private void follow(LogSteps steps) {
        steps.followLog(lab.exchange(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.ID, "l")
                .header(Headers.DESTINATION, "/log/FL-LAB")
                .build()));
    }

    /** The heads that a follower heard, each signed. */
    private List<LogHead> heard() {
        List<LogHead> heads = new ArrayList<>();
        for (StompFrame frame : lab.connection.frames) {
            if (frame.header(Headers.LOG_PROOF) == null) {
                byte[] payload = new EnvelopeVerifier(identity.trust())
                        .verify(frame.body(), TreeHead.TYPE)
                        .payload();
                heads.add(Json.read(payload, TreeHead.class).log());
            }
        }
        return heads;
    }

    @Test
    void growsByTurnsAndEveryFollowerHearsTheHeadsOfBoth() throws Exception {
        follow(second);
        for (int round = 0; round < 5; round++) {
            publish();
            (round % 2 == 0 ? first : second).appendLog(null);
            publish();
            (round % 2 == 0 ? first : second).appendLog(null);
            second.appendLog(null);
        }

        List<LogHead> heads = heard();
        assertThat(heads).hasSizeGreaterThanOrEqualTo(5);
        assertThat(heads.get(heads.size() - 1).size()).isEqualTo(10);
        LogStore store = new LogStore(database.dataSource());
        for (int i = 1; i < heads.size(); i++) {
            LogHead from = heads.get(i - 1);
            LogHead to = heads.get(i);
            assertThat(Consistency.holds(
                            from.size(),
                            from.root(),
                            to.size(),
                            to.root(),
                            store.read(log -> Consistency.proof(from.size(), to.size(), log::hash))))
                    .isTrue();
        }
    }

    @Test
    void provesAHeadThatTheSiteHasFromAnotherNode() throws Exception {
        publish();
        first.appendLog(null);
        second.appendLog(null);
        publish();
        first.appendLog(null);
        follow(second);

        second.askLog(lab.exchange(StompFrame.of(StompCommand.SEND)
                .body(Json.write(new long[] {1, 2}))
                .build()));

        assertThat(lab.connection.frames)
                .extracting(frame -> frame.header(Headers.LOG_PROOF))
                .contains("1/2");
    }

    @Test
    void oneNodeWaitsForItsTurnWhileTheOtherAppends() throws Exception {
        publish();
        try (Connection other = database.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT pg_advisory_xact_lock(6013815)");
            first.appendLog(null);
            assertThat(database.number("SELECT count(*) FROM log_entry")).isZero();
            other.rollback();
            other.setAutoCommit(true);
        }
        first.appendLog(null);
        assertThat(database.number("SELECT count(*) FROM log_entry")).isEqualTo(1);
    }

    @Test
    void aNodeThatHasEndedAppendsNothing() throws Exception {
        publish();
        first.appendLog(null);
        publish();
        database.execute("UPDATE hq_node SET ended_time = now() WHERE node_id = 1");

        assertThatThrownBy(() -> first.appendLog(null))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("node 1 of headquarters has ended");
        assertThat(database.number("SELECT count(*) FROM log_entry")).isEqualTo(1);
        second.appendLog(null);
        assertThat(database.number("SELECT count(*) FROM log_entry")).isEqualTo(2);
    }

    @Test
    void aLogThatWasSetBackIsDamaged() throws Exception {
        publish();
        first.appendLog(null);
        database.execute("CREATE TABLE entries AS SELECT * FROM log_entry");
        database.execute("CREATE TABLE heads AS SELECT * FROM log_head");
        publish();
        first.appendLog(null);
        second.appendLog(null);
        database.execute("TRUNCATE log_entry; INSERT INTO log_entry SELECT * FROM entries");
        database.execute("UPDATE log_head SET head = (SELECT head FROM heads)");
        publish();

        try (LoggedLines log = LoggedLines.of(LogSteps.class)) {
            second.appendLog(null);
            second.appendLog(null);
            assertThat(log.at(Level.ERROR))
                    .singleElement()
                    .asString()
                    .startsWith("the proof log is damaged and grows no more: expected a log that continues 2 leaves");
        }
        assertThat(database.number("SELECT count(*) FROM log_entry")).isEqualTo(1);
    }

    @Test
    void aLogThatAnotherRewroteIsDamaged() throws Exception {
        publish();
        first.appendLog(null);
        second.appendLog(null);
        database.execute("TRUNCATE log_entry, log_head");
        database.execute("INSERT INTO log_pending (kind, body) VALUES ('manifests', '\\x"
                + Sha256.of(new byte[1]).hex() + "'), ('entry', '{}')");
        steps(1).appendLog(null);
        publish();

        try (LoggedLines log = LoggedLines.of(LogSteps.class)) {
            second.appendLog(null);
            assertThat(log.at(Level.ERROR)).hasSize(1);
        }
        assertThat(database.number("SELECT count(*) FROM log_pending")).isEqualTo(1);
    }
}
