package io.saddlebag.rc.records;

import io.saddlebag.journal.JournalStatements;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Checks that a sender's messages to this centre fit together, in whatever order they come. Each manifest counts the
 * messages and names the one before, so that no message can be replaced unnoticed on the way. {@link MissingSeqs} holds the
 * messages that have not come. A sender whose home was restored or copied counts twice: the fork is recorded, and reported
 * once. The newest message of each sender is held in memory, so that the next in order costs no query. Under the journal's
 * lock.
 */
final class SenderChain {
    /** The index is named, since SQLite would use the primary key and read all messages of the sender. */
    static final String LINK = "SELECT message_id, seq, manifest_sha256, prev FROM delivery INDEXED BY delivery_by_seq"
            + " WHERE sender_id = ? AND seq = ? AND message_id <> ? ORDER BY message_id LIMIT 16";

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

    /**
     * Records a fork at this delivery, which may be recorded itself or not yet.
     *
     * @return the faults in the chain around it that were not reported before, a sentence each
     */
    List<String> judge(JournalledDelivery delivery) throws SQLException {
        Link newest = newest(delivery.senderId());
        if (newest == null) {
            return List.of();
        }
        boolean isNext = newest.seq() == delivery.seq() - 1
                && !newest.messageId().equals(delivery.messageId())
                && newest.manifestSha256().equals(delivery.prev());
        return isNext ? List.of() : new Around(delivery, newest).judge();
    }

    /** The other messages around a delivery. */
    private final class Around {
        private final JournalledDelivery delivery;
        private final List<Link> before;
        private final List<Link> same;
        private final List<Link> after;
        private final Link newest;

        Around(JournalledDelivery delivery, Link newest) throws SQLException {
            this.delivery = delivery;
            this.newest = newest;
            boolean isLast = newest.seq() < delivery.seq();
            before = links(delivery, delivery.seq() - 1);
            same = isLast ? List.of() : links(delivery, delivery.seq());
            after = isLast ? List.of() : links(delivery, delivery.seq() + 1);
        }

        List<String> judge() throws SQLException {
            if (!same.isEmpty()) {
                return fork(
                        same.get(0), "two messages of " + delivery.senderId() + " have one place in its sequence: ");
            }
            Link sibling = sibling();
            if (sibling != null) {
                return fork(
                        sibling,
                        "two messages of " + delivery.senderId() + " follow the same manifest " + delivery.prev()
                                + ": ");
            }
            List<String> faults = new ArrayList<>();
            if (!before.isEmpty() && before.stream().noneMatch(this::isFollowed)) {
                Link expected = before.get(0);
                faults.add("expected " + expected.messageId() + " (manifest " + expected.manifestSha256()
                        + ") before seq " + delivery.seq() + " of " + delivery.senderId() + ", found "
                        + delivery.prev() + "; ask the sender whether its journal was lost");
            }
            if (!after.isEmpty() && after.stream().noneMatch(this::follows)) {
                Link next = after.get(0);
                faults.add("expected seq " + delivery.seq() + " of " + delivery.senderId() + " to be manifest "
                        + next.prev() + ", as " + next.messageId() + " says, found " + delivery.manifestSha256());
            }
            return faults;
        }

        private boolean isFollowed(Link link) {
            return link.manifestSha256().equals(delivery.prev());
        }

        private boolean follows(Link link) {
            return delivery.manifestSha256().equals(link.prev());
        }

        /** A neighbour, or the newest message, that names the same manifest before it. */
        private Link sibling() {
            if (delivery.prev() == null) {
                return null;
            }
            List<Link> others = new ArrayList<>(before);
            others.addAll(after);
            if (!newest.messageId().equals(delivery.messageId())) {
                others.add(newest);
            }
            return others.stream()
                    .filter(other -> delivery.prev().equals(other.prev()))
                    .findFirst()
                    .orElse(null);
        }

        private List<String> fork(Link other, String what) throws SQLException {
            SiteId sender = delivery.senderId();
            if (isForked(sender, delivery.messageId())) {
                return List.of();
            }
            boolean continued = isOfFork(before, this::isFollowed) || isOfFork(after, this::follows);
            statements.update(
                    "INSERT OR IGNORE INTO fork VALUES (?, ?, ?, ?, ?, ?, ?)",
                    sender.value(),
                    delivery.messageId().value(),
                    delivery.seq(),
                    other.messageId().value(),
                    other.seq(),
                    delivery.receivedTime().toString(),
                    continued ? 1 : 0);
            return continued
                    ? List.of()
                    : List.of(what + other.messageId() + " (seq " + other.seq() + ") and " + delivery.messageId()
                            + " (seq " + delivery.seq() + "); both are delivered, ask the sender whether its home was"
                            + " restored or copied");
        }

        private boolean isOfFork(List<Link> links, Predicate<Link> isLinked) throws SQLException {
            for (Link link : links) {
                if (isLinked.test(link) && isForked(delivery.senderId(), link.messageId())) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * The table {@code fork} has pairs of a sender's messages of which only one can be in its sequence. A row stays, so
     * that an audit reports it.
     *
     * @return true when the message is one of a pair
     */
    private boolean isForked(SiteId sender, MessageId messageId) throws SQLException {
        String id = messageId.value();
        return statements.has("SELECT 1 FROM fork WHERE sender_id = ? AND message_id = ?", sender.value(), id)
                || statements.has(
                        "SELECT 1 FROM fork WHERE sender_id = ? AND other_id = ? LIMIT 1", sender.value(), id);
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

    /** The last changes may have been rolled back. */
    void forget() {
        newestBySender.clear();
    }

    private static Link link(JournalledDelivery delivery) {
        return new Link(delivery.messageId(), delivery.seq(), delivery.manifestSha256(), delivery.prev());
    }

    private Link newest(SiteId sender) throws SQLException {
        Link newest = newestBySender.get(sender);
        if (newest == null) {
            newest = statements.first(NEWEST, SenderChain::link, sender.value());
            if (newest != null) {
                newestBySender.put(sender, newest);
            }
        }
        return newest;
    }

    /** The manifests of the sender with that count, except the delivery's own: one, or a few of a forked sender. */
    private List<Link> links(JournalledDelivery delivery, long seq) throws SQLException {
        return statements.all(
                LINK,
                SenderChain::link,
                delivery.senderId().value(),
                seq,
                delivery.messageId().value());
    }

    private static Link link(ResultSet row) throws SQLException {
        String prev = row.getString(4);
        return new Link(
                MessageId.of(row.getString(1)),
                row.getLong(2),
                new Sha256(row.getString(3)),
                prev == null ? null : new Sha256(prev));
    }
}
