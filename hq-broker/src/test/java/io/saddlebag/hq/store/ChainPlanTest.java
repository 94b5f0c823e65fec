package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.store.sql.ChainStore;
import io.saddlebag.hq.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sender's own manifests are found by its index, however many messages the sender has. */
class ChainPlanTest {
    private static final int MESSAGES = 50_000;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofASenderWithALongHistory(boolean analyzed) throws SQLException {
        try (TestDatabase database = TestDatabase.create();
                Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO message SELECT n, 1, 'FL-LAB_DAT_20251008_' || n, 'FL-LAB', 'labs', now(),"
                    + " now(), NULL, 77, '\\x00', '\\x00', decode(repeat('00', 1000), 'hex')"
                    + " FROM generate_series(1, " + MESSAGES + ") n");
            if (analyzed) {
                statement.execute("ANALYZE message");
            }
            assertFoundByIndex(connection, ChainStore.MANIFESTS);
            assertFoundByIndex(connection, ChainStore.LAST);
        }
    }

    @Test
    void messagesSinceASaveAreFoundByTheirNumber() throws SQLException {
        try (TestDatabase database = TestDatabase.create();
                Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET enable_seqscan = off");
            assertThat(plan(connection.prepareStatement("EXPLAIN " + ChainStore.AFTER.replace("?", "5"))))
                    .contains("Index Cond: (message_number > ");
        }
    }

    private static void assertFoundByIndex(Connection connection, String sql) throws SQLException {
        try (PreparedStatement explain = connection.prepareStatement("EXPLAIN " + sql)) {
            Object[] ids = IntStream.range(0, 161)
                    .mapToObj(each -> "FL-LAB_DAT_20251008_" + (each * 100))
                    .toArray();
            explain.setString(1, "FL-LAB");
            for (int i = 2; i <= explain.getParameterMetaData().getParameterCount(); i++) {
                explain.setArray(i, connection.createArrayOf("text", ids));
            }
            assertThat(plan(explain))
                    .contains("message_once_per_sender")
                    .containsPattern("Index Cond: .*message_id = ANY")
                    .doesNotContain("Seq Scan");
        }
    }

    private static String plan(PreparedStatement explain) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (ResultSet row = explain.executeQuery()) {
            while (row.next()) {
                plan.append(row.getString(1)).append('\n');
            }
        }
        return plan.toString();
    }
}
