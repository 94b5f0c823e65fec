package io.saddlebag.rc.records;

import java.util.List;

/** The tables of the centre's journal. */
final class RcJournalSchema {
    /** Which deliveries of several parts headquarters may send again although they stand in the outbox. */
    static final String LONG_UNACKNOWLEDGED = "state = 'PUBLISHED' AND content_size >= 1048576";

    private static final List<String> FIRST =
            List.of("""
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
                  PRIMARY KEY (sender_id, message_id)) WITHOUT ROWID""", "CREATE INDEX delivery_by_seq ON delivery (sender_id, seq)", """
                CREATE TABLE key_bundle (
                  version         INTEGER PRIMARY KEY,
                  bundle          BLOB NOT NULL,
                  envelope        BLOB NOT NULL)""");

    /** What is about to be published, and which of a sender's messages have yet to come. */
    private static final List<String> PUBLICATIONS_AND_GAPS = List.of("""
                CREATE TABLE publication (
                  sender_id       TEXT NOT NULL,
                  message_id      TEXT NOT NULL,
                  manifest_sha256 TEXT NOT NULL,
                  content_sha256  TEXT NOT NULL,
                  content_size    INTEGER NOT NULL,
                  payload_name    TEXT NOT NULL,
                  received_time   TEXT NOT NULL,
                  PRIMARY KEY (sender_id, message_id)) WITHOUT ROWID""", """
                CREATE TABLE missing (
                  sender_id    TEXT NOT NULL,
                  first_seq    INTEGER NOT NULL,
                  last_seq     INTEGER NOT NULL,
                  noticed_time INTEGER NOT NULL,
                  is_reported  INTEGER NOT NULL,
                  PRIMARY KEY (sender_id, first_seq)) WITHOUT ROWID""");

    /** When the files of a delivery were deleted here because their time was over. */
    private static final List<String> REMOVALS = List.of("ALTER TABLE delivery ADD COLUMN removed_time TEXT");

    /** What headquarters may send again although it stands in the outbox. */
    private static final List<String> UNACKNOWLEDGED =
            List.of("CREATE INDEX delivery_unacknowledged ON delivery (queue_name, received_time)"
                    + " WHERE state = 'PUBLISHED'");

    /**
     * Receipts in a table of their own: beside them a row of {@code delivery} did not fit into its page, and each change of
     * its state wrote it anew. The index holds those messages only that are asked for by it, the long ones.
     */
    private static final List<String> RECEIPTS = List.of(
            "CREATE TABLE receipt (id INTEGER PRIMARY KEY, envelope BLOB NOT NULL)",
            "ALTER TABLE delivery ADD COLUMN receipt_id INTEGER",
            """
                CREATE TABLE numbered AS
                  SELECT sender_id, message_id, receipt, row_number() OVER (ORDER BY sender_id, message_id) AS id
                  FROM delivery WHERE receipt IS NOT NULL""",
            "INSERT INTO receipt SELECT id, receipt FROM numbered",
            """
                UPDATE delivery SET receipt_id = numbered.id FROM numbered
                  WHERE delivery.sender_id = numbered.sender_id AND delivery.message_id = numbered.message_id""",
            "DROP TABLE numbered",
            "ALTER TABLE delivery DROP COLUMN receipt",
            "DROP INDEX delivery_unacknowledged",
            "CREATE INDEX delivery_unacknowledged ON delivery (queue_name, received_time) WHERE "
                    + RcJournalSchema.LONG_UNACKNOWLEDGED);

    /** Two messages of a sender that have one place in its sequence, or follow the same manifest. */
    private static final List<String> FORKS = List.of("""
                CREATE TABLE fork (
                  sender_id    TEXT NOT NULL,
                  message_id   TEXT NOT NULL,
                  seq          INTEGER NOT NULL,
                  other_id     TEXT NOT NULL,
                  other_seq    INTEGER NOT NULL,
                  noticed_time TEXT NOT NULL,
                  is_continued INTEGER NOT NULL,
                  PRIMARY KEY (sender_id, message_id)) WITHOUT ROWID""", "CREATE INDEX fork_by_other ON fork (sender_id, other_id)");

    /** For {@link io.saddlebag.journal.JournalFile}. */
    static final List<List<String>> VERSIONS =
            List.of(FIRST, PUBLICATIONS_AND_GAPS, REMOVALS, UNACKNOWLEDGED, RECEIPTS, FORKS);

    private RcJournalSchema() {}
}
