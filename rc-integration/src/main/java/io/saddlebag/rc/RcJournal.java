package io.saddlebag.rc;

import io.saddlebag.folder.JournalFile;
import io.saddlebag.folder.JournalStatements;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What became of every delivery, and which key bundles this centre made: an SQLite database, {@code journal/rc.db}, whose
 * commits are on the disk when a call returns (WAL, synchronous=FULL), several threads' in one. Nothing of the history is
 * held in memory. Safe for any number of threads.
 */
public final class RcJournal implements AutoCloseable {
    /** The index is named, since SQLite would go by the primary key and so through all messages of the sender. */
    static final String LINK = "SELECT message_id, seq, manifest_sha256, prev FROM delivery INDEXED BY delivery_by_seq"
            + " WHERE sender_id = ? AND seq = ? AND message_id <> ? LIMIT 1";

    private final Path file;
    private final Connection connection;
    private final JournalStatements statements;
    private final Publications publications;
    private final MissingSeqs missing;
    private final GroupCommit commits;

    /**
     * A key bundle that this centre signed.
     *
     * @param bundle its JSON bytes
     * @param envelope the DSSE envelope around them
     */
    record SignedBundle(long version, byte[] bundle, byte[] envelope) {}

    /** A manifest's place in its sender's chain. */
    record Link(MessageId messageId, long seq, Sha256 manifestSha256, Sha256 prev) {}

    @FunctionalInterface
    private interface Work<T> {
        T run() throws SQLException;
    }

    private RcJournal(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
        this.statements = new JournalStatements(connection);
        this.publications = new Publications(statements);
        this.missing = new MissingSeqs(statements);
        this.commits = new GroupCommit(connection);
    }

    /** Opens the journal and makes it when there is none; its folder must exist. */
    static RcJournal open(Path file) throws JournalException {
        try {
            return new RcJournal(file, JournalFile.open(file, RcJournalSchema.VERSIONS));
        } catch (SQLException e) {
            throw new JournalException(file, e);
        }
    }

    /** The delivery, when the message stands in the outbox; one that was refused may come again. */
    Optional<JournalledDelivery> published(SiteId sender, MessageId messageId) throws JournalException {
        return with(() -> {
            try (ResultSet row = statements
                    .prepare(
                            "SELECT * FROM delivery WHERE sender_id = ? AND message_id = ? AND state <> 'REFUSED'",
                            sender.value(),
                            messageId.value())
                    .executeQuery()) {
                return row.next() ? Optional.of(delivery(row)) : Optional.empty();
            }
        });
    }

    private static JournalledDelivery delivery(ResultSet row) throws SQLException {
        String prev = row.getString("prev");
        return new JournalledDelivery(
                SiteId.of(row.getString("sender_id")),
                MessageId.of(row.getString("message_id")),
                row.getString("queue_name"),
                new Sha256(row.getString("manifest_sha256")),
                row.getLong("seq"),
                prev == null ? null : new Sha256(prev),
                new Sha256(row.getString("content_sha256")),
                row.getLong("content_size"),
                Instant.parse(row.getString("received_time")),
                row.getBytes("receipt"));
    }

    /** Records that the message stands in the outbox, with the receipt for it; before the acknowledgement leaves. */
    void publish(JournalledDelivery delivery) throws JournalException {
        commit(() -> {
            write(delivery, "PUBLISHED", null);
            publications.end(delivery);
        });
    }

    /**
     * Records that the payload stands in the outbox and that the standardized file is about to: were both gone after a
     * crash, somebody took them.
     */
    void announce(Publication publication) throws JournalException {
        commit(() -> publications.begin(publication));
    }

    /** What was announced and neither recorded as published nor refused since. */
    Optional<Publication> announced(SiteId sender, MessageId messageId) throws JournalException {
        return with(() -> publications.find(sender, messageId));
    }

    /** Those of a sender's messages that later ones overtook by the given time; from now on they count as reported. */
    List<MissingSeqs.Gap> reportMissing(Instant noticedBefore) throws JournalException {
        List<MissingSeqs.Gap> gaps = with(() -> missing.unreported(noticedBefore));
        if (!gaps.isEmpty()) {
            commit(() -> missing.markReported(noticedBefore));
        }
        return gaps;
    }

    /** Records a refusal, unless the message stands in the outbox; only of a manifest whose signature held. */
    void refuse(JournalledDelivery delivery, String reason) throws JournalException {
        commit(() -> {
            write(delivery, "REFUSED", reason);
            publications.end(delivery);
        });
    }

    private void write(JournalledDelivery delivery, String state, String reason) throws SQLException {
        missing.arrived(delivery.senderId(), delivery.seq(), delivery.receivedTime());
        statements.update(
                "INSERT INTO delivery (sender_id, message_id,"
                        + " queue_name, state, manifest_sha256, seq, prev, content_sha256, content_size, received_time,"
                        + " receipt, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (sender_id, message_id) DO UPDATE"
                        + " SET queue_name = excluded.queue_name, state = excluded.state, manifest_sha256 ="
                        + " excluded.manifest_sha256, seq = excluded.seq, prev = excluded.prev, content_sha256 ="
                        + " excluded.content_sha256, content_size = excluded.content_size, received_time ="
                        + " excluded.received_time, receipt = excluded.receipt, reason = excluded.reason"
                        + " WHERE delivery.state = 'REFUSED'",
                delivery.senderId().value(),
                delivery.messageId().value(),
                delivery.queueName(),
                state,
                delivery.manifestSha256().hex(),
                delivery.seq(),
                hex(delivery.prev()),
                hex(delivery.contentSha256()),
                delivery.contentSize(),
                delivery.receivedTime().toString(),
                delivery.receipt(),
                reason);
    }

