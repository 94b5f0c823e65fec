package io.saddlebag.hq.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseAddressTest {
    private static final Path BINARIES = Path.of("target", "postgres-binaries");

    @TempDir
    private Path folder;

    @Test
    void aReaderFindsThePrimaryAmongSeveralServersAndWritesNothing() throws Exception {
        try (PostgresServer server = PostgresServer.start(folder.resolve("postgres"), BINARIES, 0)) {
            String own = "127.0.0.1:" + server.port();
            for (String hosts : List.of(own, own + ",127.0.0.1:1", "127.0.0.1:1," + own)) {
                DatabaseAddress address = new DatabaseAddress(
                        "jdbc:postgresql://" + hosts + "/" + PostgresServer.DATABASE, server.user(), server.password());
                try (HikariDataSource pool = address.readerPool(1)) {
                    refusesToWrite(pool);
                }
            }
        }
    }

    private static void refusesToWrite(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("CREATE TABLE x (y int)"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("read-only");
            connection.rollback();
            connection.setReadOnly(false);
            assertThatThrownBy(() -> statement.execute("CREATE TABLE x (y int)"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("read-only");
            connection.rollback();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db/saddlebag, postgresql://db/saddlebag",
        "jdbc:postgresql://db:5433/saddlebag?sslmode=verify-full&password=x&loginTimeout=3,"
                + " postgresql://db:5433/saddlebag?sslmode=verify-full",
        "'jdbc:postgresql://a,b/saddlebag', 'postgresql://a,b/saddlebag?target_session_attrs=read-write'",
        "'jdbc:postgresql://a,b/saddlebag?targetServerType=primary&sslmode=require',"
                + " 'postgresql://a,b/saddlebag?sslmode=require&target_session_attrs=read-write'"
    })
    void psqlUnderstandsItsUrl(String jdbcUrl, String psqlUrl) {
        assertThat(new DatabaseAddress(jdbcUrl, "saddlebag", "x").psqlUrl()).isEqualTo(psqlUrl);
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db/saddlebag?sslmode=require, jdbc:postgresql://db/saddlebag?sslmode=require",
        "jdbc:postgresql://db/s?user=a&password=secret&sslmode=require,"
                + " jdbc:postgresql://db/s?user=a&password=...&sslmode=require",
        "'jdbc:postgresql://a,b/s?sslPassword=secret', 'jdbc:postgresql://a,b/s?sslPassword=...'"
    })
    void itsTextHasNoPassword(String jdbcUrl, String text) {
        assertThat(new DatabaseAddress(jdbcUrl, "saddlebag", "secret")).hasToString(text);
    }
}
