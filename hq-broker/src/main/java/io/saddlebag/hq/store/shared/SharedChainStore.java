package io.saddlebag.hq.store.shared;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.ChainStore.Head;
import io.saddlebag.hq.store.sql.PostgresTransaction;
import io.saddlebag.hq.store.sql.SqlArrays;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * The newest message of each sender to each receiver, whichever node took it: the saved ones, and those of the messages that
 * came to a node after its last save. These are found by an index of sender, slot and number, so that an answer costs the
 * messages since, not the history. Numbers of one slot ascend in the order of commit. Calls block; any thread may call.
 */
public final class SharedChainStore {
    /** The lowest number of a message that a node took; the single headquarters counts from 1. */
    public static final long FIRST = 1L << 56;

    /** An answer that has read this number of messages saves what it found for the next one. */
    static final int WORTH_SAVING = 256;

    private static final int SLOTS = 64;
    private static final int FETCHED = 500;
    private static final String INDEX = "message_of_sender";
    private static final String MAKE_INDEX = "SELECT pg_advisory_xact_lock(6013816);"
            + " CREATE INDEX IF NOT EXISTS " + INDEX + " ON message (sender_id, (message_number & 63), message_number)"
            + " WHERE message_number >= " + FIRST;

    /** {@code m}, the messages of the sender and slot of {@code s} above what was read of them, in the words of the index. */
    private static final String ABOVE =
            " LEFT JOIN sender_read r ON r.sender_id = s.sender AND r.slot = s.slot, LATERAL (SELECT message_number, manifest"
                    + " FROM message WHERE sender_id = s.sender AND (message_number & 63) = s.slot"
                    + " AND message_number > coalesce(r.read_up_to, 0) AND message_number <= ?::bigint"
                    + " AND message_number >= " + FIRST + " ORDER BY message_number OFFSET 0) m";

    static final String UNREAD = "SELECT m.message_number, m.manifest FROM (SELECT ?::text AS sender, slot"
            + " FROM generate_series(0::bigint, " + (SLOTS - 1) + ") slot OFFSET 0) s" + ABOVE;
    static final String UNREAD_OF_SLOT = "SELECT m.message_number, m.manifest FROM (SELECT sender, ?::bigint AS slot"
            + " FROM unnest(?::text[]) sender OFFSET 0) s" + ABOVE;

    private static final String HEADS =
            "SELECT receiver_client_id, seq, message_id FROM sender_chain WHERE sender_id = ?";
    private static final String SAVE =
            "INSERT INTO sender_chain (sender_id, receiver_client_id, seq, message_id, read_up_to)"
                    + " SELECT sender, receiver, seq, id, ?::bigint"
                    + " FROM unnest(?::text[], ?::text[], ?::bigint[], ?::text[]) AS c (sender, receiver, seq, id)"
                    + " ORDER BY sender, receiver"
                    + " ON CONFLICT (sender_id, receiver_client_id) DO UPDATE SET seq = excluded.seq,"
                    + " message_id = excluded.message_id,"
                    + " read_up_to = greatest(sender_chain.read_up_to, excluded.read_up_to)"
                    + " WHERE sender_chain.seq < excluded.seq";
    private static final String MARK = "INSERT INTO sender_read (sender_id, slot, read_up_to)"
            + " SELECT sender, slot, number FROM unnest(?::text[], ?::bigint[], ?::bigint[]) AS m (sender, slot, number)"
            + " ORDER BY sender, slot ON CONFLICT (sender_id, slot) DO UPDATE"
            + " SET read_up_to = greatest(sender_read.read_up_to, excluded.read_up_to)";

    /** Messages that the single headquarters took and did not save. */
    private static final String OF_SINGLE = "SELECT message_number, manifest FROM message WHERE message_number >"
            + " (SELECT coalesce(max(read_up_to), 0) FROM sender_chain) AND message_number < " + FIRST
            + " ORDER BY message_number";

    /** The senders of messages that nodes took, from one to the next in the index. */
    static final String SENDERS =
            "WITH RECURSIVE s (sender) AS ((SELECT sender_id FROM message WHERE message_number >= "
                    + FIRST + " ORDER BY sender_id LIMIT 1) UNION ALL SELECT (SELECT sender_id FROM message"
                    + " WHERE sender_id > s.sender AND message_number >= " + FIRST + " ORDER BY sender_id LIMIT 1)"
                    + " FROM s WHERE s.sender IS NOT NULL) SELECT sender FROM s WHERE sender IS NOT NULL";