    private static String hex(Sha256 digest) {
        return digest == null ? null : digest.hex();
    }

    /**
     * Notes that headquarters has taken the acknowledgement. Never blocks on the disk: written with the next commit or at
     * {@link #close}. Were it lost, nothing would be: the row says published, and a repeat is acknowledged again.
     */
    void acknowledge(SiteId sender, MessageId messageId, Instant time) {
        commits.add(() -> statements.update(
                "UPDATE delivery SET state = 'ACKNOWLEDGED', acknowledged_time = ?"
                        + " WHERE sender_id = ? AND message_id = ? AND state = 'PUBLISHED'",
                time.toString(),
                sender.value(),
                messageId.value()));
    }

    /** Writes what was noted since the last commit. */
    void flush() throws JournalException {
        commit(() -> {});
    }

    /** When a message of that queue was published; null when it was not. */
    Instant received(String queue, MessageId messageId) throws JournalException {
        return with(() -> {
            try (PreparedStatement select = connection.prepareStatement("SELECT received_time FROM delivery"
                    + " WHERE sender_id = ? AND message_id = ? AND queue_name = ? AND state <> 'REFUSED'")) {
                select.setString(1, messageId.sender().value());
                select.setString(2, messageId.value());
                select.setString(3, queue);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? Instant.parse(row.getString(1)) : null;
                }
            }
        });
    }

    /**
     * The newest messages of a queue that stand in the outbox and that headquarters may not know of yet.
     *
     * @param size their content has at least so many bytes
     */
    List<MessageId> unacknowledged(String queue, long size, int limit) throws JournalException {
        return with(() -> {
            try (PreparedStatement select = connection.prepareStatement("SELECT message_id FROM delivery"
                    + " WHERE queue_name = ? AND state = 'PUBLISHED' AND content_size >= ?"
                    + " ORDER BY received_time DESC LIMIT ?")) {
                select.setString(1, queue);
                select.setLong(2, size);
                select.setInt(3, limit);
                List<MessageId> found = new ArrayList<>();
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        found.add(MessageId.of(row.getString(1)));
                    }
                }
                return found;
            }
        });
    }

    /** Records that the files of these messages are being deleted, before they are. */
    void remove(Collection<MessageId> messageIds, Instant time) throws JournalException {
        commit(() -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE delivery SET removed_time = ? WHERE sender_id = ? AND message_id = ?")) {
                for (MessageId each : messageIds) {
                    update.setString(1, time.toString());
                    update.setString(2, each.sender().value());
                    update.setString(3, each.value());
                    update.addBatch();
                }
                update.executeBatch();
            }
        });
    }

    /** The manifest with that seq of the sender, other than that of the given message. */
    Optional<Link> link(SiteId sender, long seq, MessageId other) throws JournalException {
        return with(() -> {
            try (ResultSet row =
                    statements.prepare(LINK, sender.value(), seq, other.value()).executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                String prev = row.getString(4);
                return Optional.of(new Link(
                        MessageId.of(row.getString(1)),
                        row.getLong(2),
                        new Sha256(row.getString(3)),
                        prev == null ? null : new Sha256(prev)));
            }
        });
    }

    Optional<SignedBundle> newestBundle() throws JournalException {
        return with(() -> {
            try (PreparedStatement select = connection.prepareStatement(
                            "SELECT version, bundle, envelope FROM key_bundle ORDER BY version DESC LIMIT 1");
                    ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new SignedBundle(row.getLong(1), row.getBytes(2), row.getBytes(3)))
                        : Optional.empty();
            }
        });
    }

    /** Keeps a bundle; one of the same version, which nobody else can have seen, gives way. */
    void keep(SignedBundle bundle) throws JournalException {
        commit(() -> {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT OR REPLACE INTO key_bundle VALUES (?, ?, ?)")) {
                insert.setLong(1, bundle.version());
                insert.setBytes(2, bundle.bundle());
                insert.setBytes(3, bundle.envelope());
                insert.executeUpdate();
            }
        });
    }

    private void commit(GroupCommit.Change change) throws JournalException {
        try {
            commits.commit(change);
        } catch (SQLException e) {
            throw new JournalException(file, e);
        }
    }

    private <T> T with(Work<T> work) throws JournalException {
        try {
            synchronized (connection) {
                return work.run();
            }
        } catch (SQLException e) {
            throw new JournalException(file, e);
        }
    }

    @Override
    public void close() throws JournalException {
        try {
            commit(() -> {});
        } finally {
            with(() -> {
                connection.close();
                return null;
            });
        }
    }
}
