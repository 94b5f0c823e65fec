package io.saddlebag.lab.records;

import java.util.List;

/** The tables of the lab's journal. */
final class LabJournalSchema {
    // AUTOINCREMENT, because a number must not come back when the newest row is taken away.
    private static final List<String> FIRST = List.of(
            """
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
                  settled_time    TEXT)""", "CREATE INDEX message_unsettled ON message (number) WHERE state IN ('CLAIMED', 'SEALED')", """
                CREATE TABLE sequence (
                  recipient       TEXT PRIMARY KEY,
                  seq             INTEGER NOT NULL,
                  manifest_sha256 TEXT NOT NULL)""");

    // What the file looked like and where it lay, so that it can go back; the last number of each series of assigned
    // ids.
    private static final List<String> SECOND = List.of(
            "ALTER TABLE message ADD COLUMN drop_folder TEXT",
            "ALTER TABLE message ADD COLUMN modified TEXT",
            "CREATE INDEX message_file_name ON message (file_name)",
            "CREATE TABLE series (prefix TEXT PRIMARY KEY, seq INTEGER NOT NULL)");

    /** Which messages lack receipts; those that were sent before this version are asked for too. */
    private static final List<String> RECEIPTS = List.of(
            "ALTER TABLE message ADD COLUMN is_receipted INTEGER NOT NULL DEFAULT 0",
            "CREATE INDEX message_unreceipted ON message (number) WHERE state = 'SENT' AND is_receipted = 0");

    /** Small sealed messages: a file of its own costs more than the message. */
    private static final List<String> SEALED = List.of("ALTER TABLE message ADD COLUMN sealed BLOB");

    // Where in sent/ a file is kept; the messages whose file is to be looked at there once more. A file is found by its
    // name and digest, however many have that name.
    private static final List<String> KEPT = List.of(
            "ALTER TABLE message ADD COLUMN kept_as TEXT",
            "DROP INDEX message_file_name",
            "CREATE INDEX message_file_name ON message (file_name, size, sha256)",
            "CREATE TABLE second_look (number INTEGER PRIMARY KEY)");

    /** The id that a message had before headquarters turned out to have it, and places that were given for nothing. */
    private static final List<String> RESTORED = List.of("ALTER TABLE message ADD COLUMN former_id TEXT", """
                CREATE TABLE released (
                  recipient       TEXT NOT NULL,
                  seq             INTEGER NOT NULL,
                  manifest_sha256 TEXT NOT NULL,
                  prev            TEXT,
                  PRIMARY KEY (recipient, seq, manifest_sha256)) WITHOUT ROWID""");

    // Where a claimed file lies until it gets its name in the work folder, so that a start finishes that.
    private static final List<String> CLAIM_PLACE = List.of("ALTER TABLE message ADD COLUMN claim_place TEXT");

    /** For {@link io.saddlebag.journal.JournalFile}. */
    static final List<List<String>> VERSIONS = List.of(FIRST, SECOND, RECEIPTS, SEALED, KEPT, RESTORED, CLAIM_PLACE);

    private LabJournalSchema() {}
}
