package io.saddlebag.lab.records;

import io.saddlebag.journal.JournalStatements;
import io.saddlebag.lab.records.LabJournal.Place;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.sql.SQLException;
import java.util.Optional;

/**
 * How many manifests were made out to each recipient, and the digest of the last. A place that headquarters took no
 * manifest for is released, and given again once no later one is taken. Within a transaction of the journal.
 */
final class Sequences {
    private final JournalStatements statements;

    Sequences(JournalStatements statements) {
        this.statements = statements;
    }

    /** The last place of a recipient's sequence and the manifest that has it. */
    record Last(long seq, Sha256 manifestSha256) {}

    Place next(SiteId recipient) throws SQLException {
        return last(recipient)
                .map(last -> new Place(last.seq() + 1, last.manifestSha256()))
                .orElse(new Place(1, null));
    }

    /** Empty when the recipient was sent nothing. */
    Optional<Last> last(SiteId recipient) throws SQLException {
        return Optional.ofNullable(statements.first(
                "SELECT seq, manifest_sha256 FROM sequence WHERE recipient = ?",
                row -> new Last(row.getLong(1), new Sha256(row.getString(2))),
                recipient.value()));
    }

    /** The highest count that the recipient has by its receipts; 0 for none. */
    long received(SiteId recipient) throws SQLException {
        Long seq = statements.first(
                "SELECT received_seq FROM sequence WHERE recipient = ?", row -> row.getLong(1), recipient.value());
        return seq == null ? 0 : seq;
    }

    void received(SiteId recipient, long seq) throws SQLException {
        statements.update("UPDATE sequence SET received_seq = ? WHERE recipient = ?", seq, recipient.value());
    }

    /** The manifest is the last of the recipient's sequence from now on. */
    void set(SiteId recipient, long seq, Sha256 manifestSha256) throws SQLException {
        statements.update(
                "INSERT INTO sequence (recipient, seq, manifest_sha256) VALUES (?, ?, ?)"
                        + " ON CONFLICT (recipient) DO UPDATE SET seq = excluded.seq,"
                        + " manifest_sha256 = excluded.manifest_sha256",
                recipient.value(),
                seq,
                manifestSha256.hex());
    }

    /** Headquarters has a later manifest of this laboratory: its place is the last from now on. */
    void catchUp(SiteId recipient, long seq, Sha256 manifestSha256) throws SQLException {
        set(recipient, seq, manifestSha256);
        statements.update("DELETE FROM released WHERE recipient = ?", recipient.value());
    }

    /** Headquarters refused the manifest: nobody but this laboratory has it. */
    void release(Manifest manifest, Sha256 manifestSha256) throws SQLException {
        for (Manifest.Recipient recipient : manifest.recipients()) {
            statements.update(
                    "INSERT OR REPLACE INTO released VALUES (?, ?, ?, ?)",
                    recipient.id().value(),
                    recipient.seq(),
                    manifestSha256.hex(),
                    recipient.prev() == null ? null : recipient.prev().hex());
            giveBack(recipient.id());
        }
    }

    /** Goes back over the released places at the end of the sequence. */
    private void giveBack(SiteId recipient) throws SQLException {
        Optional<Last> last = last(recipient);
        while (last.isPresent() && isReleased(recipient, last.get())) {
            last = stepBack(recipient, last.get());
        }
    }

    private boolean isReleased(SiteId recipient, Last last) throws SQLException {
        return statements.has(
                "SELECT 1 FROM released WHERE recipient = ? AND seq = ? AND manifest_sha256 = ?",
                recipient.value(),
                last.seq(),
                last.manifestSha256().hex());
    }

    private Optional<Last> stepBack(SiteId recipient, Last last) throws SQLException {
        String prev = statements.first(
                "DELETE FROM released WHERE recipient = ? AND seq = ? AND manifest_sha256 = ? RETURNING prev",
                row -> row.getString(1),
                recipient.value(),
                last.seq(),
                last.manifestSha256().hex());
        statements.update("DELETE FROM ended WHERE recipient = ? AND seq = ?", recipient.value(), last.seq());
        if (prev == null) {
            statements.update("DELETE FROM sequence WHERE recipient = ?", recipient.value());
            return Optional.empty();
        }
        set(recipient, last.seq() - 1, new Sha256(prev));
        return last(recipient);
    }
}
