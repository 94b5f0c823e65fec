package io.saddlebag.hq.postgres;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Where headquarters' database is.
 *
 * @param jdbcUrl {@code jdbc:postgresql://...}
 * @param user null when the URL names it
 * @param password null when there is none; never to be logged
 */
public record DatabaseAddress(String jdbcUrl, String user, String password) {
    /** The embedded server's. */
    public static DatabaseAddress of(PostgresServer server) {
        return new DatabaseAddress(server.jdbcUrl(), server.user(), server.password());
    }

    /** See {@link PostgresConnections#open}. */
    public HikariDataSource pool(int size) {
        return PostgresConnections.open(jdbcUrl, user, password, size);
    }

    /** See {@link PostgresConnections#openPatient}. */
    public HikariDataSource patientPool(int size) {
        return PostgresConnections.openPatient(jdbcUrl, user, password, size);
    }

    /** One connection outside of any pool, to be held. */
    public Connection connect() throws SQLException {
        return PostgresConnections.openOne(jdbcUrl, user, password);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return jdbcUrl;
    }
}
