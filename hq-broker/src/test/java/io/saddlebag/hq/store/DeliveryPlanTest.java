package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.hq.store.sql.SettlementRows;
import io.saddlebag.hq.store.sql.UnacknowledgedRows;
import io.saddlebag.hq.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deliveries are found by the index that is meant for it, whatever the statistics said when a plan was made and kept. */
class DeliveryPlanTest {
    private static final int WAITING = 20_000;

    private TestDatabase database;
    private Connection connection;
    private Statement statement;

    @BeforeEach
    void open() throws SQLException {
        database = TestDatabase.create();
        connection = database.dataSource().getConnection();
        statement = connection.createStatement();
        statement.execute(
                "INSERT INTO message SELECT n, 1, 'FL-LAB_DAT_20251008_' || n, 'FL-LAB', 'labs', now(), now(),"
                        + " NULL, 77, '\\x00', '\\x00', '\\x0102030405' FROM generate_series(1, " + WAITING + ") n");
    }

    @AfterEach
    void close() throws SQLException {
        statement.close();
        connection.close();
        database.close();
    }

    @Test
    void ofATableThatNobodyHasAnalyzed() throws SQLException {
        assertThatEachIsLookedUp();
        deliver();
        assertThatEachIsLookedUp();
    }

    @Test
    void ofATableThatWasVacuumedWhenItWasEmpty() throws SQLException {
        deliver();
        statement.execute("DELETE FROM delivery_held");
        statement.execute("VACUUM ANALYZE delivery_held");
        assertThatEachIsLookedUp();
        deliver();
        assertThatEachIsLookedUp();
    }

    @Test
    void ofATableThatWasVacuumedWhenNextToNothingWaitedAtItsEnd() throws SQLException {
        deliver();
        statement.execute("DELETE FROM delivery_held WHERE message_number < " + WAITING);
        statement.execute("VACUUM ANALYZE delivery_held");
        assertThatEachIsLookedUp();
    }

    @Test
    void aShortQueueIsNotLookedForThroughALongOne() throws SQLException {
        assertThatAPageIsReadByItsQueue();
        deliver();
        assertThatAPageIsReadByItsQueue();
        statement.execute("VACUUM ANALYZE message, delivery_held");
        assertThatAPageIsReadByItsQueue();
        statement.execute("DELETE FROM delivery_held");
        statement.execute("VACUUM ANALYZE delivery_held");
        assertThatAPageIsReadByItsQueue();
    }

    /** Not through those of the other nodes, which have as many on the same queue. */
    @Test
    void aNodesPageIsReadByItsOwnDeliveries() throws SQLException {
        statement.execute("SET enable_sort = off");
        statement.execute("SET enable_incremental_sort = off");
        assertThatAPageIsReadByItsNode();
        deliver();
        statement.execute("UPDATE delivery_held SET node = 1 + message_number % 3");
        assertThatAPageIsReadByItsNode();
        statement.execute("VACUUM ANALYZE message, delivery_held");
        assertThatAPageIsReadByItsNode();
        statement.execute("DELETE FROM delivery_held");
        statement.execute("VACUUM ANALYZE delivery_held");
        assertThatAPageIsReadByItsNode();
    }

    private void assertThatAPageIsReadByItsNode() throws SQLException {
        assertThat(plan(PostgresMessageStore.page(new Home(2, last -> last + 1))))
                .contains("Index Scan using delivery_of_node on delivery_held d")
                .contains("Index Cond: ((ROW(node, queue_name, priority, message_number) > ROW(2, $1, $2, $3))"
                        + " AND (ROW(node, queue_name, priority) <= ROW(2, $4, $5)))")
                .doesNotContain("Sort")
                .doesNotContain("Seq Scan");
    }

    private void deliver() throws SQLException {
        statement.execute("INSERT INTO delivery_held (message_number, queue_name, receiver_client_id, routing_key,"
                + " payload_file, payload_offset, manifest_length, body_length)"
                + " SELECT n, 'ca', 'CA-RC', 'ca', 1, 1, 1, 1 FROM generate_series(1, " + WAITING + ") n");
    }

    private void assertThatEachIsLookedUp() throws SQLException {
        assertThatEachIsLookedUp(SettlementRows.SETTLE);
        assertThatEachIsLookedUp(UnacknowledgedRows.KEEP);
        assertThatEachIsLookedUp(UnacknowledgedRows.END);
    }

    private void assertThatAPageIsReadByItsQueue() throws SQLException {
        assertThat(plan(PostgresMessageStore.PAGE))
                .contains("Index Scan using delivery_waiting on delivery_held d")
                .contains("Index Cond: ((queue_name = $1) AND (ROW(priority, message_number) > ROW($2, $3))"
                        + " AND (priority <= $4))")
                .doesNotContain("Sort")
                .doesNotContain("Seq Scan");
    }

    private void assertThatEachIsLookedUp(String sql) throws SQLException {
        assertThat(plan(sql))
                .contains("Index Scan using delivery_held_pkey on delivery_held")
                .contains("Index Cond: ((message_number = s.number) AND (queue_name = s.queue))")
                .contains("Tid Scan on delivery_held")
                .doesNotContain("delivery_waiting")
                .doesNotContain("Seq Scan")
                .doesNotContain("Join Filter");
    }

    /** A plan of the kind that is kept, which knows no values. */
    private String plan(String sql) throws SQLException {
        AtomicInteger number = new AtomicInteger();
        String numbered = Pattern.compile("\\?").matcher(sql).replaceAll(parameter -> "\\$" + number.incrementAndGet());
        String values = String.join(", ", Collections.nCopies(number.get(), "NULL"));
        statement.execute("SET plan_cache_mode = force_generic_plan");
        statement.execute("PREPARE planned AS " + numbered);
        StringBuilder plan = new StringBuilder();
        try (ResultSet row = statement.executeQuery("EXPLAIN EXECUTE planned(" + values + ")")) {
            while (row.next()) {
                plan.append(row.getString(1)).append('\n');
            }
        }
        statement.execute("DEALLOCATE planned");
        return plan.toString();
    }
}
