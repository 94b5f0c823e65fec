package io.saddlebag.rc.records;

import io.saddlebag.journal.JournalException;
import io.saddlebag.journal.JournalFile;
import io.saddlebag.journal.JournalStatements;
import io.saddlebag.journal.JournalWriter;
import io.saddlebag.journal.JournalWriter.Work;
import io.saddlebag.journal.MissingSeqs;
import io.saddlebag.journal.MissingSeqs.Gap;
import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The fate of every delivery, and the key bundles that this centre made: an SQLite database, {@code journal/rc.db}. Except
 * for {@link #acknowledge}, a change is on the disk when its call returns (WAL, synchronous=FULL); several threads share a
 * commit. The history is not held in memory. Any method may throw a {@link JournalException}. For any number of threads.
 */
public final class RcJournal implements AutoCloseable {
    private final Path file;
    private final Connection connection;
    private final Connection reader;
    private final JournalStatements statements;
    private final Deliveries deliveries;
    private final Deliveries published;
    private final Placements placements;
    private final MissingSeqs missing;
    private final SenderChain chain;
    private final Map<SiteId, Received> received = new ConcurrentHashMap<>();
    private final JournalWriter writer;
    private final VerdictRecords verdicts;

    /**
     * A key bundle that this centre signed.
     *
     * @param epoch of the certificate under which it signed, in seconds since 1970
     * @param version counted under that certificate
     * @param bundle its JSON bytes
     * @param envelope the DSSE envelope around them
     */
    public record SignedBundle(long epoch, long version, byte[] bundle, byte[] envelope) {}

    /**
     * The part of a sender's messages that has come.
     *
     * @param highest the highest count; 0 for none
     * @param complete up to which none is missing
     */
    public record Received(long highest, long complete) {
        /** With one message more. */
        public Received and(long seq) {
            return new Received(Math.max(highest, seq), complete == seq - 1 ? seq : complete);
        }
    }

    /** A change without a result. */
    @FunctionalInterface
    private interface Change {
        void run() throws SQLException;
    }

    private RcJournal(Path file, Connection connection, Connection reader) {
        this.file = file;
        this.connection = connection;
        this.reader = reader;
        this.statements = new JournalStatements(connection);
        this.deliveries = new Deliveries(statements);
        this.published = new Deliveries(new JournalStatements(reader));
        this.placements = new Placements(statements);
        this.missing = new MissingSeqs(statements);
        this.chain = new SenderChain(statements);
        // Deliveries come in groups of their own (GroupRounds), so that a further pause would only cost time.
        this.writer = new JournalWriter(file, connection, Duration.ZERO, this::rolledBack);
        this.verdicts = new VerdictRecords(file, writer, reader);
    }

    /** Opens the journal and makes it when there is none; its folder must exist. */
    public static RcJournal open(Path file) {
        try {
            Connection connection = JournalFile.open(file, RcJournalSchema.FIRST_VERSION, RcJournalSchema.SCRIPTS);
            return new RcJournal(file, connection, JournalFile.reader(file));
        } catch (SQLException e) {
            throw new JournalException(file, e);
        }
    }

    /** The verdicts on messages in the outboxes. */
    public VerdictRecords verdicts() {
        return verdicts;
    }

    private void rolledBack() {
        chain.forget();
        missing.forget();
        received.clear();
        placements.forget();
    }

    /** The delivery of a message in the outbox; a refused message may come again. Waits for no commit. */
    public Optional<JournalledDelivery> published(SiteId sender, MessageId messageId) {
        return read(reader, () -> published.published(sender, messageId));
    }

    /**
     * Records that the messages are in the outbox, with their receipts; before the acknowledgements leave. The receipt of a
     * message that was recorded before is replaced.
     *
     * @return completed: the faults in the sender's chain around each, and messages that were missing and do not come any
     *     more by headquarters' word to the sender; a sentence each
     */
    public List<CompletableFuture<List<String>>> publish(List<JournalledDelivery> all) {
        List<Work<List<String>>> works = new ArrayList<>();
        for (JournalledDelivery delivery : all) {
            works.add(() -> {
                List<String> faults = new ArrayList<>(chain.judge(delivery));
                write(delivery, Deliveries.PUBLISHED, null);
                for (Message.Ended ended : delivery.ended()) {
                    end(delivery.senderId(), ended).ifPresent(faults::add);
                }
                note(delivery.senderId());
                placements.end(delivery);
                return faults;
            });
        }
        return writer.writeAll(works);
    }

    /** The sender's own word ends a gap without a fault. */
    private Optional<String> end(SiteId sender, Message.Ended ended) throws SQLException {
        boolean wasMissing = missing.ended(sender, ended.seq());
        return wasMissing && !ended.how().equals(Message.Ended.FAILED)
                ? Optional.of("says that the missing seq " + ended.seq() + " of " + sender
                        + " does not come any more: headquarters told the sender that it is "
                        + Printable.of(ended.how()) + "; ask headquarters for the reason")
                : Optional.empty();
    }

    /**
     * Records that the payloads are in the outbox and that the standardized files are about to get their names. When both
     * are gone after a crash, a reader took them.
     *
     * @return completed
     */
    public List<CompletableFuture<Void>> announce(List<Placement> begun) {
        List<Work<Void>> works = new ArrayList<>();
        begun.forEach(placement -> works.add(work(() -> {
            placements.begin(placement);
            if (placement.verdictSecret() != null) {
                verdicts.expect(placement);
            }
        })));
        return writer.writeAll(works);
    }

    /** The place that was announced, unless the message was published or refused since. */
    public Optional<Placement> announced(MessageId messageId) {
        return placements.isNone(messageId) ? Optional.empty() : read(connection, () -> placements.find(messageId));
    }

    /** The messages of senders that later ones overtook by the given time. */
    public List<Gap> missing(Instant noticedBefore) {
        return read(connection, () -> missing.noticed(noticedBefore));
    }

    /** As {@link #missing}, those alone that this did not give before. */
    public List<Gap> newlyMissing(Instant noticedBefore) {
        return missing(noticedBefore).isEmpty() ? List.of() : writer.write(() -> missing.newlyNoticed(noticedBefore));
    }

    /** These messages are no longer missing; an operator says so. */
    public long acceptMissing(Gap gap) {
        return writer.write(() -> missing.ended(gap));
    }

    /**
     * The part of a sender's messages that has come, by the last changes. Waits for no commit: a power cut may undo a change
     * before the receipt that tells of it has left, and the message comes again.
     */
    public Received received(SiteId sender) {
        Received known = received.get(sender);
        return known != null ? known : read(connection, () -> note(sender));
    }

    private Received note(SiteId sender) throws SQLException {
        long highest = chain.highest(sender);
        Received now = new Received(highest, missing.completeUpTo(sender, highest));
        received.put(sender, now);
        return now;
    }

    /** Records a refusal, unless the message is in the outbox; only of a manifest whose signature verified. */
    public void refuse(JournalledDelivery delivery, String reason) {
        commit(() -> {
            write(delivery, Deliveries.REFUSED, reason);
            note(delivery.senderId());
            placements.end(delivery);
            verdicts.refused(delivery);
        });
    }

    private void write(JournalledDelivery delivery, String state, String reason) throws SQLException {
        long highest = chain.highest(delivery.senderId());
        if (deliveries.write(delivery, state, reason)) {
            missing.arrived(delivery.senderId(), delivery.seq(), highest, delivery.receivedTime());
            verdicts.moved(delivery);
            chain.recorded(delivery);
        }
    }

    /**
     * Notes that headquarters has taken the acknowledgement. Never blocks on the disk: the note is written with the next
     * commit or by {@link #close}. Its loss does no harm: a repeat is then acknowledged again.
     */
    public void acknowledge(SiteId sender, MessageId messageId, Instant time) {
        writer.add(work(() -> deliveries.acknowledge(sender, messageId, time)));
    }

    /** Writes the notes since the last commit. */
    public void flush() {
        commit(() -> {});
    }

    /** The time when a message of that queue was published; null when it was not. */
    public Instant received(String queue, MessageId messageId) {
        return read(connection, () -> deliveries.received(queue, messageId));
    }

    /** The newest messages of a queue, of a part's size at least, whose acknowledgement headquarters may lack. */
    public List<MessageId> unacknowledged(String queue, int limit) {
        return read(connection, () -> deliveries.unacknowledged(queue, limit));
    }

    /** Records that the files of these messages are about to be deleted. */
    public void remove(Collection<MessageId> messageIds, Instant time) {
        commit(() -> deliveries.remove(messageIds, time));
    }

    /** The highest version under the newest certificate. */
    public Optional<SignedBundle> newestBundle() {
        return Optional.ofNullable(read(
                connection,
                () -> statements.first(
                        "SELECT epoch, version, bundle, envelope FROM key_bundle"
                                + " ORDER BY epoch DESC, version DESC LIMIT 1",
                        row -> new SignedBundle(row.getLong(1), row.getLong(2), row.getBytes(3), row.getBytes(4)))));
    }

    /** Keeps a bundle, in the place of one of the same version, which no other site can have seen. */
    public void keep(SignedBundle bundle) {
        commit(() -> statements.update(
                "INSERT OR REPLACE INTO key_bundle VALUES (?, ?, ?, ?)",
                bundle.epoch(),
                bundle.version(),
                bundle.bundle(),
                bundle.envelope()));
    }

    private void commit(Change change) {
        writer.write(work(change));
    }

    private static Work<Void> work(Change change) {
        return () -> {
            change.run();
            return null;
        };
    }

    private <T> T read(Connection from, Work<T> work) {
        synchronized (from) {
            try {
                return work.run();
            } catch (SQLException e) {
                throw new JournalException(file, e);
            }
        }
    }

    @Override
    public void close() {
        try {
            flush();
        } finally {
            writer.close();
            read(connection, () -> {
                JournalFile.close(file, reader, connection);
                return null;
            });
        }
    }
}
