package io.saddlebag.lab;

import io.saddlebag.folder.JournalFile;
import io.saddlebag.lab.OutgoingMessage.Claim;
import io.saddlebag.lab.OutgoingMessage.State;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What became of every file: an SQLite database, {@code journal/lab.db}, whose commits are on the disk when a call
 * returns (WAL, synchronous=FULL). Also keeps, for each recipient, how many manifests were made out to it and the digest
 * of the last. Nothing of it is held in memory. Safe for any number of threads, one at a time.
 */
public final class LabJournal implements AutoCloseable {
    private static final String COLUMNS = "number, message_id, route_id, file_name, content_type, recipients,"
            + " sent_timestamp, state, size, sha256, manifest, envelope, drop_folder, modified";

    private final Path file;
    private final Connection connection;
    /** Claims whose file could not be moved and that could not be taken back yet; a start finds them by itself. */
    private final Set<Long> unmoved = new LinkedHashSet<>();

    /** Moves the claimed file; runs after the claim is recorded and before anybody can see it. */
    @FunctionalInterface
    interface Move {
        void to(MessageId messageId) throws IOException;
    }

    /** Makes the manifest once each recipient's place in the sender's sequence is known. */
    @FunctionalInterface
    interface ManifestMaker {
        byte[] make(Map<SiteId, Place> places);
    }

    /**
     * @param seq the manifest's number for this recipient, from 1
     * @param prev SHA-256 of the manifest before it; null for the first
     */
    record Place(long seq, Sha256 prev) {}

    private LabJournal(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /**
     * Opens the journal and makes it when there is none; its folder must exist.
     *
     * @throws JournalException when it is no journal or cannot be written
     */
    public static LabJournal open(Path file) {
        try {
            return new LabJournal(file, JournalFile.open(file, LabJournalSchema.VERSIONS));
        } catch (SQLException e) {
            throw new JournalException(file, e);
        }
    }

    /**
     * Records a claim, then moves the file; when the move fails, the claim is taken back.
     *
     * @throws IOException from the move
     * @throws JournalException when the id was claimed before or nothing can be written
     */
    synchronized void claim(MessageId messageId, Claim claim, Move move) throws IOException {
        claim(() -> messageId, claim, move);
    }

    /**
     * As {@link #claim(MessageId, Claim, Move)}, under the next free id of a series. A number once given is never given
     * again, whatever becomes of its file.
     *
     * @param series what its ids begin with, such as {@code FL-LAB_DAT_20251008_}
     * @return the id
     */
    synchronized MessageId claimNext(String series, Claim claim, Move move) throws IOException {
        return claim(() -> nextOf(series), claim, move);
    }

    private MessageId claim(Work<MessageId> naming, Claim claim, Move move) throws IOException {
        OutgoingMessage claimed = write(() -> {
            MessageId messageId = naming.run();
            return new OutgoingMessage(insert(messageId, claim), messageId, claim, State.CLAIMED, 0, null, null, null);
        });
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
        }
        return claimed.messageId();
    }

