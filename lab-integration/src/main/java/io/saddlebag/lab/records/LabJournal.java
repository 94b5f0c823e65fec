package io.saddlebag.lab.records;

import io.saddlebag.journal.JournalException;
import io.saddlebag.journal.JournalFile;
import io.saddlebag.journal.JournalStatements;
import io.saddlebag.journal.JournalStatements.Row;
import io.saddlebag.journal.JournalWriter;
import io.saddlebag.journal.JournalWriter.Work;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.OutgoingMessage.Claim;
import io.saddlebag.lab.message.OutgoingMessage.State;
import io.saddlebag.lab.message.SentManifest;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The state of every file: an SQLite database, {@code journal/lab.db}, whose commits are on the disk when a call
 * returns (WAL, synchronous=FULL). Also keeps, for each recipient, the count of manifests made out to it and the digest
 * of the last. Holds no rows in memory. Safe for any number of threads; writes at the same time share a commit.
 */
public final class LabJournal implements AutoCloseable {
    /** The columns of {@link #messages}. */
    static final String SELECT = "SELECT number, message_id, route_id, file_name, content_type, recipients,"
            + " sent_timestamp, state, size, sha256, manifest, envelope, drop_folder, modified, former_id,"
            + " receipt_secret FROM message ";

    private final Path file;
    private final Connection connection;
    /** Claims whose file could not be moved and that could not be taken back yet; a start finds them by itself. */
    private final Set<Long> unmoved = ConcurrentHashMap.newKeySet();
    /** Claims whose file is on its way into the work folder, which nobody may see before it is there. */
    private final Set<Long> moving = ConcurrentHashMap.newKeySet();

    private final JournalWriter writer;
    private final JournalStatements statements;
    private final IdSeries series;
    private final Sequences sequences;
    private final ChainRecords chain;
    private final ReceivedRecords received;
    private final ResendRecords resends;

    /**
     * Moves the claimed file; runs after the claim is recorded and before anybody can see it. When it throws, the work
     * folder must hold nothing of the file, because the claim and its id are forgotten.
     */
    @FunctionalInterface
    public interface Move {
        void to(MessageId messageId) throws IOException;
    }

    /**
     * @param seq the manifest's number for this recipient, from 1
     * @param prev SHA-256 of the manifest before it; null for the first
     */
    public record Place(long seq, Sha256 prev) {}

    private LabJournal(Path file, Connection connection) throws SQLException {
        this.file = file;
        this.connection = connection;
        this.writer = new JournalWriter(file, connection);
        this.statements = writer.statements();
        this.series = new IdSeries(statements);
        this.sequences = new Sequences(statements);
        this.received = new ReceivedRecords(writer, sequences);
        this.chain = new ChainRecords(writer, series, sequences, received);
        this.resends = new ResendRecords(writer, received);
    }

    /**
     * Opens the journal and makes it when there is none; its folder must exist.
     *
     * @throws JournalException when it is no journal, of another version, or cannot be written
     */
    public static LabJournal open(Path file) {
        try {
            return new LabJournal(
                    file, JournalFile.open(file, LabJournalSchema.FIRST_VERSION, LabJournalSchema.SCRIPTS));
        } catch (SQLException e) {
            throw new JournalException(file, e);
        }
    }

    /**
     * Records a claim, which nobody sees before its file is moved.
     *
     * @param place of the file until it is moved, see {@link LabFolders#claimPlace}
     * @return fails with a {@link JournalException} when the id was claimed before or nothing can be written
     */
    public CompletableFuture<OutgoingMessage> claim(MessageId messageId, Claim claim, String place) {
        return claim(() -> messageId, claim, place);
    }

    /**
     * As {@link #claim(MessageId, Claim, String)}, under the next free id of a series. A number once given is never
     * given again, whatever becomes of its file.
     *
     * @param prefix the beginning of its ids, such as {@code FL-LAB_DAT_20251008_}
     */
    public CompletableFuture<OutgoingMessage> claimNext(String prefix, Claim claim, String place) {
        return claim(() -> series.next(prefix), claim, place);
    }

    private CompletableFuture<OutgoingMessage> claim(Work<MessageId> naming, Claim claim, String place) {
        return writer.submit(() -> {
            MessageId messageId = naming.run();
            long number = statements.first(
                    "INSERT INTO message (message_id, route_id, file_name, content_type, recipients,"
                            + " sent_timestamp, state, size, drop_folder, modified, claim_place,"
                            + " receipt_secret) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
                    row -> row.getLong(1),
                    messageId.value(),
                    claim.routeId(),
                    claim.fileName(),
                    claim.contentType(),
                    claim.recipients().stream().map(SiteId::value).collect(Collectors.joining(",")),
                    claim.sentTimestamp().toString(),
                    State.CLAIMED.name(),
                    claim.look().size(),
                    claim.folder(),
                    claim.look().modified().toString(),
                    place,
                    claim.receiptSecret().bytes());
            moving.add(number);
            return OutgoingMessage.claimed(number, messageId, claim);
        });
    }

