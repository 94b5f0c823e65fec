package io.saddlebag.rc.records;

import io.saddlebag.journal.MissingSeqs;
import java.util.List;

/** The tables of the centre's journal, for {@link io.saddlebag.journal.JournalFile}. */
final class RcJournalSchema {
    /** That of 1.0.0. */
    static final int FIRST_VERSION = 12;

    /** The deliveries of several parts that headquarters may send again although they are in the outbox. */
    static final String LONG_UNACKNOWLEDGED = "state = 'PUBLISHED' AND content_size >= 1048576";

    /** The deliveries whose name is no message_id with an ending. */
    static final String OWN_NAME = "substr(file_name, 1, length(message_id)) <> message_id";

    /**
     * Receipts have a table of their own: with them a row of {@code delivery} did not fit into its page, and each change of
     * its state wrote them again. Column {@code removed_time} is when retention deleted the files of a delivery.
     * Column {@code placed_manifest} is the manifest in the outbox of a message that was sent again under another; null of
     * most. Column {@code file_name} is the name under which its sender dropped it; its ending is that of the payload. It
     * stays when the files are gone. Only a name that does not begin with the message_id has to be indexed.
     */
    private static final List<String> FIRST = List.of(
            """
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
              content_hmac      TEXT,
              received_time     TEXT NOT NULL,
              acknowledged_time TEXT,
              reason            TEXT,
              removed_time      TEXT,
              receipt_id        INTEGER,
              placed_manifest   TEXT,
              file_name         TEXT,
              PRIMARY KEY (sender_id, message_id)) WITHOUT ROWID""",
            "CREATE INDEX delivery_by_seq ON delivery (sender_id, seq)",
            "CREATE INDEX delivery_by_name ON delivery (file_name) WHERE " + OWN_NAME,
            // A part of the digest is enough to find the few rows that are compared in full.
            "CREATE INDEX delivery_by_content ON delivery (substr(content_sha256, 1, 16)) WHERE content_sha256 IS NOT NULL",
            "CREATE INDEX delivery_unacknowledged ON delivery (queue_name, received_time) WHERE " + LONG_UNACKNOWLEDGED,
            "CREATE TABLE receipt (id INTEGER PRIMARY KEY, envelope BLOB NOT NULL)",
            """
            CREATE TABLE key_bundle (
              epoch           INTEGER NOT NULL,
              version         INTEGER NOT NULL,
              bundle          BLOB NOT NULL,
              envelope        BLOB NOT NULL,
              PRIMARY KEY (epoch, version))""",
            // The messages that are getting their place in the outbox.
            """
            CREATE TABLE publication (
              sender_id       TEXT NOT NULL,
              message_id      TEXT NOT NULL,
              manifest_sha256 TEXT NOT NULL,
              content_sha256  TEXT NOT NULL,
              content_size    INTEGER NOT NULL,
              content_hmac    TEXT NOT NULL,
              payload_name    TEXT NOT NULL,
              received_time   TEXT NOT NULL,
              PRIMARY KEY (sender_id, message_id)) WITHOUT ROWID""",
            // The messages of a sender that have not come, though later ones have.
            MissingSeqs.TABLE,
            // Two messages of a sender that have one place in its sequence, or follow the same manifest.
            """
            CREATE TABLE fork (
              sender_id    TEXT NOT NULL,
              message_id   TEXT NOT NULL,
              seq          INTEGER NOT NULL,
              other_id     TEXT NOT NULL,
              other_seq    INTEGER NOT NULL,
              noticed_time TEXT NOT NULL,
              is_continued INTEGER NOT NULL,
              PRIMARY KEY (sender_id, message_id)) WITHOUT ROWID""",
            "CREATE INDEX fork_by_other ON fork (sender_id, other_id)");

    /**
     * A row for each message of an outbox that expects verdicts; {@code since} is when it came, and {@code receipt_secret}
     * encrypts the reader's reason. The columns from {@code kind} to {@code envelope} are of the verdict, once the reader gave
     * it: {@code reason} is encrypted, {@code file_sha256} that of the reader's file. Column {@code envelope} is null again when
     * the message got another manifest. Column {@code confirmed_time} is when headquarters had it, {@code refusal} why it did
     * not take it.
     */
    private static final List<String> VERDICTS = List.of(
            """
            CREATE TABLE verdict (
              id              INTEGER PRIMARY KEY,
              sender_id       TEXT NOT NULL,
              message_id      TEXT NOT NULL,
              since           TEXT NOT NULL,
              receipt_secret  BLOB NOT NULL,
              kind            TEXT CHECK (kind IN ('accepted', 'rejected')),
              code            TEXT,
              reason          BLOB,
              file_sha256     TEXT,
              verdict_time    TEXT,
              envelope        BLOB,
              confirmed_time  TEXT,
              refusal         TEXT,
              UNIQUE (sender_id, message_id))""",
            "CREATE INDEX verdict_expected ON verdict (since) WHERE kind IS NULL",
            "CREATE INDEX verdict_unsent ON verdict (id)"
                    + " WHERE kind IS NOT NULL AND confirmed_time IS NULL AND refusal IS NULL");

    /** Each makes the next version of the one before. A released script is never edited; a change is one more. */
    static final List<List<String>> SCRIPTS = List.of(FIRST, VERDICTS);

    private RcJournalSchema() {}
}
