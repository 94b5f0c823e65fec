package io.saddlebag.rc;

import io.saddlebag.folder.JournalStatements;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a sender's messages to this centre fit together: each manifest counts them and names the one before, so that
 * nobody on the way can put one in another's place unseen. In whatever order they come; what has not come at all is for
 * {@link ReportMissing}. Of each sender the newest is held in memory, so that the next in order costs no question. Under
 * the journal's lock.
 */
final class SenderChain {
    /** The index is named, since SQLite would go by the primary key and so through all messages of the sender. */
    static final String LINK = "SELECT message_id, seq, manifest_sha256, prev FROM delivery INDEXED BY delivery_by_seq"
            + " WHERE sender_id = ? AND seq = ? AND message_id <> ? LIMIT 1";

    private static final String NEWEST =
            "SELECT message_id, seq, manifest_sha256, prev FROM delivery INDEXED BY delivery_by_seq"
                    + " WHERE sender_id = ? ORDER BY seq DESC LIMIT 1";

    private final JournalStatements statements;
    private final Map<SiteId, Link> newestBySender = new HashMap<>();

    SenderChain(JournalStatements statements) {
        this.statements = statements;
    }

    /** A manifest's place in its sender's chain. */
    private record Link(MessageId messageId, long seq, Sha256 manifestSha256, Sha256 prev) {}

    /** The highest count that has come from the sender; 0 when none has. */
    long highest(SiteId sender) throws SQLException {
        Link newest = newest(sender);
        return newest == null ? 0 : newest.seq();
    }

    /** What is wrong in the chain around this delivery, a sentence each; it may be recorded itself or not yet. */
    List<String> faults(JournalledDelivery delivery) throws SQLException {
        SiteId sender = delivery.senderId();
        long seq = delivery.seq();
        Link newest = newest(sender);
        boolean isNext =
                newest != null && newest.seq() == seq - 1 && !newest.messageId().equals(delivery.messageId());
        boolean isLast = newest == null || newest.seq() < seq;
        List<String> faults = new ArrayList<>();
        Link same = isLast ? null : link(delivery, seq);
        if (same != null) {
            faults.add("seq " + seq + " of " + sender + " was " + same.messageId()
                    + " before; ask the sender whether its journal was lost");
        }
        Link before = isNext ? newest : link(delivery, seq - 1);
        if (before != null && !before.manifestSha256().equals(delivery.prev())) {
            faults.add("expected " + before.messageId() + " (manifest " + before.manifestSha256() + ") before seq "
                    + seq + " of " + sender + ", found " + delivery.prev()
                    + "; ask the sender whether its journal was lost");
        }
        Link after = isLast ? null : link(delivery, seq + 1);
        if (after != null && !delivery.manifestSha256().equals(after.prev())) {
            faults.add("expected seq " + seq + " of " + sender + " to be manifest " + after.prev() + ", as "
                    + after.messageId() + " says, found " + delivery.manifestSha256());
        }
        return faults;
    }

    /** Takes note of what was recorded. */
    void recorded(JournalledDelivery delivery) {
        newestBySender.computeIfPresent(delivery.senderId(), (sender, newest) -> {
            if (newest.messageId().equals(delivery.messageId())) {
                return null;
            }
            return delivery.seq() > newest.seq() ? link(delivery) : newest;
        });
    }

    /** What was recorded may have been rolled back. */
    void forget() {
        newestBySender.clear();
    }

    private static Link link(JournalledDelivery delivery) {
        return new Link(delivery.messageId(), delivery.seq(), delivery.manifestSha256(), delivery.prev());
    }

    private Link newest(SiteId sender) throws SQLException {
        Link newest = newestBySender.get(sender);
        if (newest == null) {
            newest = read(statements.prepare(NEWEST, sender.value()).executeQuery());
            if (newest != null) {
                newestBySender.put(sender, newest);
            }
        }
        return newest;
    }

    /** The manifest with that count of the sender, other than the delivery's own. */
    private Link link(JournalledDelivery delivery, long seq) throws SQLException {
        return read(statements
                .prepare(
                        LINK,
                        delivery.senderId().value(),
                        seq,
                        delivery.messageId().value())
                .executeQuery());
    }

    private static Link read(ResultSet rows) throws SQLException {
        try (rows) {
            if (!rows.next()) {
                return null;
            }
            String prev = rows.getString(4);
            return new Link(
                    MessageId.of(rows.getString(1)),
                    rows.getLong(2),
                    new Sha256(rows.getString(3)),
                    prev == null ? null : new Sha256(prev));
        }
    }
}
