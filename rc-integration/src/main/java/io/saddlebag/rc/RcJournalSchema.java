package io.saddlebag.rc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The tables of the centre's journal, and how the database is to keep its word. */
final class RcJournalSchema {
    private static final int VERSION = 2;

    private RcJournalSchema() {}

    /**
     * Makes the tables when the database is new.
     *
     * @throws SQLException when it is of another version than this one, or cannot be written
     */
    static void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            int found = version(statement);
            if (found < VERSION) {
                connection.setAutoCommit(false);
                if (found == 0) {
                    create(statement);
                }
                addPublicationsAndGaps(statement);
                statement.execute("PRAGMA user_version = " + VERSION);
                connection.commit();
                connection.setAutoCommit(true);
            } else if (found > VERSION) {
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

    /** Version 1. */
    private static void create(Statement statement) throws SQLException {
        statement.execute("""
                CREATE TABLE delivery (
                  sender_id         TEXT NOT NULL,
                  message_id        TEXT NOT NULL,
                  queue_name        TEXT NOT NULL,
                  state             TEXT NOT NULL CHECK (state IN ('PUBLISHED', 'ACKNOWLEDGED', 'REFUSED')),
                  manifest_sha256   TEXT NOT NULL,
                  seq               INTEGER NOT NULL,
                  prev              TEXT,
                  content_sha256    TEXT,
                  content_size      INTEGER,
                  received_time     TEXT NOT NULL,
                  receipt           BLOB,
                  acknowledged_time TEXT,
                  reason            TEXT,
                  PRIMARY KEY (sender_id, message_id)) WITHOUT ROWID""");
        statement.execute("CREATE INDEX delivery_by_seq ON delivery (sender_id, seq)");
        statement.execute("""
                CREATE TABLE key_bundle (
                  version         INTEGER PRIMARY KEY,
                  bundle          BLOB NOT NULL,
                  envelope        BLOB NOT NULL)""");
    }

    /** Version 2: what is about to be published, and which of a sender's messages have yet to come. */
    private static void addPublicationsAndGaps(Statement statement) throws SQLException {
        statement.execute("""
                CREATE TABLE publication (
                  sender_id       TEXT NOT NULL,
                  message_id      TEXT NOT NULL,
                  manifest_sha256 TEXT NOT NULL,
                  content_sha256  TEXT NOT NULL,
                  content_size    INTEGER NOT NULL,
                  payload_name    TEXT NOT NULL,
                  received_time   TEXT NOT NULL,
                  PRIMARY KEY (sender_id, message_id)) WITHOUT ROWID""");
        statement.execute("""
                CREATE TABLE missing (
                  sender_id    TEXT NOT NULL,
                  first_seq    INTEGER NOT NULL,
                  last_seq     INTEGER NOT NULL,
                  noticed_time INTEGER NOT NULL,
                  is_reported  INTEGER NOT NULL,
                  PRIMARY KEY (sender_id, first_seq)) WITHOUT ROWID""");
    }
}
