package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.Home;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadRows;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.Settlement.Outcome;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
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
public final class PostgresMessageStore extends PostgresDoubtfulMessages {
    private static final String UNIQUE_VIOLATION = "23505";
    /** Publications in a group from which on COPY is the cheaper way. */
    private static final int COPY_FROM = 48;
    /** A few megabytes of memory; who acknowledges later than this costs a question to the database. */
    private static final int OPEN_MESSAGES = 16_384;

    /**
     * The order names the one priority, so that only the index of waiting deliveries gives it. By the table's key, in
     * the order of numbers, the search for a short queue would read all of a long one.
     */
    public static final String PAGE =
            QueuedRows.SELECT + "d.queue_name = ? AND (d.priority, d.message_number) > (?, ?) AND d.priority <= ?"
                    + " AND " + SettlementRows.WAITS + " ORDER BY d.priority, d.message_number LIMIT ?";

    private static final String FIND =
            "SELECT m.message_number, m.manifest_sha256, EXISTS (SELECT 1 FROM delivery_held h"
                    + " WHERE h.message_number = m.message_number AND h.payload_missing_time IS NOT NULL), "
                    + HeldRows.PAYLOAD
                    + " FROM message m LEFT JOIN LATERAL (SELECT * FROM delivery_held d"
                    + " WHERE d.message_number = m.message_number AND " + SettlementRows.HOLDS + " LIMIT 1) d ON true"
                    + " WHERE m.sender_id = ? AND m.message_id = ?";
    private static final String WAITING = HeldRows.SELECT + SettlementRows.WAITS;

    /** Dead letters that may be requeued, of messages without a delivery that waits. */
    private static final String DEAD = HeldRows.SELECT + "d.dead_lettered_time IS NOT NULL AND " + SettlementRows.HOLDS
            + " AND (SELECT count(*) FROM delivery_held w WHERE w.message_number = d.message_number"
            + " AND w.dead_lettered_time IS NULL AND w.payload_missing_time IS NULL) = 0";

    /** Asks each table, since a person may have deleted rows by hand: a number is never used again. */
    private static final String LAST_NUMBER = "SELECT greatest((SELECT max(message_number) FROM message),"
            + " (SELECT max(message_number) FROM delivery_held), (SELECT max(message_number) FROM delivery_ended), 0)";

    private static final String SYNCED_UP_TO =
            "SELECT coalesce((SELECT synced_number FROM message ORDER BY message_number DESC LIMIT 1), 0)";
    private static final String SYNCED = "UPDATE message SET synced_number = ? WHERE message_number ="
            + " (SELECT message_number FROM message ORDER BY message_number DESC LIMIT 1) AND synced_number < ?";

    private static final String COUNT_WAITING = "SELECT queue_name, count(*) AS waiting FROM delivery_held d WHERE ";

    private final String page;
    private final PublicationRows.Statements statements;

    /** @param database gives working connections; the schema is migrated */
    public PostgresMessageStore(DataSource database) {
        this(database, PayloadRows.NONE);
    }

    /** @param payloads are inserted in the transaction of their messages */
    public PostgresMessageStore(DataSource database, PayloadRows payloads) {
        this(database, payloads, Home.SINGLE);
    }

    /**
     * @param payloads are inserted in the transaction of their messages
     * @param home whose deliveries are written and read
     */
    public PostgresMessageStore(DataSource database, PayloadRows payloads, Home home) {
        super(database, new OpenDeliveries(OPEN_MESSAGES), payloads, home);
        this.page = page(home);
        this.statements = PublicationRows.Statements.of(home);
    }

    /**
     * {@link #PAGE} of the home's deliveries alone. For a node bounds and order are such that only the index of its deliveries
     * gives them: the one of all that wait would read those of every node.
     */
    public static String page(Home home) {
        return home.isNode()
                ? QueuedRows.SELECT
                        + "(d.node, d.queue_name, d.priority, d.message_number) > (%d, ?, ?, ?)".formatted(home.node())
                        + " AND (d.node, d.queue_name, d.priority) <= (%d, ?, ?)".formatted(home.node())
                        + " AND d.node <> 0 AND " + SettlementRows.WAITS
                        + " ORDER BY d.node, d.queue_name, d.priority, d.message_number LIMIT ?"
                : PAGE;
    }