    /**
     * Moves the file of a recorded claim; when that fails, the claim is taken back. Not on the journal's own thread.
     *
     * @throws IOException from the move
     */
    public void move(OutgoingMessage claimed, Move move) throws IOException {
        try {
            move.to(claimed.messageId());
        } catch (IOException | RuntimeException e) {
            unmoved.add(claimed.number());
            try {
                takeBackUnmoved();
            } catch (JournalException notNow) {
                e.addSuppressed(notNow);
            }
            throw e;
        } finally {
            moving.remove(claimed.number());
        }
    }

    /** The disk that refused a file may refuse the journal too; nobody sees such a claim until it is gone. */
    private void takeBackUnmoved() {
        for (long number : List.copyOf(unmoved)) {
            forget(number);
            unmoved.remove(number);
        }
    }

    /** Takes a claim back, so that the id is free again. */
    public void forget(long number) {
        writer.write(() -> statements.update("DELETE FROM message WHERE number = ?", number));
    }

    public Optional<OutgoingMessage> find(MessageId messageId) {
        takeBackUnmoved();
        // As a rule there is none, and to ask for one column costs a quarter of asking for all.
        return isKnown(messageId) ? message(SELECT + "WHERE message_id = ?", messageId.value()) : Optional.empty();
    }

    /** True when the journal has a row of the message. */
    public boolean isKnown(MessageId messageId) {
        return ask(() -> statements.has("SELECT 1 FROM message WHERE message_id = ?", messageId.value()));
    }

    /** Records the digest of a claimed file before it is sealed, so that one comparison alone reads the file. */
    public void digested(long number, Sha256 sha256) {
        writer.submit(() -> statements.update(
                "UPDATE message SET sha256 = ? WHERE number = ? AND state = 'CLAIMED'", sha256.hex(), number));
    }

    /**
     * Messages that are claimed or sealed, and were claimed after the given one, oldest first. Leaves out those whose
     * file is still on its way into the work folder.
     */
    public List<OutgoingMessage> unsettled(long afterNumber, int limit) {
        takeBackUnmoved();
        List<OutgoingMessage> found = messages(
                SELECT + "WHERE state IN ('CLAIMED', 'SEALED') AND number > ? ORDER BY number LIMIT ?",
                afterNumber,
                limit);
        return resting(found);
    }

    /** Those whose file is not on its way into the work folder. */
    List<OutgoingMessage> resting(List<OutgoingMessage> found) {
        return moving.isEmpty()
                ? found
                : found.stream().filter(each -> !moving.contains(each.number())).toList();
    }

    /**
     * Gives the message its place in each recipient's sequence and records the manifest made from them, in one
     * transaction. Also records the content's size and digest, by which a second drop of the same name is judged.
     *
     * @param sealed the sealed message, when it is small enough for the journal; null when it is a file
     * @param maker makes the manifest of the places; may run twice
     * @return the manifest's JSON
     */
    public CompletableFuture<byte[]> sealed(
            OutgoingMessage message, byte[] sealed, Function<Map<SiteId, Place>, byte[]> maker) {
        return writer.submit(() -> {
            Map<SiteId, Place> places = new TreeMap<>();
            for (SiteId recipient : message.claim().recipients()) {
                places.put(recipient, sequences.next(recipient));
            }
            byte[] manifest = maker.apply(places);
            Sha256 digest = Sha256.of(manifest);
            for (Map.Entry<SiteId, Place> place : places.entrySet()) {
                sequences.set(place.getKey(), place.getValue().seq(), digest);
            }
            statements.update(
                    LabJournalSchema.SEAL,
                    message.size(),
                    message.sha256() == null ? null : message.sha256().hex(),
                    manifest,
                    digest.hex(),
                    sealed,
                    ChainRecords.places(
                            message, recipient -> places.get(recipient).seq()),
                    message.number());
            return manifest;
        });
    }

    /** Completes with 0 when somebody wants the message back: it is not signed then. */
    public CompletableFuture<Integer> signed(long number, byte[] envelope) {
        return writer.submit(() -> statements.update(LabJournalSchema.SIGN, envelope, number));
    }

