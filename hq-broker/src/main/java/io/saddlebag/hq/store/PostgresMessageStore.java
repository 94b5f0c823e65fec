package io.saddlebag.hq.store;

import io.saddlebag.hq.store.Settlement.Outcome;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/**
 * The metadata in PostgreSQL 13 or later, in the tables that {@link StoreSchema} makes. New rows go in by COPY; since
 * COPY knows no ON CONFLICT, a commit that meets a repeat is written again row by row, which is rare.
 */
public final class PostgresMessageStore implements MessageStore {
    private static final String UNIQUE_VIOLATION = "23505";
    /** Publications in a group from which on COPY is the cheaper way. */
    private static final int COPY_FROM = 48;
    /** A few megabytes of memory; who acknowledges later than this costs a question to the database. */
    private static final int OPEN_MESSAGES = 16_384;

    private static final String QUEUED = "SELECT m.message_number, m.message_id, m.sender_id, m.sent_timestamp,"
            + " m.received_time, m.expires, d.priority, d.attempts, d.receiver_client_id, d.queue_name, d.routing_key, "
            + HeldRows.PAYLOAD + " FROM delivery_held d JOIN message m ON m.message_number = d.message_number WHERE ";

    /**
     * The order names the priority, of which there is one alone, so that no index but that of what waits gives it: by the
     * table's key, whose order is that of the numbers, a short queue would be looked for through all of a long one.
     */
    static final String PAGE =
            QUEUED + "d.queue_name = ? AND (d.priority, d.message_number) > (?, ?) AND d.priority <= ?" + " AND "
                    + SettlementRows.WAITS + " ORDER BY d.priority, d.message_number LIMIT ?";

    private static final String CHANGED = QUEUED + "(d.message_number, d.queue_name) IN"
            + " (SELECT * FROM unnest(?::bigint[], ?::text[])) AND " + SettlementRows.WAITS;
    static final int CHANGES_AT_ONCE = 1_000;

    private static final String TAKE_CHANGES = "DELETE FROM operator_change WHERE (message_number, queue_name) IN"
            + " (SELECT message_number, queue_name FROM operator_change ORDER BY message_number, queue_name LIMIT "
            + CHANGES_AT_ONCE + ") RETURNING message_number, queue_name";
    private static final String FIND = "SELECT m.message_number, m.manifest_sha256, " + HeldRows.PAYLOAD
            + " FROM message m LEFT JOIN LATERAL (SELECT * FROM delivery_held d"
            + " WHERE d.message_number = m.message_number AND " + SettlementRows.HOLDS + " LIMIT 1) d ON true"
            + " WHERE m.sender_id = ? AND m.message_id = ?";
    private static final String WAITING = HeldRows.SELECT + SettlementRows.WAITS;

    /** Dead letters that may be requeued, of messages that nobody waits for; a message that waits is above. */
    private static final String DEAD = HeldRows.SELECT + "d.dead_lettered_time IS NOT NULL AND d.discarded_time IS NULL"
            + " AND (SELECT count(*) FROM delivery_held w WHERE w.message_number = d.message_number"
            + " AND w.dead_lettered_time IS NULL) = 0";

    private final DataSource database;
    private final OpenDeliveries open = new OpenDeliveries(OPEN_MESSAGES);

    /** @param database gives working connections; the schema is migrated */
    public PostgresMessageStore(DataSource database) {
        this.database = database;
    }

