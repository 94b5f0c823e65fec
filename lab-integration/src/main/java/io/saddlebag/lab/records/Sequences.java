package io.saddlebag.lab.records;

import io.saddlebag.journal.JournalWriter;
import io.saddlebag.lab.records.LabJournal.Place;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * How many manifests were made out to each recipient, and the digest of the last. A place that headquarters took no
 * manifest for is released, and given again once no later one is taken. Within a transaction of the journal.
 */
final class Sequences {
    private final JournalWriter writer;

    Sequences(JournalWriter writer) {
        this.writer = writer;
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
        try (ResultSet row = writer.prepare(
                        "SELECT seq, manifest_sha256 FROM sequence WHERE recipient = ?", recipient.value())
                .executeQuery()) {
            return row.next() ? Optional.of(new Last(row.getLong(1), new Sha256(row.getString(2)))) : Optional.empty();
        }
    }

    /** The manifest is the last of the recipient's sequence from now on. */
    void set(SiteId recipient, long seq, Sha256 manifestSha256) throws SQLException {
        writer.update(
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
        writer.update("DELETE FROM released WHERE recipient = ?", recipient.value());
    }

    /** Headquarters refused the manifest: nobody but this laboratory has it. */
    void release(Manifest manifest, Sha256 manifestSha256) throws SQLException {
        for (Manifest.Recipient recipient : manifest.recipients()) {
            writer.update(
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
        try (ResultSet row = writer.prepare(
                        "SELECT 1 FROM released WHERE recipient = ? AND seq = ? AND manifest_sha256 = ?",
                        recipient.value(),
                        last.seq(),
                        last.manifestSha256().hex())
                .executeQuery()) {
            return row.next();
        }
    }

    private Optional<Last> stepBack(SiteId recipient, Last last) throws SQLException {
        String prev;
        try (ResultSet row = writer.prepare(
                        "DELETE FROM released WHERE recipient = ? AND seq = ? AND manifest_sha256 = ? RETURNING prev",
                        recipient.value(),
                        last.seq(),
                        last.manifestSha256().hex())
                .executeQuery()) {
            row.next();
            prev = row.getString(1);
        }
        if (prev == null) {
            writer.update("DELETE FROM sequence WHERE recipient = ?", recipient.value());
            return Optional.empty();
        }
        set(recipient, last.seq() - 1, new Sha256(prev));
        return last(recipient);
    }
}
