package io.saddlebag.journal;

import io.saddlebag.files.NativeFolder;
import io.saddlebag.files.access.Modes;
import io.saddlebag.log.FaultText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * A site's own records in an SQLite database. Every commit is synced before it returns (WAL mode, synchronous FULL). Scripts
 * make the tables, each one version of them: a journal of an earlier version gets those that it lacks, in one transaction; a
 * journal of a later version is refused. A script is never edited once it was released.
 */
public final class JournalFile {
    private static final Logger LOG = LoggerFactory.getLogger(JournalFile.class);

    private JournalFile() {}

    /**
     * Opens the database and makes it when there is none; its folder must exist. Takes over a database of an earlier version.
     *
     * @param first version of the tables, from 1, that the first script makes in an empty database; an earlier one is refused
     * @param scripts at least one, statement by statement; each further one makes the next version of the one before
     * @return a connection in auto-commit mode, for one thread at a time
     * @throws DamagedException when it changed since it was closed, or its pages are damaged
     * @throws SQLException when it is no database, of a version that these scripts do not know, or cannot be written
     */
    public static Connection open(Path file, int first, List<List<String>> scripts) throws SQLException {
        JournalSeal seal = new JournalSeal(file);
        boolean wasClosed = seal.isClosed();
        if (wasClosed) {
            seal.open();
        }
        createPrivately(file);
        Connection connection = connect(file);
        try {
            if (!wasClosed) {
                seal.check(connection);
            }
            prepare(file, connection, first, scripts);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Closes all connections to a database, and notes its digest for the next opening. */
    public static void close(Path file, Connection... connections) throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
        new JournalSeal(file).close();
    }

    /**
     * A second connection to a database that {@link #open} has opened, for questions: they wait for no commit, and see what
     * is committed.
     */
    public static Connection reader(Path file) throws SQLException {
        Connection connection = connect(file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
            statement.execute("PRAGMA query_only = 1");
            statement.execute("PRAGMA cache_size = -2000");
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** SQLite gives its other files the mode of the database, and the database that of the umask. */
    private static void createPrivately(Path file) throws SQLException {
        try {
            Files.createFile(file, Modes.PRIVATE_FILE);
        } catch (FileAlreadyExistsException e) {
            // It keeps its mode.
        } catch (IOException e) {
            throw new SQLException("cannot make " + file + ": " + FaultText.of(e), e);
        }
    }

    /** A connection that syncs each commit, to a database of any version or to none yet. */
    public static Connection writer(Path file) throws SQLException {
        createPrivately(file);
        Connection connection = connect(file);
        try (Statement statement = connection.createStatement()) {
            makeDurable(statement);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static void makeDurable(Statement statement) throws SQLException {
        statement.execute("PRAGMA busy_timeout = 5000");
        statement.execute("PRAGMA journal_mode = WAL");
        statement.execute("PRAGMA synchronous = FULL");
    }

    /** Without the keys of new rows, which the driver would ask for by a statement of its own after each INSERT. */
    private static Connection connect(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setGetGeneratedKeys(false);
        // A command may write to the journal of a running site: a transaction that reads first would fail then.
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        try {
            return config.createConnection(urlOf(file));
        } catch (SQLException e) {
            throw NativeFolder.explained(e);
        }
    }

    /**
     * The driver's name of a database file: a URI in which each byte that could mean something else is escaped, as a question
     * mark would begin parameters.
     *
     * @see <a href="https://www.sqlite.org/uri.html">Uniform Resource Identifiers</a>
     */
    public static String urlOf(Path file) {
        StringBuilder url = new StringBuilder("jdbc:sqlite:file:");
        for (byte each : file.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8)) {
            boolean isPlain = each >= '0' && each <= '9'
                    || each >= 'A' && each <= 'Z'
                    || each >= 'a' && each <= 'z'
                    || "/-._~".indexOf(each) >= 0;
            url.append(isPlain ? Character.toString(each) : "%%%02X".formatted(each));
        }
        return url.toString();
    }

    private static void prepare(Path file, Connection connection, int first, List<List<String>> scripts)
            throws SQLException {
        int last = first + scripts.size() - 1;
        try (Statement statement = connection.createStatement()) {
            tune(statement);
            int found = version(statement);
            if (found == last) {
                return;
            }
            if (found > last) {
                throw new SQLException("expected version " + last + " of the journal, found version " + found
                        + "; run the Saddlebag that wrote it, or a later one, or restore a back-up from before it");
            }
            if (found != 0 && found < first) {
                throw new SQLException(
                        "expected version " + first + " of the journal or a later one, found version " + found
                                + "; this Saddlebag takes over no journal from before 1.0.0, run the one that wrote it");
            }
            make(connection, statement, scripts.subList(found == 0 ? 0 : found - first + 1, scripts.size()), last);
            if (found != 0) {
                LOG.info("{}: upgraded from version {} of the journal to {}", file, found, last);
            }
        }
    }

    private static void tune(Statement statement) throws SQLException {
        makeDurable(statement);
        // A checkpoint copies the log into the database every 4000 pages (16 MB).
        statement.execute("PRAGMA wal_autocheckpoint = 4000");
        statement.execute("PRAGMA cache_size = -4000");
    }

    private static void make(Connection connection, Statement statement, List<List<String>> scripts, int version)
            throws SQLException {
        JournalTransaction.commit(connection, List.of(() -> {
            for (List<String> script : scripts) {
                for (String change : script) {
                    statement.execute(change);
                }
            }
            statement.execute("PRAGMA user_version = " + version);
        }));
    }

    private static int version(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    /** A journal changed at rest; the message says what to do. */
    public static final class DamagedException extends SQLException {
        private static final long serialVersionUID = 1L;

        DamagedException(Path database, String found) {
            super(database + ": expected the journal whole, found " + found
                    + ". Look at the disk, and put back the newest back-up of this site's home");
        }
    }
}
