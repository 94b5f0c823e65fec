package io.saddlebag.lab.receipts;

import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The journal's knowledge of receipts: messages that were sent and not yet acknowledged by every recipient. */
public final class ReceiptedMessages {
    private final LabJournal journal;

    public ReceiptedMessages(LabJournal journal) {
        this.journal = journal;
    }

    /** A message that lacks receipts, and its number in the order of claiming. */
    record Lacking(long number, MessageId messageId) {}

    /**
     * A message that a receipt may be for: sealed, and maybe sent.
     *
     * @param number in the order of claiming
     * @param recipients in the order of the route
     * @param sha256 of the content
     * @param size of the content, in bytes
     * @param manifestSha256 of the manifest's JSON
     * @param secret with which its receipts are proved
     */
    record Known(
            long number,
            MessageId messageId,
            List<SiteId> recipients,
            Sha256 sha256,
            long size,
            Sha256 manifestSha256,
            ReceiptSecret secret) {}

    /** Messages that were sent and lack receipts, the oldest first. */
    List<Lacking> lacking(long afterNumber, int limit) {
        return journal.queryInTurn(
                "SELECT number, message_id FROM message"
                        + " WHERE state = 'SENT' AND is_receipted = 0 AND number > ? ORDER BY number LIMIT ?",
                row -> new Lacking(row.getLong(1), MessageId.of(row.getString(2))),
                afterNumber,
                limit);
    }

    /** Empty when it was never sealed, or failed. */
    Optional<Known> find(MessageId messageId) {
        return Optional.ofNullable(journal.value(
                "SELECT number, recipients, sha256, size, manifest_sha256, receipt_secret FROM message"
                        + " WHERE message_id = ? AND state IN ('SEALED', 'SENT')",
                row -> new Known(
                        row.getLong(1),
                        messageId,
                        LabJournal.recipients(row.getString(2)),
                        new Sha256(row.getString(3)),
                        row.getLong(4),
                        new Sha256(row.getString(5)),
                        ReceiptSecret.of(row.getBytes(6))),
                messageId.value()));
    }

    /** True if the journal has no row of the message at all, as after a restore from an older back-up. */
    boolean isUnknown(MessageId messageId) {
        return !journal.isKnown(messageId);
    }

    /** Records since when headquarters' word is all there is of a recipient; null when there is no such recipient. */
    void word(long number, Instant since) {
        journal.forEach(
                List.of(number),
                "UPDATE message SET word_time = " + (since == null ? "NULL" : "'" + since + "'") + " WHERE number = ?");
    }

    /**
     * Messages that some recipient has by headquarters' word alone.
     *
     * @param count how many
     * @param first the one of which headquarters said so first; null when there is none
     */
    record Unproved(long count, MessageId first) {}

    /** Those of which headquarters said so before the given time. */
    Unproved unproved(Instant before) {
        return journal.value(
                "SELECT count(*), (SELECT message_id FROM message WHERE is_receipted = 0 AND word_time < ?1"
                        + " ORDER BY word_time LIMIT 1) FROM message WHERE is_receipted = 0 AND word_time < ?1",
                row -> new Unproved(row.getLong(1), row.getString(2) == null ? null : MessageId.of(row.getString(2))),
                before.toString());
    }

    /** Records that these have all their receipts; their files are on the disk. */
    void complete(Collection<Long> numbers) {
        journal.forEach(numbers, "UPDATE message SET is_receipted = 1 WHERE number = ?");
    }
}
