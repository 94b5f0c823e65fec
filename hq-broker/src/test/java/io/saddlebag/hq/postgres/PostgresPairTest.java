package io.saddlebag.hq.postgres;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresPairTest {
    private static final Path BINARIES = Path.of("target", "postgres-binaries");

    @TempDir
    Path folder;

    private PostgresPair pair;

    private String ask(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url, pair.user(), pair.password());
                Statement statement = connection.createStatement()) {
            return statement.execute(sql) ? first(statement) : null;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String first(Statement statement) throws SQLException {
        try (ResultSet rows = statement.getResultSet()) {
            rows.next();
            return rows.getString(1);
        }
    }

    private void readsThePrimaryWhoseUrlHasTheStandbyFirst() throws SQLException {
        DatabaseAddress address =
                new DatabaseAddress(pair.jdbcUrl().replaceFirst("\\?.*", ""), pair.user(), pair.password());
        try (HikariDataSource readers = address.readerPool(1);
                Connection reader = readers.getConnection();
                Connection snapshot = address.connectPatiently()) {
            for (Connection each : List.of(reader, snapshot)) {
                try (Statement statement = each.createStatement()) {
                    statement.execute("SELECT pg_is_in_recovery()");
                    assertThat(first(statement)).isEqualTo("f");
                }
            }
        }
    }

    @Test
    void answersACommitWhenItsStandbyHasItAndKeepsItWhenThePrimaryIsLost() throws Exception {
        try (PostgresPair started = PostgresPair.start(folder, BINARIES)) {
            pair = started;
            ask(pair.jdbcUrl(), "CREATE TABLE kept(answer int)");

            pair.freezeStandby();
            CompletableFuture<Void> commit =
                    CompletableFuture.runAsync(() -> ask(pair.jdbcUrl(), "INSERT INTO kept VALUES (42)"));
            await().until(() -> ask(
                            pair.primaryUrl(),
                            "SELECT count(*) FROM pg_stat_activity"
                                    + " WHERE wait_event = 'SyncRep' AND query LIKE 'INSERT%'")
                    .equals("1"));
            assertThat(commit).isNotDone();
            pair.thawStandby();
            commit.get(60, SECONDS);

            pair.killPrimary();
            pair.promote(false);
            assertThat(ask(pair.jdbcUrl(), "SELECT answer FROM kept")).isEqualTo("42");
            ask(pair.jdbcUrl(), "INSERT INTO kept VALUES (43)");

            pair.rejoin();
            ask(pair.jdbcUrl(), "INSERT INTO kept VALUES (44)");
            await().until(() ->
                    ask(pair.standbyUrl(), "SELECT count(*) FROM kept").equals("3"));
            readsThePrimaryWhoseUrlHasTheStandbyFirst();
        }
    }
}
