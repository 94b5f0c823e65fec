package io.saddlebag.hq.store.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.store.sql.OutcomeStore;
import io.saddlebag.hq.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes find the messages of a sender by an index, whatever the number of messages. */
class SharedPlanTest {
    private static final int MESSAGES = 50_000;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofALongHistory(boolean analyzed) throws Exception {
        try (TestDatabase database = TestDatabase.create();
                Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            SharedChainStore.makeIndex(database.dataSource());
            statement.execute("INSERT INTO message SELECT " + SharedChainStore.FIRST
                    + " + n, 1, 'FL-LAB_DAT_20251008_' || n, 'FL-LAB', 'labs', now(), now(), NULL, 77, '\\x00', '\\x00',"
                    + " '\\x00' FROM generate_series(1, " + MESSAGES + ") n");
            statement.execute("INSERT INTO delivery_ended (message_number, queue_name, receiver_client_id, routing_key,"
                    + " acknowledged_time) SELECT message_number, 'ca_rc_queue', 'CA-RC', 'ca_rc', now() FROM message");
            if (analyzed) {
                statement.execute("ANALYZE");
            }
            for (String sql : new String[] {SharedChainStore.UNREAD, SharedChainStore.UNREAD_OF_SLOT}) {
                assertThat(plan(connection, sql))
                        .containsPattern("Index Scan using message_of_sender")
                        .containsPattern("Index Cond: .*sender_id = .*message_number & .*message_number > ")
                        .doesNotContain("Seq Scan");
            }
            assertThat(plan(connection, OutcomeStore.ENDED_OF))
                    .contains(
                            "Index Scan using delivery_ended_pkey",
                            "Index Scan using delivery_held_pkey",
                            "Index Scan using message_pkey")
                    .doesNotContain("Seq Scan");
            assertThat(plan(connection, OutcomeStore.OPEN_ELSEWHERE))
                    .containsPattern("message_once_per_sender")
                    .containsPattern("Index Cond: .*message_id = ANY")
                    .contains("Index Scan using delivery_held_pkey")
                    .doesNotContain("Seq Scan");
        }
    }

    /** As for any values: the pool keeps such plans. */
    private static String plan(Connection connection, String sql) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (PreparedStatement explain = connection.prepareStatement("EXPLAIN " + sql)) {
            int parameters = explain.getParameterMetaData().getParameterCount();
            for (int i = 1; i <= parameters; i++) {
                switch (explain.getParameterMetaData().getParameterTypeName(i)) {
                    case "_text" -> explain.setArray(i, connection.createArrayOf("text", new String[] {"FL-LAB"}));
                    case "_int8" -> explain.setArray(i, connection.createArrayOf("bigint", new Long[] {1L}));
                    case "text" -> explain.setString(i, "FL-LAB");
                    default -> explain.setLong(i, Long.MAX_VALUE);
                }
            }
            try (ResultSet row = explain.executeQuery()) {
                while (row.next()) {
                    plan.append(row.getString(1)).append('\n');
                }
            }
        }
        return plan.toString();
    }
}