    @Override
    public List<PublishOutcome> publish(List<StoredPublication> publications) throws StoreException {
        if (publications.isEmpty()) {
            return List.of();
        }
        List<PublishOutcome> outcomes = write("publish", c -> publishIn(c, publications));
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) == PublishOutcome.STORED) {
                StoredPublication stored = publications.get(i);
                open.opened(
                        stored.messageNumber(),
                        stored.publication().deliveries().size(),
                        stored.payload());
            }
        }
        return outcomes;
    }

    @Override
    public List<PayloadRef> settle(List<Settlement> settlements) throws StoreException {
        return settlements.isEmpty() ? List.of() : write("settle", c -> settleIn(c, settlements));
    }

    private <T> T write(String what, Transaction<T> transaction) throws StoreException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                return transaction.in(connection);
            } finally {
                leave(connection);
            }
        } catch (SQLException e) {
            throw failure(what, e);
        }
    }

    private static List<PublishOutcome> publishIn(Connection connection, List<StoredPublication> publications)
            throws SQLException {
        PublicationRows rows = new PublicationRows(connection);
        if (publications.size() < COPY_FROM) {
            return rows.insertNewAndCommit(publications);
        }
        takeTurn(connection);
        try {
            rows.copyAndCommit(publications);
            return PublicationRows.allStored(publications);
        } catch (SQLException e) {
            if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw e;
            }
            connection.rollback();
            return rows.insertNewAndCommit(publications);
        }
    }

    private List<PayloadRef> settleIn(Connection connection, List<Settlement> settlements) throws SQLException {
        List<Settlement> acknowledged = new ArrayList<>(settlements.size());
        List<Settlement> others = new ArrayList<>();
        Map<Long, PayloadRef> asked = new HashMap<>();
        for (Settlement each : settlements) {
            boolean isAcknowledged = each.outcome() == Outcome.ACKNOWLEDGED;
            (isAcknowledged ? acknowledged : others).add(each);
            if (!isAcknowledged && each.outcome() != Outcome.RETURNED) {
                open.forget(each.messageNumber());
            }
            if (each.outcome().endsHold() && !open.knows(each.messageNumber())) {
                asked.put(each.messageNumber(), each.payload());
            }
        }
        if (!others.isEmpty()) {
            new UnacknowledgedRows(connection).write(others);
        }
        SettlementRows rows = new SettlementRows(connection);
        if (acknowledged.isEmpty()) {
            List<PayloadRef> freed = of(rows.freed(asked.keySet()), asked);
            connection.commit();
            return freed;
        }
        SettlementRows.Ended ended = rows.acknowledgeAndCommit(acknowledged, asked.keySet());
        List<PayloadRef> freed = new ArrayList<>(of(ended.freed(), asked));
        Map<Long, PayloadRef> doubtful = end(acknowledged, asked.keySet(), ended.deliveries(), freed);
        freed.addAll(of(rows.freed(doubtful.keySet()), doubtful));
        return freed;
    }

    private static List<PayloadRef> of(Set<Long> numbers, Map<Long, PayloadRef> payloads) {
        return numbers.stream().map(payloads::get).filter(Objects::nonNull).toList();
    }

    /** Counts the ends of messages that nobody asked about; returns those that must be asked about after all. */
    private Map<Long, PayloadRef> end(
            List<Settlement> acknowledged, Set<Long> asked, int ended, List<PayloadRef> freed) {
        Map<Long, PayloadRef> doubtful = new HashMap<>();
        for (Settlement each : acknowledged) {
            long number = each.messageNumber();
            if (ended != acknowledged.size()) {
                // One of them had ended before, and nobody says which.
                open.forget(number);
            }
            if (!asked.contains(number) && !open.ended(number, freed)) {
                doubtful.put(number, each.payload());
            }
        }
        return doubtful;
    }

    private static void takeTurn(Connection connection) throws SQLException {
        try (PreparedStatement turn = connection.prepareStatement(PublicationRows.TAKE_TURN)) {
            turn.execute();
        }
    }

    /** Gives the connection back clean; one that is broken is the pool's to throw away. */
    private static void leave(Connection connection) throws SQLException {
        if (!connection.isClosed()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public int remove(Collection<Long> messageNumbers) throws StoreException {
        messageNumbers.forEach(open::forget);
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                takeTurn(connection);
                Array numbers = connection.createArrayOf("bigint", messageNumbers.toArray());
                change(connection, "DELETE FROM delivery_held WHERE message_number = ANY (?)", numbers);
                int removed = change(connection, "DELETE FROM message WHERE message_number = ANY (?)", numbers);
                connection.commit();
                return removed;
            } finally {
                leave(connection);
            }
        } catch (SQLException e) {
            throw failure("remove messages", e);
        }
    }

    private static int change(Connection connection, String sql, Array numbers) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setArray(1, numbers);
            return delete.executeUpdate();
        }
    }

    @Override
    public List<QueuedDelivery> queued(String queueName, Priority priority, long after, int limit)
            throws StoreException {
        return query(
                "read the queue " + queueName,
                PAGE,
                PostgresMessageStore::queuedDelivery,
                queueName,
                (short) priority.ordinal(),
                after,
                (short) priority.ordinal(),
                limit);
    }

    @Override
    public Changes takeChanges() throws StoreException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                List<Long> numbers = new ArrayList<>();
                List<String> queues = new ArrayList<>();
                try (PreparedStatement take = connection.prepareStatement(TAKE_CHANGES);
                        ResultSet rows = take.executeQuery()) {
                    while (rows.next()) {
                        numbers.add(rows.getLong(1));
                        queues.add(rows.getString(2));
                    }
                }
                Changes changes = numbers.isEmpty() ? Changes.NONE : changes(connection, numbers, queues);
                connection.commit();
                return changes;
            } finally {
                leave(connection);
            }
        } catch (SQLException e) {
            throw failure("read what operators changed", e);
        }
    }

    private static Changes changes(Connection connection, List<Long> numbers, List<String> queues) throws SQLException {
        List<QueuedDelivery> requeued = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(CHANGED)) {
            select.setArray(1, connection.createArrayOf("bigint", numbers.toArray()));
            select.setArray(2, connection.createArrayOf("text", queues.toArray()));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    requeued.add(queuedDelivery(rows));
                }
            }
        }
        Map<Long, PayloadRef> discarded = new UnacknowledgedRows(connection).takeDiscarded(numbers);
        return new Changes(
                requeued,
                of(new SettlementRows(connection).freed(discarded.keySet()), discarded),
                numbers.size() == CHANGES_AT_ONCE);
    }

    private static QueuedDelivery queuedDelivery(ResultSet row) throws SQLException {
        return new QueuedDelivery(
                row.getLong(1),
                MessageId.of(row.getString(2)),
                SiteId.of(row.getString(3)),
                instant(row.getTimestamp(4)),
                instant(row.getTimestamp(5)),
                instant(row.getTimestamp(6)),
                Priority.ofNumber(row.getInt(7)),
                row.getInt(8),
                SiteId.of(row.getString(9)),
                row.getString(10),
                row.getString(11),
                HeldRows.payload(row, 12));
    }

    private static Instant instant(Timestamp time) {
        return time == null ? null : time.toInstant();
    }

    @Override
    public Optional<StoredMessage> find(SiteId sender, MessageId id) throws StoreException {
        List<StoredMessage> found = query(
                "look for " + id,
                FIND,
                row -> new StoredMessage(
                        row.getLong(1),
                        Sha256.ofDigest(row.getBytes(2)),
                        row.getObject(3) == null ? null : HeldRows.payload(row, 3)),
                sender.value(),
                id.value());
        return found.stream().findFirst();
    }

    @Override
    public void waiting(Visitor visitor) throws StoreException, IOException {
        visit("read what waits", WAITING, visitor);
    }

    @Override
    public void dead(Visitor visitor) throws StoreException, IOException {
        visit("read the dead letters", DEAD, visitor);
    }

    private void visit(String what, String sql, Visitor visitor) throws StoreException, IOException {
        try (Connection connection = database.getConnection()) {
            HeldRows.visit(connection, sql, visitor);
        } catch (SQLException e) {
            throw failure(what, e);
        }
    }

    @Override
    public void giveUp(Collection<Long> messageNumbers) throws StoreException {
        try (Connection connection = database.getConnection()) {
            new UnacknowledgedRows(connection).giveUp(messageNumbers);
        } catch (SQLException e) {
            throw failure("give dead letters up", e);
        }
    }

    @Override
    public long lastMessageNumber() throws StoreException {
        return query("read the last message number", "SELECT coalesce(max(message_number), 0) FROM message", FIRST_LONG)
                .get(0);
    }

    @Override
    public long newestGroup() throws StoreException {
        return query(
                        "read the newest commit",
                        "SELECT coalesce((SELECT commit_group FROM message ORDER BY message_number DESC LIMIT 1), 0)",
                        FIRST_LONG)
                .get(0);
    }

    private static final RowReader<Long> FIRST_LONG = row -> row.getLong(1);

    private <T> List<T> query(String what, String sql, RowReader<T> reader, Object... parameters)
            throws StoreException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                select.setObject(i + 1, parameters[i]);
            }
            List<T> found = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(reader.read(rows));
                }
            }
            return found;
        } catch (SQLException e) {
            throw failure(what, e);
        }
    }

    private static StoreException failure(String what, SQLException cause) {
        return SqlFailures.asStoreException(what, cause);
    }

    /** Makes one value of the row a result set stands on. */
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** What is done on a connection with a transaction open, the commit included. */
    private interface Transaction<T> {
        T in(Connection connection) throws SQLException;
    }
}