    private static final String OF_NODES = "SELECT coalesce(max(read_up_to), 0) < " + FIRST + " FROM sender_chain";
    private static final String COMPLETE = "UPDATE sender_chain SET read_up_to = ?";
    private static final String HAS_INDEX = "SELECT to_regclass('" + INDEX + "') IS NOT NULL";

    private static final String LAST = "SELECT coalesce(max(message_number), 0) FROM message";

    private final DataSource database;
    private final long slot;
    /** No message of an earlier node with this slot has a higher number. */
    private final long before;

    private SharedChainStore(DataSource database, long slot, long before) {
        this.database = database;
        this.slot = slot;
        this.before = before;
    }

    /**
     * Opens it for a node that has given no number yet.
     *
     * @param slot of the node
     */
    public static SharedChainStore open(DataSource database, int slot) throws StoreException {
        return PostgresTransaction.run(database, "read the newest messages of the senders", connection -> {
            Newest single = new Newest();
            read(connection, OF_SINGLE, parameters -> {}, single);
            save(connection, single.heads(), single.highest());
            return new SharedChainStore(database, slot, last(connection));
        });
    }

    /**
     * Makes the index that only nodes need, if it is not there. The first time it reads the whole table of messages.
     *
     * @param patient waits for that
     */
    public static void makeIndex(DataSource patient) throws StoreException {
        PostgresTransaction.run(patient, "make the index " + INDEX, connection -> {
            // To ask for it waits for the commits of the other nodes, and holds them up.
            if (!hasIndex(connection)) {
                try (Statement make = connection.createStatement()) {
                    make.execute(MAKE_INDEX);
                }
            }
            return null;
        });
    }

    private static boolean hasIndex(Connection connection) throws SQLException {
        return PostgresTransaction.query(connection, HAS_INDEX, parameters -> {}, row -> row.getBoolean(1))
                .get(0);
    }

    /**
     * Hands what nodes left to a single headquarters, which would read each message since it last was one. Where no node ever
     * was, nothing is done.
     */
    public static void takeBack(DataSource database) throws StoreException {
        PostgresTransaction.run(database, "read the newest messages of the senders", connection -> {
            List<String> senders = hasIndex(connection) && wereNodesLast(connection)
                    ? PostgresTransaction.query(connection, SENDERS, parameters -> {}, row -> row.getString(1))
                    : List.of();
            if (senders.isEmpty()) {
                return null;
            }
            long last = last(connection);
            Newest newest = new Newest();
            for (String sender : senders) {
                read(connection, UNREAD, parameters -> parameters.text(sender).bigint(last), newest);
            }
            save(connection, newest.heads(), last);
            try (PreparedStatement complete = connection.prepareStatement(COMPLETE)) {
                complete.setLong(1, last);
                complete.executeUpdate();
            }
            return null;
        });
    }

    /** A save of nodes leaves the numbers in the table as they were. */
    private static boolean wereNodesLast(Connection connection) throws SQLException {
        return PostgresTransaction.query(connection, OF_NODES, parameters -> {}, row -> row.getBoolean(1))
                .get(0);
    }

    private static long last(Connection connection) throws SQLException {
        return PostgresTransaction.query(connection, LAST, parameters -> {}, row -> row.getLong(1))
                .get(0);
    }

    /** Newest by sender and receiver, of the manifests that are shown to it. */
    private static final class Newest {
        private final Map<List<SiteId>, Head> heads = new HashMap<>();
        private final Map<Long, Long> highestBySlot = new HashMap<>();
        private int count;

        void add(Head head) {
            heads.merge(
                    List.of(head.sender(), head.receiver()),
                    head,
                    (one, other) -> one.seq() < other.seq() ? other : one);
        }

        void add(long number, byte[] envelope) {
            Manifest manifest = Json.read(Envelope.parse(envelope).payload(), Manifest.class);
            manifest.recipients()
                    .forEach(
                            each -> add(new Head(manifest.sender().id(), each.id(), each.seq(), manifest.messageId())));
            highestBySlot.merge(number & SLOTS - 1, number, Math::max);
            count++;
        }

