package io.saddlebag.lab.records;

import io.saddlebag.journal.MissingSeqs;
import java.util.List;

/** The tables of the lab's journal, for {@link io.saddlebag.journal.JournalFile}. */
final class LabJournalSchema {
    /** That of 1.0.0. */
    static final int FIRST_VERSION = 15;

    /**
     * The columns {@code size}, {@code modified} and {@code drop_folder} are the file's look and place when it was
     * found complete. Column {@code claim_place} is its place among the claims until it gets its name in the work
     * folder. Column {@code sealed} is a small sealed message, because a file of its own costs more than the message.
     * Column {@code kept_as} is its place in {@code sent/}. Column {@code former_id} is the id of its claim, when
     * headquarters had another message of that id. Column {@code receipt_secret} is kept as long as the row, since
     * receipts are proved with it. Column {@code word_time} is when headquarters first said, without a valid receipt,
     * that a recipient has the message; null when there is no such recipient. Column {@code places} is the manifest's
     * {@code seq} for each recipient, in the order of {@code recipients}; null before there is a manifest. Column
     * {@code resent} is how often it was sent again after headquarters had lost it. Column {@code tidied_time} is when its
     * kept file was removed in order. Column {@code withdraw_reason} is why an operator wants it back. Columns
     * {@code sealed_time} and {@code signed_time} are when the present manifest was made, and signed to be sent. AUTOINCREMENT,
     * because a number must not come back when the newest row is taken away.
     */
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
              size            INTEGER NOT NULL,
              sha256          TEXT,
              manifest        BLOB,
              manifest_sha256 TEXT,
              envelope        BLOB,
              reason          TEXT,
              settled_time    TEXT,
              drop_folder     TEXT NOT NULL,
              modified        TEXT NOT NULL,
              is_receipted    INTEGER NOT NULL DEFAULT 0,
              sealed          BLOB,
              kept_as         TEXT,
              former_id       TEXT,
              claim_place     TEXT,
              receipt_secret  BLOB NOT NULL,
              word_time       TEXT,
              places          TEXT,
              resent          INTEGER NOT NULL DEFAULT 0,
              tidied_time     TEXT,
              withdraw_reason TEXT,
              sealed_time     TEXT,
              signed_time     TEXT)""",
            // A part of the digest is enough to find the few rows that are compared in full.
            "CREATE INDEX message_sha256 ON message (substr(sha256, 1, 16)) WHERE sha256 IS NOT NULL",
            "CREATE INDEX message_unsettled ON message (number) WHERE state IN ('CLAIMED', 'SEALED')",
            "CREATE INDEX message_file_name ON message (file_name, size, sha256)",
            "CREATE INDEX message_unreceipted ON message (number) WHERE state = 'SENT' AND is_receipted = 0",
            "CREATE INDEX message_by_word ON message (word_time) WHERE is_receipted = 0 AND word_time IS NOT NULL",
            "CREATE INDEX message_withdrawn ON message (number) WHERE withdraw_reason IS NOT NULL"
                    + " AND state IN ('CLAIMED', 'SEALED')",
            // The last manifest to each recipient, and the highest count that it has by its receipts.
            """
            CREATE TABLE sequence (
              recipient       TEXT PRIMARY KEY,
              seq             INTEGER NOT NULL,
              manifest_sha256 TEXT NOT NULL,
              received_seq    INTEGER NOT NULL DEFAULT 0)""",
            // The messages of a recipient that have no receipt, though later ones have.
            MissingSeqs.TABLE,
            // The messages of a recipient that do not come any more, until it knows.
            """
            CREATE TABLE ended (
              recipient       TEXT NOT NULL,
              seq             INTEGER NOT NULL,
              how             TEXT NOT NULL,
              PRIMARY KEY (recipient, seq)) WITHOUT ROWID""",
            // Places in a sequence whose manifest headquarters refused.
            """
            CREATE TABLE released (
              recipient       TEXT NOT NULL,
              seq             INTEGER NOT NULL,
              manifest_sha256 TEXT NOT NULL,
              prev            TEXT,
              PRIMARY KEY (recipient, seq, manifest_sha256)) WITHOUT ROWID""",
            // The last number of each series of assigned ids.
            "CREATE TABLE series (prefix TEXT PRIMARY KEY, seq INTEGER NOT NULL)",
            // Dropped files and folders that were copied and stay in place, with device and inode, the newest ctime in
            // each, and whether a reason lies next to it.
            """
            CREATE TABLE left_in_place (
              path            TEXT PRIMARY KEY,
              inode           TEXT NOT NULL,
              changed         TEXT NOT NULL,
              has_reason      INTEGER NOT NULL) WITHOUT ROWID""",
            // Messages whose file in sent/ is still to be looked at a second time.
            "CREATE TABLE second_look (number INTEGER PRIMARY KEY)");

    /** Each makes the next version of the one before. A released script is never edited; a change is one more. */
    static final List<List<String>> SCRIPTS = List.of(FIRST);

    private static final String NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

    /** Records the manifest of a message. */
    static final String SEAL = "UPDATE message SET state = 'SEALED', size = ?, sha256 = ?, manifest = ?,"
            + " manifest_sha256 = ?, sealed = ?, places = ?, sealed_time = " + NOW + " WHERE number = ?";

    /** Records the signature under it. */
    static final String SIGN =
            "UPDATE message SET envelope = ?, signed_time = " + NOW + " WHERE number = ? AND withdraw_reason IS NULL";

    private LabJournalSchema() {}
}
