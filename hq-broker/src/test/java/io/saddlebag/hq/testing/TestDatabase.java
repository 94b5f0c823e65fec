package io.saddlebag.hq.testing;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.files.FileTree;
import io.saddlebag.hq.postgres.DatabaseAddress;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.StoreSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A database of its own for one test, with this version's tables, on a real PostgreSQL that all tests of the JVM share
 * and that stops with the JVM.
 */
public final class TestDatabase implements AutoCloseable {
    private static final int CONNECTIONS = 4;

    private final PostgresServer server;
    private final String name;
    private final HikariDataSource connections;

    private TestDatabase(PostgresServer server, String name) throws StoreException {
        this.server = server;
        this.name = name;
        this.connections = new DatabaseAddress(jdbcUrl(), user(), password()).pool(CONNECTIONS);
        StoreSchema.migrate(connections);
    }

    public static TestDatabase create() {
        PostgresServer server = Shared.SERVER;
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        try {
            asServer(server, "CREATE DATABASE " + name);
            return new TestDatabase(server, name);
        } catch (StoreException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void asServer(PostgresServer server, String sql) {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A pool on this database. */
    public HikariDataSource dataSource() {
        return connections;
    }

    /** For an application's own pool: {@code jdbc:postgresql://...}, with {@link #user} and {@link #password}. */
    public String jdbcUrl() {
        return server.jdbcUrl().replaceFirst("/saddlebag$", "/" + name);
    }

    public String user() {
        return server.user();
    }

    public String password() {
        return server.password();
    }

    /** The first column of the first row. */
    public long number(String sql) {
        try (Connection connection = connections.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public void execute(String sql) {
        try (Connection connection = connections.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Cuts every connection to this database, as a restart of the server does. */
    public void cutConnections() {
        asServer(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
    }

    /** Lets nobody in until {@link #open}, and cuts who is in: the database is away. */
    public void shut() {
        asServer(server, "ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS false");
        cutConnections();
    }

    public void open() {
        asServer(server, "ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS true");
    }

    @Override
    public void close() {
        connections.close();
    }

    /** Starts with the first test that asks for it. */
    private static final class Shared {
        private static final PostgresServer SERVER = start();

        private static PostgresServer start() {
            try {
                Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "postgres-");
                PostgresServer server = PostgresServer.start(folder, Path.of("target", "postgres-binaries"), 0);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> kill(folder), "kill-postgres"));
                return server;
            } catch (IOException | PostgresException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Nothing in it is wanted any more, and an orderly stop syncs a file for each table of each test's database. */
        private static void kill(Path folder) {
            try {
                String pid = Files.readAllLines(folder.resolve("data/postmaster.pid"))
                        .get(0);
                ProcessHandle.of(Long.parseLong(pid.strip())).ifPresent(server -> {
                    server.destroyForcibly();
                    // In a container nobody may reap it, and then it looks alive for good.
                    server.onExit()
                            .completeOnTimeout(server, 5, TimeUnit.SECONDS)
                            .join();
                });
                FileTree.delete(folder);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
