package io.saddlebag.lab;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The tables of the lab's journal, and how the database is to keep its word. */
final class LabJournalSchema {
    private static final int VERSION = 1;

    private LabJournalSchema() {}

    /**
     * Makes the tables when the database is new.
     *
     * @throws SQLException when it is of a later version than this one, or cannot be written
     */
    static void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            int found = version(statement);
            if (found == 0) {
                create(connection, statement);
            } else if (found != VERSION) {
                throw new SQLException("expected version " + VERSION + " of the journal, version " + found
                        + " stands there; run the Saddlebag that wrote it, or a later one");
            }
        }
    }

    private static int version(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    private static void create(Connection connection, Statement statement) throws SQLException {
        connection.setAutoCommit(false);
        // AUTOINCREMENT, because a number must not come back when the newest row is taken away.
        statement.execute("""
                CREATE TABLE message (
                  number          INTEGER PRIMARY KEY AUTOINCREMENT,
                  message_id      TEXT NOT NULL UNIQUE,
                  route_id        TEXT NOT NULL,
                  file_name       TEXT NOT NULL,
                  content_type    TEXT NOT NULL,
                  recipients      TEXT NOT NULL,
                  sent_timestamp  TEXT NOT NULL,
                  state           TEXT NOT NULL CHECK (state IN ('CLAIMED', 'SEALED', 'SENT', 'FAILED')),
                  size            INTEGER NOT NULL DEFAULT 0,
                  sha256          TEXT,
                  manifest        BLOB,
                  manifest_sha256 TEXT,
                  envelope        BLOB,
                  reason          TEXT,
                  settled_time    TEXT)""");
        statement.execute("CREATE INDEX message_unsettled ON message (number) WHERE state IN ('CLAIMED', 'SEALED')");
        statement.execute("""
                CREATE TABLE sequence (
                  recipient       TEXT PRIMARY KEY,
                  seq             INTEGER NOT NULL,
                  manifest_sha256 TEXT NOT NULL)""");
        statement.execute("PRAGMA user_version = " + VERSION);
        connection.commit();
        connection.setAutoCommit(true);
    }
}
