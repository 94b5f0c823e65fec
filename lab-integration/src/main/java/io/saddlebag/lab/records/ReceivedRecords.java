package io.saddlebag.lab.records;

import io.saddlebag.journal.JournalStatements;
import io.saddlebag.journal.JournalWriter;
import io.saddlebag.journal.JournalWriter.Work;
import io.saddlebag.journal.MissingSeqs;
import io.saddlebag.journal.MissingSeqs.Gap;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.message.Message.Ended;
import io.saddlebag.message.SiteId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The part of each recipient's sequence that it has, by its receipts, and the messages of it that do not come any more. A
 * recipient learns of these inside later messages, until a receipt says that it misses nothing up to there. For any number
 * of threads; each change is one transaction.
 */
public final class ReceivedRecords {
    private final JournalWriter writer;
    private final JournalStatements statements;
    private final Sequences sequences;
    private final MissingSeqs missing;
    /** The first of each recipient, as many as one message tells. */
    private final Map<SiteId, List<Ended>> ended = new ConcurrentHashMap<>();

    ReceivedRecords(JournalWriter writer, Sequences sequences) throws SQLException {
        this.writer = writer;
        this.statements = writer.statements();
        this.sequences = sequences;
        this.missing = new MissingSeqs(statements);
        for (String recipient : statements.all("SELECT DISTINCT recipient FROM ended", row -> row.getString(1))) {
            refresh(SiteId.of(recipient));
        }
    }

    /**
     * The receipts of one recipient that hold, of some messages.
     *
     * @param seqs of these messages
     * @param highest the highest count that the recipient has
     * @param complete up to which it misses nothing
     */
    public record Receipted(SortedSet<Long> seqs, long highest, long complete) {}

    /**
     * Records a frame of outcomes. Without a message that has all its receipts it is not waited for: headquarters is asked
     * again for those that are lacking.
     */
    public void receipted(ReceiptedBatch batch, Instant now) {
        Work<Void> work = () -> {
            receipted(batch.receipts, now);
            for (Ended each : batch.ended) {
                end(each);
            }
            for (long number : batch.complete) {
                statements.update("UPDATE message SET is_receipted = 1 WHERE number = ?", number);
            }
            return null;
        };
        if (batch.hasComplete()) {
            writer.write(work);
        } else if (!batch.receipts.isEmpty() || !batch.ended.isEmpty()) {
            writer.add(work);
        }
    }

    /** Records the receipts of these recipients. Later messages than a missing one overtake it from now on. */
    private void receipted(Map<SiteId, Receipted> receipts, Instant now) throws SQLException {
        for (Map.Entry<SiteId, Receipted> each : receipts.entrySet()) {
            receipted(each.getKey(), each.getValue(), now);
        }
    }

    private void receipted(SiteId recipient, Receipted receipts, Instant now) throws SQLException {
        long before = sequences.received(recipient);
        long highest = before;
        for (long seq : receipts.seqs()) {
            missing.arrived(recipient, seq, highest, now);
            highest = Math.max(highest, seq);
        }
        // More than was sent is of an earlier sequence, as after a new identity of this laboratory, or made up.
        long last = sequences.last(recipient).map(Sequences.Last::seq).orElse(0L);
        if (receipts.highest() > highest && receipts.highest() <= last) {
            missing.overtaken(recipient, highest + 1, receipts.highest(), now);
            highest = receipts.highest();
        }
        if (highest > before) {
            sequences.received(recipient, highest);
        }
        if (ended.containsKey(recipient)) {
            statements.update(
                    "DELETE FROM ended WHERE recipient = ? AND seq <= ?", recipient.value(), receipts.complete());
            refresh(recipient);
        }
    }

    /** Within a transaction: a message does not come to this recipient any more. */
    void end(Ended message) throws SQLException {
        missing.ended(message.recipient(), message.seq());
        statements.update(
                "INSERT OR IGNORE INTO ended VALUES (?, ?, ?)",
                message.recipient().value(),
                message.seq(),
                message.how());
        refresh(message.recipient());
    }

    /** Within a transaction: headquarters did not take the manifest. A place that was given back is given again. */
    void failed(Manifest manifest) throws SQLException {
        for (Manifest.Recipient recipient : manifest.recipients()) {
            boolean isPassed = sequences
                    .last(recipient.id())
                    .filter(last -> last.seq() >= recipient.seq())
                    .isPresent();
            if (isPassed) {
                end(new Ended(recipient.id(), recipient.seq(), Ended.FAILED));
            }
            refresh(recipient.id());
        }
    }

    /** Within a transaction: headquarters has the manifest after all. */
    void taken(Manifest manifest) throws SQLException {
        for (Manifest.Recipient recipient : manifest.recipients()) {
            statements.update(
                    "DELETE FROM ended WHERE recipient = ? AND seq = ?",
                    recipient.id().value(),
                    recipient.seq());
            refresh(recipient.id());
        }
    }

    private void refresh(SiteId recipient) throws SQLException {
        List<Ended> first = statements.all(
                "SELECT seq, how FROM ended WHERE recipient = ? ORDER BY seq LIMIT " + Message.MAX_ENDED,
                row -> new Ended(recipient, row.getLong(1), row.getString(2)),
                recipient.value());
        if (first.isEmpty()) {
            ended.remove(recipient);
        } else {
            ended.put(recipient, first);
        }
    }

    /** The earlier messages that one to these recipients tells of; null for none. Waits for nothing. */
    public List<Ended> ended(Collection<SiteId> recipients) {
        if (ended.isEmpty()) {
            return null;
        }
        List<Ended> told = recipients.stream()
                .flatMap(recipient -> ended.getOrDefault(recipient, List.of()).stream())
                .limit(Message.MAX_ENDED)
                .toList();
        return told.isEmpty() ? null : told;
    }

    /** The messages that later ones overtook by then, and that have no receipt. */
    public List<Gap> overtaken(Instant before) {
        return writer.write(() -> missing.noticed(before));
    }

    /** Messages of these gaps with other counts than the given ones wait for no receipt. */
    public void keep(Collection<Gap> gaps, Map<SiteId, Set<Long>> waiting) {
        writer.write(() -> {
            for (Gap gap : gaps) {
                missing.keep(gap, waiting.getOrDefault(gap.site(), Set.of()));
            }
            return null;
        });
    }

    /** @return how many of these messages were missing at the recipient, and are no longer; an operator says so */
    public long accept(Gap gap) {
        return writer.write(() -> missing.ended(gap));
    }
}