        Collection<Head> heads() {
            return heads.values();
        }

        long highest() {
            return highestBySlot.values().stream().mapToLong(each -> each).max().orElse(0);
        }
    }

    private static void read(
            Connection connection, String sql, PostgresTransaction.Parameters parameters, Newest newest)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setFetchSize(FETCHED);
            parameters.fill(new SqlArrays(connection, select));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    newest.add(row.getLong(1), row.getBytes(2));
                }
            }
        }
    }

    /** The newest message to each receiver, each once. */
    public Set<MessageId> newest(SiteId sender) throws StoreException {
        return PostgresTransaction.run(database, "read the newest messages of " + sender, connection -> {
            PostgresTransaction.awaitStandby(connection);
            Newest newest = new Newest();
            read(
                    connection,
                    UNREAD,
                    parameters -> parameters.text(sender.value()).bigint(Long.MAX_VALUE),
                    newest);
            if (newest.count >= WORTH_SAVING) {
                save(connection, newest.heads(), List.of(sender), newest.highestBySlot);
            }
            // After what is not saved: whatever is saved meanwhile is seen here.
            PostgresTransaction.query(connection, HEADS, parameters -> parameters.text(sender.value()), row -> {
                newest.add(
                        new Head(sender, SiteId.of(row.getString(1)), row.getLong(2), MessageId.of(row.getString(3))));
                return null;
            });
            return newest.heads().stream().map(Head::messageId).collect(Collectors.toSet());
        });
    }

    /**
     * Saves heads of messages that this node took.
     *
     * @param upTo with those that were saved before, they take every message of this node up to this number into account
     */
    public void save(Collection<Head> heads, long upTo) throws StoreException {
        if (heads.isEmpty()) {
            return;
        }
        Set<SiteId> senders = heads.stream().map(Head::sender).collect(Collectors.toSet());
        PostgresTransaction.run(database, "save the newest messages of the senders", connection -> {
            Newest newest = new Newest();
            heads.forEach(newest::add);
            // An earlier node with this slot may not have saved its last messages.
            read(
                    connection,
                    UNREAD_OF_SLOT,
                    parameters -> parameters
                            .bigint(slot)
                            .texts(senders, SiteId::value)
                            .bigint(before),
                    newest);
            saveLazily(connection, newest.heads(), senders, Map.of(slot, upTo));
            return null;
        });
    }

    /** Does not wait for the disk: were it lost, an answer would read some more messages. */
    private static void saveLazily(
            Connection connection, Collection<Head> heads, Collection<SiteId> senders, Map<Long, Long> upToBySlot)
            throws SQLException {
        try (Statement lazily = connection.createStatement()) {
            lazily.execute("SET LOCAL synchronous_commit = off");
        }
        save(connection, heads, senders, upToBySlot);
    }

    private static void save(
            Connection connection, Collection<Head> heads, Collection<SiteId> senders, Map<Long, Long> upToBySlot)
            throws SQLException {
        save(connection, heads, 0);
        record Mark(SiteId sender, long slot, long upTo) {}
        List<Mark> marks = senders.stream()
                .flatMap(sender ->
                        upToBySlot.entrySet().stream().map(each -> new Mark(sender, each.getKey(), each.getValue())))
                .toList();
        try (PreparedStatement mark = connection.prepareStatement(MARK)) {
            new SqlArrays(connection, mark)
                    .texts(marks, each -> each.sender().value())
                    .bigints(marks, Mark::slot)
                    .bigints(marks, Mark::upTo);
            mark.executeUpdate();
        }
    }

    private static void save(Connection connection, Collection<Head> heads, long readUpTo) throws SQLException {
        if (heads.isEmpty()) {
            return;
        }
        try (PreparedStatement save = connection.prepareStatement(SAVE)) {
            new SqlArrays(connection, save)
                    .bigint(readUpTo)
                    .texts(heads, head -> head.sender().value())
                    .texts(heads, head -> head.receiver().value())
                    .bigints(heads, Head::seq)
                    .texts(heads, head -> head.messageId().value());
            save.executeUpdate();
        }
    }
}
