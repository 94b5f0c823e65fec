package io.saddlebag.journal;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;

/**
 * Finds damage that a journal took at rest. SQLite has no checksums in its database file. A file next to a journal that
 * was closed in order holds its digest, as {@code sha256sum} writes it, until the next opening. A journal without a
 * digest, as after a kill, has the structure of its pages checked.
 */
final class JournalSeal {
    static final String SUFFIX = ".sha256";

    private static final Logger LOG = LoggerFactory.getLogger(JournalSeal.class);
    private static final String LOG_SUFFIX = "-wal";
    private static final Set<Integer> DAMAGE =
            Set.of(SQLiteErrorCode.SQLITE_CORRUPT.code, SQLiteErrorCode.SQLITE_NOTADB.code);

    private static final String SOUND = "ok";

    private final Path database;
    private final Path digest;
    private final Path log;

    JournalSeal(Path database) {
        this.database = database;
        this.digest = database.resolveSibling(database.getFileName() + SUFFIX);
        this.log = database.resolveSibling(database.getFileName() + LOG_SUFFIX);
    }

    /** True when the journal was closed in order, so that {@link #open} judges all of its bytes. */
    boolean isClosed() {
        return Files.exists(digest);
    }

    /**
     * Takes the digest away, before anything is written to the database.
     *
     * @throws JournalFile.DamagedException when the bytes are not those that were closed
     */
    void open() throws SQLException {
        try {
            String line = line();
            if (!Files.readString(digest, StandardCharsets.UTF_8).equals(line)) {
                throw new JournalFile.DamagedException(
                        database,
                        "other bytes than when it was closed; see " + digest
                                + ". Where a person changed or copied the journal on purpose, delete that file");
            }
            Files.delete(digest);
            AtomicFiles.syncFolder(database.getParent());
        } catch (IOException e) {
            throw new SQLException("its digest cannot be compared: " + e.getMessage(), e);
        }
    }

    /**
     * Looks through the pages of an open database.
     *
     * @throws JournalFile.DamagedException when one is not as SQLite writes it
     */
    void check(Connection connection) throws SQLException {
        String found;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA quick_check(1)")) {
            found = row.next() ? row.getString(1) : "nothing";
        } catch (SQLException e) {
            if (!DAMAGE.contains(e.getErrorCode())) {
                throw e;
            }
            found = e.getMessage();
        }
        if (!found.equals(SOUND)) {
            throw new JournalFile.DamagedException(database, found);
        }
    }

    /**
     * Writes the digest; no connection of this process is open any more. While another process reads the journal, what
     * was written last is still in the log and moves later: such a journal gets no digest.
     */
    void close() {
        try {
            if (!Files.exists(log)) {
                AtomicFiles.replace(digest, line().getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            LOG.warn(
                    "{}: cannot be written: {}. Damage to the journal may go unseen at the next start",
                    digest,
                    FaultText.of(e));
        }
    }

    private String line() throws IOException {
        try (InputStream in = Files.newInputStream(database)) {
            return Sha256.of(in, Files.size(database)) + "  " + database.getFileName() + "\n";
        }
    }
}