    /**
     * Also records the file's place, for a second look.
     *
     * @param held the other manifest, of the same claim, under which headquarters has the message; null as a rule
     * @param kept the file's place, in a folder of a day that is synced first; null for none
     */
    public CompletableFuture<Integer> sent(OutgoingMessage message, SentManifest held, Instant at, Path kept) {
        return writer.submit(
                () -> {
                    if (held != null) {
                        chain.adopt(message, held);
                    }
                    if (kept != null) {
                        statements.update("INSERT OR IGNORE INTO second_look (number) VALUES (?)", message.number());
                    }
                    return settle(message.number(), State.SENT, null, at, kept);
                },
                kept == null ? null : kept.getParent());
    }

    /**
     * The places in the sequences of a manifest that was in conflict are free again. After any other failure the
     * recipients learn that it does not come.
     *
     * @param code see {@link Refusal.Code#text}
     * @param reason for people
     */
    public void failed(OutgoingMessage message, String code, String reason, Instant at) {
        writer.write(() -> {
            if (code.equals(Refusal.Code.CONFLICT.text())) {
                chain.release(message);
            } else if (message.manifest() != null) {
                received.failed(Json.read(message.manifest(), Manifest.class));
            }
            return settle(message.number(), State.FAILED, code + ": " + reason, at, null);
        });
    }

    /** The part that catches up with headquarters after a restore. */
    public ChainRecords chain() {
        return chain;
    }

    /** The part that knows what recipients have. */
    public ReceivedRecords received() {
        return received;
    }

    /** The part that takes a sent message back, to be sent again. */
    public ResendRecords resends() {
        return resends;
    }

    private int settle(long number, State state, String reason, Instant at, Path kept) throws SQLException {
        return statements.update(
                "UPDATE message SET state = ?, reason = ?, settled_time = ?, kept_as = ?, manifest = NULL,"
                        + " envelope = NULL, sealed = NULL, withdraw_reason = iif(?, NULL, withdraw_reason)"
                        + " WHERE number = ?",
                state.name(),
                reason,
                at.toString(),
                kept == null ? null : kept.getParent().getFileName() + "/" + kept.getFileName(),
                state == State.SENT,
                number);
    }

    /** Runs one change for each of these messages, in one transaction. */
    public void forEach(Collection<Long> numbers, String sql) {
        forEach(numbers, sql, number -> new Object[] {number});
    }

    /** The same for rows of other parameters. */
    <T> void forEach(Collection<T> all, String sql, Function<T, Object[]> parameters) {
        writer.write(() -> {
            for (T each : all) {
                statements.update(sql, parameters.apply(each));
            }
            return null;
        });
    }

    /** The value of the first row; null when there is none. */
    public <T> T value(String sql, Row<T> row, Object... parameters) {
        return ask(() -> statements.first(sql, row, parameters));
    }

    /** The values of all rows, once everything that was submitted before is committed. */
    public <T> List<T> queryInTurn(String sql, Row<T> row, Object... parameters) {
        return writer.write(() -> statements.all(sql, row, parameters));
    }

    /** @param sql as for {@link #messages} */
    Optional<OutgoingMessage> message(String sql, Object... parameters) {
        return Optional.ofNullable(value(sql, LabJournal::message, parameters));
    }

    /** @param sql begins with {@link #SELECT} */
    List<OutgoingMessage> messages(String sql, Object... parameters) {
        return ask(() -> statements.all(sql, LabJournal::message, parameters));
    }

    private <T> T ask(Work<T> question) {
        synchronized (connection) {
            try {
                return question.run();
            } catch (SQLException e) {
                throw new JournalException(file, e);
            }
        }
    }

    public static List<SiteId> recipients(String column) {
        return Arrays.stream(column.split(",")).map(SiteId::of).toList();
    }

    /** The columns are counted as {@link #SELECT} names them: to look for each by its name took a quarter of a page. */
    private static OutgoingMessage message(ResultSet row) throws SQLException {
        String sha256 = row.getString(10);
        String former = row.getString(15);
        Claim claim = new Claim(
                row.getString(3),
                row.getString(13),
                row.getString(4),
                row.getString(5),
                recipients(row.getString(6)),
                Instant.parse(row.getString(7)),
                new FileLook(row.getLong(9), Instant.parse(row.getString(14))),
                ReceiptSecret.of(row.getBytes(16)));
        return new OutgoingMessage(
                row.getLong(1),
                MessageId.of(row.getString(2)),
                claim,
                State.valueOf(row.getString(8)),
                row.getLong(9),
                sha256 == null ? null : new Sha256(sha256),
                row.getBytes(11),
                row.getBytes(12),
                former == null ? null : MessageId.of(former));
    }

    /** Commits what waits. */
    @Override
    public void close() {
        writer.close();
        try {
            JournalFile.close(file, connection);
        } catch (SQLException e) {
            throw new JournalException(file, e);
        }
    }
}
