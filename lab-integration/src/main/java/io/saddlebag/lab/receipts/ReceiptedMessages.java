package io.saddlebag.lab.receipts;

import io.saddlebag.journal.MissingSeqs.Gap;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.lab.records.ReceiptedBatch;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The journal's knowledge of receipts: messages that were sent and not yet acknowledged by every recipient. */
public final class ReceiptedMessages {
    private static final int MOST_OVERTAKEN = 1000;
    private static final int PAGE = 1000;

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
     * @param fileName as it was dropped
     * @param recipients in the order of the route
     * @param sha256 of the content
     * @param size of the content, in bytes
     * @param manifestSha256 of the manifest's JSON
     * @param secret with which its receipts are proved
     * @param places in the recipients' sequences, in the order of the recipients
     */
    record Known(
            long number,
            MessageId messageId,
            String fileName,
            List<SiteId> recipients,
            Sha256 sha256,
            long size,
            Sha256 manifestSha256,
            ReceiptSecret secret,
            List<Long> places) {
        /** As {@link OutgoingMessage#named()}. */
        String named() {
            return OutgoingMessage.named(messageId, fileName);
        }

        long placeAt(SiteId recipient) {
            return places.get(recipients.indexOf(recipient));
        }
    }

    private static final String KNOWN =
            "SELECT number, message_id, recipients, sha256, size, manifest_sha256, receipt_secret, places, file_name"
                    + " FROM message";

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
                KNOWN + " WHERE message_id = ? AND state IN ('SEALED', 'SENT')",
                ReceiptedMessages::known,
                messageId.value()));
    }

    private static Known known(ResultSet row) throws SQLException {
        return new Known(
                row.getLong(1),
                MessageId.of(row.getString(2)),
                row.getString(9),
                LabJournal.recipients(row.getString(3)),
                new Sha256(row.getString(4)),
                row.getLong(5),
                new Sha256(row.getString(6)),
                ReceiptSecret.of(row.getBytes(7)),
                Stream.of(row.getString(8).split(",")).map(Long::valueOf).toList());
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

    /** Records a frame of outcomes. */
    void receipted(ReceiptedBatch batch, Instant now) {
        journal.received().receipted(batch, now);
    }

    /** A message that was sent and has no receipt of a recipient that has later ones. */
    record Overtaken(Known message, SiteId recipient) {}

    /**
     * The messages that later ones overtook before the given time, the oldest first, at most {@value #MOST_OVERTAKEN}. A
     * place whose message failed, or that no message of the journal has, is not missed any more.
     */
    List<Overtaken> overtaken(Instant before) {
        List<Gap> gaps = journal.received().overtaken(before);
        if (gaps.isEmpty()) {
            return List.of();
        }
        Map<SiteId, NavigableMap<Long, Gap>> missed = new HashMap<>();
        gaps.forEach(gap ->
                missed.computeIfAbsent(gap.site(), each -> new TreeMap<>()).put(gap.first(), gap));
        Map<SiteId, Set<Long>> waiting = new HashMap<>();
        List<Overtaken> found = new ArrayList<>();
        // One that is not confirmed yet is missed, and nobody withholds it.
        forEach("state IN ('CLAIMED', 'SEALED')", message -> within(message, missed, waiting));
        forEach("state = 'SENT' AND is_receipted = 0", message -> within(message, missed, waiting).stream()
                .limit(MOST_OVERTAKEN - found.size())
                .forEach(recipient -> found.add(new Overtaken(message, recipient))));
        journal.received().keep(gaps, waiting);
        return found;
    }

    private static List<SiteId> within(
            Known message, Map<SiteId, NavigableMap<Long, Gap>> missed, Map<SiteId, Set<Long>> waiting) {
        List<SiteId> recipients = new ArrayList<>();
        for (SiteId recipient : message.recipients()) {
            long seq = message.placeAt(recipient);
            Map.Entry<Long, Gap> gap = missed.getOrDefault(recipient, Collections.emptyNavigableMap())
                    .floorEntry(seq);
            if (gap != null && seq <= gap.getValue().last()) {
                recipients.add(recipient);
                waiting.computeIfAbsent(recipient, each -> new HashSet<>()).add(seq);
            }
        }
        return recipients;
    }

    private void forEach(String which, Consumer<Known> each) {
        List<Known> page = List.of();
        do {
            page = journal.queryInTurn(
                    KNOWN + " WHERE " + which + " AND places IS NOT NULL AND number > ? ORDER BY number LIMIT " + PAGE,
                    ReceiptedMessages::known,
                    page.isEmpty() ? 0 : page.get(page.size() - 1).number());
            page.forEach(each);
        } while (page.size() == PAGE);
    }
}