    /** A statement that counts the home's deliveries that wait, by {@code queue_name}, as {@code waiting}. */
    public static String countWaiting(Home home) {
        return COUNT_WAITING + SettlementRows.WAITS + HeldRows.of(home) + " GROUP BY queue_name";
    }

    @Override
    public List<PublishOutcome> publish(List<StoredPublication> publications, long syncedUpTo) throws StoreException {
        if (publications.isEmpty()) {
            return List.of();
        }
        List<PublishOutcome> outcomes = PostgresTransaction.runCommitting(
                database, "publish", connection -> publishIn(connection, publications, syncedUpTo));
        List<StoredPublication> committed = new ArrayList<>(outcomes.size());
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) == PublishOutcome.STORED) {
                StoredPublication stored = publications.get(i);
                committed.add(stored);
                open.opened(
                        stored.messageNumber(),
                        stored.publication().deliveries().size(),
                        stored.payload());
            }
        }
        payloads.committed(committed);
        return outcomes;
    }

    @Override
    public Settled settle(List<Settlement> settlements) throws StoreException {
        Settled settled = settleOnce(settlements);
        if (settled.superseded().isEmpty()) {
            return settled;
        }
        // PostgreSQL passes over a row that an operator's command changes meanwhile: it is in another place then, and
        // waits.
        Set<Settlement> missed = new HashSet<>(settled.superseded());
        Settled again = settleOnce(settlements.stream().filter(missed::contains).toList());
        Set<PayloadRef> freed = new LinkedHashSet<>(settled.freed());
        freed.addAll(again.freed());
        return new Settled(List.copyOf(freed), again.superseded());
    }

    private Settled settleOnce(List<Settlement> settlements) throws StoreException {
        return settlements.isEmpty()
                ? Settled.NOTHING
                : PostgresTransaction.runCommitting(database, "settle", connection -> {
                    Settled settled = settleIn(connection, settlements);
                    if (home.isNode() && !settled.superseded().isEmpty()) {
                        // A former primary may have found nothing to change, and so committed nothing.
                        PostgresTransaction.awaitStandby(connection);
                        PostgresTransaction.commit(connection);
                    }
                    return settled;
                });
    }

    private List<PublishOutcome> publishIn(Connection connection, List<StoredPublication> publications, long syncedUpTo)
            throws SQLException {
        PublicationRows rows = new PublicationRows(connection, syncedUpTo, payloads, statements);
        if (publications.size() < COPY_FROM) {
            return rows.insertNewAndCommit(publications);
        }
        PostgresTransaction.takeTurn(connection, home);
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

    private Settled settleIn(Connection connection, List<Settlement> settlements) throws SQLException {
        Settlement.Group group = Settlement.Group.of(settlements);
        List<Settlement> superseded = new ArrayList<>(group.superseded());
        Map<Long, PayloadRef> asked = new HashMap<>();
        for (Settlement each : group.all()) {
            Outcome outcome = each.outcome();
            if (outcome != Outcome.ACKNOWLEDGED && outcome != Outcome.RETURNED) {
                open.forget(each.messageNumber());
            }
            if (outcome.endsHold() && !open.knows(each.messageNumber())) {
                asked.put(each.messageNumber(), each.payload());
            }
        }
        if (!group.others().isEmpty()) {
            Set<Settlement.Key> changed = new UnacknowledgedRows(connection, home).write(group.others());
            group.others().stream()
                    .filter(each -> each.outcome() != Outcome.RETURNED && !changed.contains(each.key()))
                    .forEach(superseded::add);
        }
        SettlementRows rows = new SettlementRows(connection);
        List<Settlement> acknowledged = group.acknowledged();
        if (acknowledged.isEmpty()) {
            List<PayloadRef> freed = of(rows.freed(asked.keySet()), asked);
            PostgresTransaction.commit(connection);
            return new Settled(freed, superseded);
        }
        SettlementRows.Ended ended = rows.acknowledgeAndCommit(acknowledged, asked.keySet());
        List<PayloadRef> freed = new ArrayList<>(of(ended.freed(), asked));
        Map<Long, PayloadRef> unknown = end(acknowledged, asked.keySet(), ended.deliveries(), freed);
        freed.addAll(of(rows.freed(unknown.keySet()), unknown));
        if (ended.deliveries() != acknowledged.size()) {
            Set<Settlement.Key> found = rows.acknowledged(acknowledged);
            acknowledged.stream().filter(each -> !found.contains(each.key())).forEach(superseded::add);
        }
        if (home.isNode() && ended.deliveries() != acknowledged.size()) {
            // The answer rests on another commit, which may have given up waiting for the standby.
            PostgresTransaction.awaitStandby(connection);
            PostgresTransaction.commit(connection);
        }
        return new Settled(freed, superseded);
    }

    private static List<PayloadRef> of(Set<Long> numbers, Map<Long, PayloadRef> payloads) {
        return numbers.stream().map(payloads::get).filter(Objects::nonNull).toList();
    }

    /** Counts the ends of messages whose rows need no query; returns those that need one after all. */
    private Map<Long, PayloadRef> end(
            List<Settlement> acknowledged, Set<Long> asked, int ended, List<PayloadRef> freed) {
        Map<Long, PayloadRef> unknown = new HashMap<>();
        for (Settlement each : acknowledged) {
            long number = each.messageNumber();
            if (ended != acknowledged.size()) {
                // One of them had ended before; the count does not say which.
                open.forget(number);
            }
            if (!asked.contains(number) && !open.ended(number, freed)) {
                unknown.put(number, each.payload());
            }
        }
        return unknown;
    }

    @Override
    public List<QueuedDelivery> queued(String queueName, Priority priority, long after, int limit)
            throws StoreException {
        return PostgresTransaction.query(
                database,
                "read the queue " + queueName,
                page,
                parameters -> {
                    parameters.text(queueName).smallint(priority.ordinal()).bigint(after);
                    if (home.isNode()) {
                        parameters.text(queueName);
                    }
                    parameters.smallint(priority.ordinal()).bigint(limit);
                },
                QueuedRows::of);
    }

    @Override
    public Changes takeChanges() throws StoreException {
        return PostgresTransaction.run(
                database, "read what operators changed", connection -> new UnacknowledgedRows(connection, home)
                        .takeChanges());
    }

    @Override
    public Optional<StoredMessage> find(SiteId sender, MessageId id) throws StoreException {
        String what = "look for " + id;
        PostgresTransaction.Parameters name =
                parameters -> parameters.text(sender.value()).text(id.value());
        List<StoredMessage> found = home.isNode()
                ? PostgresTransaction.queryReplicated(database, what, FIND, name, PostgresMessageStore::message)
                : PostgresTransaction.query(database, what, FIND, name, PostgresMessageStore::message);
        return found.stream().findFirst();
    }

    private static StoredMessage message(ResultSet row) throws SQLException {
        return new StoredMessage(
                row.getLong(1),
                Sha256.ofDigest(row.getBytes(2)),
                row.getObject(4) == null ? null : HeldRows.payload(row, 4),
                row.getBoolean(3));
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
            throw SqlFailures.asStoreException(what, e);
        }
    }

    @Override
    public long lastMessageNumber() throws StoreException {
        return PostgresTransaction.run(database, "read the last message number", connection -> {
            PostgresTransaction.takeTurn(connection, home);
            return PostgresTransaction.query(connection, LAST_NUMBER, parameters -> {}, row -> row.getLong(1))
                    .get(0);
        });
    }

    @Override
    public long syncedUpTo() throws StoreException {
        return PostgresTransaction.query(
                        database,
                        "read which messages are synced",
                        SYNCED_UP_TO,
                        parameters -> {},
                        row -> row.getLong(1))
                .get(0);
    }

    @Override
    public void synced(long messageNumber) throws StoreException {
        PostgresTransaction.run(database, "note which messages are synced", connection -> {
            try (PreparedStatement note = connection.prepareStatement(SYNCED)) {
                note.setLong(1, messageNumber);
                note.setLong(2, messageNumber);
                return note.executeUpdate();
            }
        });
    }
}
