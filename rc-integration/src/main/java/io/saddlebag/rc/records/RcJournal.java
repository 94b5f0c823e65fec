package io.saddlebag.rc.records;

import io.saddlebag.journal.JournalFile;
import io.saddlebag.journal.JournalStatements;
import io.saddlebag.journal.JournalTransaction.Change;
import io.saddlebag.message.MessageId;
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
    private final Path file;
    private final Connection connection;
    private final Connection reader;
    private final Deliveries deliveries;
    private final Deliveries published;
    private final Publications publications;
    private final MissingSeqs missing;
    private final SenderChain chain;
    private final GroupCommit commits;

    /**
     * A key bundle that this centre signed.
     *
     * @param bundle its JSON bytes
     * @param envelope the DSSE envelope around them
     */
    public record SignedBundle(long version, byte[] bundle, byte[] envelope) {}

    /**
     * How recording a delivery ended.
     *
     * @param faults what is wrong in its sender's chain around it, a sentence each
     * @param failure null when it is on the disk
     */
    public record Recorded(List<String> faults, JournalException failure) {}

    @FunctionalInterface
    private interface Work<T> {
        T run() throws SQLException;
    }

    private RcJournal(Path file, Connection connection, Connection reader) {
        this.file = file;
        this.connection = connection;
        this.reader = reader;
        JournalStatements statements = new JournalStatements(connection);
        this.deliveries = new Deliveries(statements);
        this.published = new Deliveries(new JournalStatements(reader));
        this.publications = new Publications(statements);
        this.missing = new MissingSeqs(statements);
        this.chain = new SenderChain(statements);
        this.commits = new GroupCommit(connection, this::rolledBack);
    }

    /** Opens the journal and makes it when there is none; its folder must exist. */
    public static RcJournal open(Path file) throws JournalException {
        try {
            Connection connection = JournalFile.open(file, RcJournalSchema.VERSIONS);
            return new RcJournal(file, connection, JournalFile.reader(file));
        } catch (SQLException e) {
            throw new JournalException(file, e);
        }
    }

    private void rolledBack() {
        chain.forget();
        publications.forget();
    }

    /** The delivery, when the message stands in the outbox; one that was refused may come again. Waits for no commit. */
    public Optional<JournalledDelivery> published(SiteId sender, MessageId messageId) throws JournalException {
        synchronized (reader) {
            try {
                return published.published(sender, messageId);
            } catch (SQLException e) {
                throw new JournalException(file, e);
            }
        }
    }

    /**
     * Records that the messages stand in the outbox, with the receipts for them; before the acknowledgements leave. Of one
     * that was recorded before, the receipt takes the place of the former.
     *
     * @return how it ended for each
     */
    public List<Recorded> publish(List<JournalledDelivery> deliveries) {
        List<List<String>> faults = new ArrayList<>();
        List<Change> changes = new ArrayList<>();
        for (JournalledDelivery delivery : deliveries) {
            List<String> own = new ArrayList<>();
            faults.add(own);
            changes.add(() -> {
                own.clear();
                own.addAll(chain.judge(delivery));
                write(delivery, Deliveries.PUBLISHED, null);
                publications.end(delivery);
            });
        }
        List<JournalException> failures = commitAll(changes);
        List<Recorded> recorded = new ArrayList<>();
        for (int i = 0; i < failures.size(); i++) {
            recorded.add(new Recorded(faults.get(i), failures.get(i)));
        }
        return recorded;
    }

    /**
     * Records that the payloads stand in the outbox and that the standardized files are about to: were both gone after a
     * crash, somebody took them.
     *
     * @return what is wrong with each, null where nothing is
     */
    public List<JournalException> announce(List<Publication> begun) {
        List<Change> changes = new ArrayList<>();
        begun.forEach(publication -> changes.add(() -> publications.begin(publication)));
        return commitAll(changes);
    }

    /** What was announced and neither recorded as published nor refused since. */
    public Optional<Publication> announced(MessageId messageId) throws JournalException {
        return publications.isNone(messageId) ? Optional.empty() : with(() -> publications.find(messageId));
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
    public void refuse(JournalledDelivery delivery, String reason) throws JournalException {
        commit(() -> {
            write(delivery, Deliveries.REFUSED, reason);
            publications.end(delivery);
        });
    }

    private void write(JournalledDelivery delivery, String state, String reason) throws SQLException {
        long highest = chain.highest(delivery.senderId());
        if (deliveries.write(delivery, state, reason)) {
            missing.arrived(delivery.senderId(), delivery.seq(), highest, delivery.receivedTime());
            chain.recorded(delivery);
        }
    }

    /**
     * Notes that headquarters has taken the acknowledgement. Never blocks on the disk: written with the next commit or at
     * {@link #close}. Were it lost, nothing would be: the row says published, and a repeat is acknowledged again.
     */
    public void acknowledge(SiteId sender, MessageId messageId, Instant time) {
        commits.add(() -> deliveries.acknowledge(sender, messageId, time));
    }

    /** Writes what was noted since the last commit. */
    public void flush() throws JournalException {
        commit(() -> {});
    }

    /** When a message of that queue was published; null when it was not. */
    public Instant received(String queue, MessageId messageId) throws JournalException {
        return with(() -> deliveries.received(queue, messageId));
    }

    /** The newest messages of a queue, of a part's size at least, that headquarters may not know to stand in the outbox. */
    public List<MessageId> unacknowledged(String queue, int limit) throws JournalException {
        return with(() -> deliveries.unacknowledged(queue, limit));
    }

    /** Records that the files of these messages are being deleted, before they are. */
    public void remove(Collection<MessageId> messageIds, Instant time) throws JournalException {
        commit(() -> deliveries.remove(messageIds, time));
    }

    public Optional<SignedBundle> newestBundle() throws JournalException {
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
    public void keep(SignedBundle bundle) throws JournalException {
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

    private void commit(Change change) throws JournalException {
        try {
            commits.commit(change);
        } catch (SQLException e) {
            throw new JournalException(file, e);
        }
    }

    private List<JournalException> commitAll(List<Change> changes) {
        List<JournalException> failures = new ArrayList<>();
        for (SQLException failure : commits.commitAll(changes)) {
            failures.add(failure == null ? null : new JournalException(file, failure));
        }
        return failures;
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
                JournalFile.close(file, reader, connection);
                return null;
            });
        }
    }
}