    private long insert(MessageId messageId, Claim claim) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO message (message_id, route_id, file_name, content_type,"
                        + " recipients, sent_timestamp, state, size, drop_folder, modified)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number")) {
            FileLook look = claim.look();
            bind(
                    insert,
                    messageId.value(),
                    claim.routeId(),
                    claim.fileName(),
                    claim.contentType(),
                    claim.recipients().stream().map(SiteId::value).collect(Collectors.joining(",")),
                    claim.sentTimestamp().toString(),
                    State.CLAIMED.name(),
                    look == null ? 0 : look.size(),
                    claim.folder(),
                    look == null ? null : look.modified().toString());
            try (ResultSet made = insert.executeQuery()) {
                made.next();
                return made.getLong(1);
            }
        }
    }

    private MessageId nextOf(String series) throws SQLException {
        MessageId next;
        do {
            next = MessageId.of(series + "%03d".formatted(nextNumber(series)));
        } while (find(next).isPresent());
        return next;
    }

    private long nextNumber(String series) throws SQLException {
        try (PreparedStatement count = connection.prepareStatement("INSERT INTO series (prefix, seq) VALUES (?, 1)"
                + " ON CONFLICT (prefix) DO UPDATE SET seq = seq + 1 RETURNING seq")) {
            count.setString(1, series);
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
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
    synchronized void forget(long number) {
        write(() -> update("DELETE FROM message WHERE number = ?", number));
    }

    synchronized Optional<OutgoingMessage> find(MessageId messageId) {
        takeBackUnmoved();
        List<OutgoingMessage> found =
                read("SELECT " + COLUMNS + " FROM message WHERE message_id = ?", messageId.value());
        return found.stream().findFirst();
    }

    /** Those dropped under that name with so many bytes, the newest first, at most so many. */
    synchronized List<OutgoingMessage> named(String fileName, long size, int limit) {
        return read(
                "SELECT " + COLUMNS + " FROM message WHERE file_name = ? AND size = ? ORDER BY number DESC LIMIT ?",
                fileName,
                size,
                limit);
    }

    /** What is claimed or sealed and was claimed after the given one, oldest first, at most so many. */
    synchronized List<OutgoingMessage> unsettled(long afterNumber, int limit) {
        takeBackUnmoved();
        return read(
                "SELECT " + COLUMNS + " FROM message WHERE state IN ('CLAIMED', 'SEALED') AND number > ?"
                        + " ORDER BY number LIMIT ?",
                afterNumber,
                limit);
    }

    /** Records the content's digest, by which a second drop of the same name is judged. */
    synchronized void digested(long number, long size, Sha256 sha256) {
        write(() -> update("UPDATE message SET size = ?, sha256 = ? WHERE number = ?", size, sha256.hex(), number));
    }

    /**
     * Gives the message its place in each recipient's sequence and records the manifest made from them; all of it or
     * nothing.
     *
     * @return the manifest's JSON
     */
    synchronized byte[] sealed(OutgoingMessage message, ManifestMaker maker) {
        return write(() -> {
            Map<SiteId, Place> places = new TreeMap<>();
            for (SiteId recipient : message.claim().recipients()) {
                places.put(recipient, nextPlace(recipient));
            }
            byte[] manifest = maker.make(places);
            Sha256 digest = Sha256.of(manifest);
            for (Map.Entry<SiteId, Place> place : places.entrySet()) {
                update(
                        "INSERT INTO sequence (recipient, seq, manifest_sha256) VALUES (?, ?, ?)"
                                + " ON CONFLICT (recipient) DO UPDATE SET seq = excluded.seq,"
                                + " manifest_sha256 = excluded.manifest_sha256",
                        place.getKey().value(),
                        place.getValue().seq(),
                        digest.hex());
            }
            update(
                    "UPDATE message SET state = 'SEALED', manifest = ?, manifest_sha256 = ? WHERE number = ?",
                    manifest,
                    digest.hex(),
                    message.number());
            return manifest;
        });
    }

    synchronized void signed(long number, byte[] envelope) {
        write(() -> update("UPDATE message SET envelope = ? WHERE number = ?", envelope, number));
    }

    synchronized void sent(long number, Instant at) {
        settle(number, State.SENT, null, at);
    }

    /** @param reason why, for people */
    synchronized void failed(long number, String reason, Instant at) {
        settle(number, State.FAILED, reason, at);
    }

    private void settle(long number, State state, String reason, Instant at) {
        write(() -> update(
                "UPDATE message SET state = ?, reason = ?, settled_time = ?, manifest = NULL, envelope = NULL"
                        + " WHERE number = ?",
                state.name(),
                reason,
                at.toString(),
                number));
    }

    private Place nextPlace(SiteId recipient) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT seq, manifest_sha256 FROM sequence WHERE recipient = ?")) {
            select.setString(1, recipient.value());
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? new Place(row.getLong("seq") + 1, new Sha256(row.getString("manifest_sha256")))
                        : new Place(1, null);
            }
        }
    }

    private List<OutgoingMessage> read(String sql, Object... parameters) {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bind(select, parameters);
            List<OutgoingMessage> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(message(row));
                }
            }
            return found;
        } catch (SQLException e) {
            throw new JournalException(file, e);
        }
    }

    private static OutgoingMessage message(ResultSet row) throws SQLException {
        String sha256 = row.getString("sha256");
        String modified = row.getString("modified");
        Claim claim = new Claim(
                row.getString("route_id"),
                row.getString("drop_folder"),
                row.getString("file_name"),
                row.getString("content_type"),
                Arrays.stream(row.getString("recipients").split(","))
                        .map(SiteId::of)
                        .toList(),
                Instant.parse(row.getString("sent_timestamp")),
                modified == null ? null : new FileLook(row.getLong("size"), Instant.parse(modified)));
        return new OutgoingMessage(
                row.getLong("number"),
                MessageId.of(row.getString("message_id")),
                claim,
                State.valueOf(row.getString("state")),
                row.getLong("size"),
                sha256 == null ? null : new Sha256(sha256),
                row.getBytes("manifest"),
                row.getBytes("envelope"));
    }

    private int update(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return statement.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i] instanceof byte[] bytes) {
                statement.setBytes(i + 1, bytes);
            } else {
                statement.setObject(i + 1, parameters[i]);
            }
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws SQLException;
    }

    private <T> T write(Work<T> work) {
        try {
            connection.setAutoCommit(false);
            try {
                T result = work.run();
                connection.commit();
                connection.setAutoCommit(true);
                return result;
            } catch (SQLException | RuntimeException e) {
                undo(e);
                throw e;
            }
        } catch (SQLException e) {
            throw new JournalException(file, e);
        }
    }

    /** After a failed commit SQLite may have rolled back by itself; what is said of that must not hide the cause. */
    private void undo(Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
        try {
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /** What to ask or change in one transaction. */
    @FunctionalInterface
    interface Rows<T> {
        T of(Connection connection) throws SQLException;
    }

    synchronized <T> T with(Rows<T> rows) {
        return write(() -> rows.of(connection));
    }

    @Override
    public synchronized void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new JournalException(file, e);
        }
    }
}
