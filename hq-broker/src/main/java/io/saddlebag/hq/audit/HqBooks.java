package io.saddlebag.hq.audit;

import io.saddlebag.files.Utf8File;
import io.saddlebag.hq.HqDatabase;
import io.saddlebag.hq.HqSettings;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;

/**
 * A connection to headquarters' database, whoever runs it: an external one, the embedded one of a headquarters at work,
 * or, when nobody runs the home, the embedded one started for as long as this is open. One snapshot; changes nothing.
 */
final class HqBooks implements AutoCloseable {
    private RunningSite claimed;
    private PostgresServer server;
    private Connection connection;

    private HqBooks() {}

    /** @throws IOException when the database cannot be reached; says what to do */
    static HqBooks open(Settings settings) throws IOException {
        HqBooks books = new HqBooks();
        try {
            books.connect(settings);
            return books;
        } catch (SQLException | PostgresException | SiteStartException e) {
            books.close();
            throw new IOException(
                    settings.home().folder() + ": expected headquarters' database, found it out of reach: "
                            + e.getMessage() + ". Try again when headquarters is at work, or stop it: the audit then"
                            + " starts the embedded database itself",
                    e);
        }
    }

    private void connect(Settings settings) throws SQLException, PostgresException, SiteStartException, IOException {
        String url = settings.text(HqSettings.DATABASE_URL);
        Path folder = settings.path(HqSettings.DATABASE_FOLDER);
        if (!url.isEmpty()) {
            connection = DriverManager.getConnection(
                    url,
                    settings.text(HqSettings.DATABASE_USER),
                    Utf8File.readSecret(settings.path(HqSettings.DATABASE_PASSWORD_FILE))
                            .strip());
        } else if (!Files.isDirectory(folder.resolve("data"))) {
            throw new PostgresException("there is no database in " + folder + " yet; start headquarters once");
        } else {
            connection = embedded(folder, settings);
        }
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL TIME ZONE 'UTC'");
        }
    }

    /** When it does not run, nobody runs the home; it is taken meanwhile, so that no headquarters starts in the midst. */
    private Connection embedded(Path folder, Settings settings)
            throws PostgresException, SQLException, SiteStartException {
        try {
            return PostgresServer.connectTo(folder);
        } catch (SQLException e) {
            claimed = RunningSite.claim(settings.home(), Clock.systemUTC());
            HqDatabase.requireFolder(settings);
            server = PostgresServer.start(folder, settings.port(HqSettings.DATABASE_PORT));
            return PostgresServer.connectTo(folder);
        }
    }

    Connection connection() {
        return connection;
    }

    @Override
    public void close() throws IOException {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            throw new IOException("The database connection did not close: " + e.getMessage(), e);
        } finally {
            if (server != null) {
                server.close();
            }
            if (claimed != null) {
                claimed.close();
            }
        }
    }
}
