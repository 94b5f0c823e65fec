package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Sha256;
import io.saddlebag.tlog.MerkleTree;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javax.sql.DataSource;

/**
 * The rows of headquarters' log. Each transaction that stores what belongs into the log adds a row to
 * {@code log_pending}; {@link #append} takes these rows and stores leaves in their place, in one transaction. A kill
 * therefore neither loses nor doubles one. Calls block; any thread may call.
 */
public final class LogStore {
    /** Rows of what waits that become leaves in one transaction. */
    public static final int AT_ONCE = 500;

    static final String MANIFESTS = "manifests";
    static final String RECEIPTS = "receipts";
    static final String ENTRY = "entry";

    private static final String ADD = "INSERT INTO log_pending (kind, body) SELECT ";

    /** The parameter has the digests of new messages, in the order of their numbers. */
    static final String ADD_MANIFESTS = ADD + "'" + MANIFESTS + "', ?::bytea";

    /** The digests of the rows of {@code inserted}, when there are any. */
    static final String ADD_INSERTED_MANIFESTS = ADD + "'" + MANIFESTS
            + "', string_agg(manifest_sha256, ''::bytea ORDER BY message_number) FROM inserted HAVING count(*) > 0";

    /** The parameter has the digests of receipts; nothing is added when there are none. */
    static final String ADD_RECEIPTS =
            ADD + "'" + RECEIPTS + "', d.body FROM (VALUES (?::bytea)) AS d (body) WHERE length(d.body) > 0";

    /** The parameter is an entry. */
    static final String ADD_ENTRY = ADD + "'" + ENTRY + "', ?::bytea";

    private static final String TAKE = "DELETE FROM log_pending WHERE pending_number IN (SELECT pending_number"
            + " FROM log_pending ORDER BY pending_number LIMIT " + AT_ONCE
            + ") RETURNING pending_number, kind, body";
    private static final String INSERT =
            "INSERT INTO log_entry (leaf_index, entry, digests, hashes) VALUES (?, ?, ?, ?)";
    private static final String SET_HEAD =
            "INSERT INTO log_head (id, head) VALUES (1, ?)" + " ON CONFLICT (id) DO UPDATE SET head = excluded.head";
    private static final String NODE = "SELECT substring(hashes FROM ?::integer * " + MerkleTree.HASH + " + 1 FOR "
            + MerkleTree.HASH + ") FROM log_entry WHERE leaf_index = ?";

    /** The result of {@link #append} when another node has appended. */
    public static final int MOVED = -1;

    /** One node appends at a time; the others look again at their next turn. */
    private static final String TAKE_TURN = "SELECT pg_try_advisory_xact_lock(6013815)";

    private static final String FENCE = "SELECT hq_fence(?)";
    private static final String SIZE = "SELECT coalesce(max(leaf_index) + 1, 0) FROM log_entry";
    private static final String STATE = "SELECT (" + SIZE + "), (SELECT head FROM log_head)";

    private static final String READ = "read the log";

    private final DataSource database;
    private final LongSupplier node;

    /** For the single headquarters. */
    public LogStore(DataSource database) {
        this(database, null);
    }

    /** @param node the node that appends, hq_node.node_id; null for the single headquarters */
    public LogStore(DataSource database, LongSupplier node) {
        this.database = database;
        this.node = node;
    }

    /** True when other nodes append to the log too. */
    public boolean isShared() {
        return node != null;
    }

    /**
     * The log at one moment.
     *
     * @param size how many leaves there are; those before the last may be missing
     * @param head the last signed head, an envelope; null before the first
     */
    public record State(long size, byte[] head) {}

    /**
     * A row of what waits.
     *
     * @param number ascends with each row
     * @param body an entry, or digests of 32 bytes each, as the kind says
     */
    public record Pending(long number, String kind, byte[] body) {
        public boolean isOfManifests() {
            return kind.equals(MANIFESTS);
        }

        public boolean isEntry() {
            return kind.equals(ENTRY);
        }
    }

    /**
     * A leaf.
     *
     * @param entry its bytes
     * @param digests under the root that the entry names; empty when it names none
     * @param hashes of the subtrees that it completes, the smallest first
     */
    public record Leaf(long index, byte[] entry, byte[] digests, byte[] hashes) {}

    /** The leaves of a transaction, and the signed head of all leaves with them. */
    public record Growth(List<Leaf> leaves, byte[] head) {}

    /** The digests of these, one after the other. */
    static <T> byte[] digests(Collection<T> items, Function<? super T, Sha256> field) {
        byte[] digests = new byte[items.size() * MerkleTree.HASH];
        int at = 0;
        for (T item : items) {
            System.arraycopy(field.apply(item).bytes(), 0, digests, at, MerkleTree.HASH);
            at += MerkleTree.HASH;
        }
        return digests;
    }

    /** Within a transaction: the digest of a receipt of any kind. */
    public static void addReceipt(Connection connection, Sha256 digest) throws SQLException {
        try (PreparedStatement add = connection.prepareStatement(ADD_RECEIPTS)) {
            add.setBytes(1, digest.bytes());
            add.executeUpdate();
        }
    }

    /** An entry of its own; it is durable at return and waits for {@link #append}. */
    public void add(byte[] entry) throws StoreException {
        PostgresTransaction.run(database, "add to the log", connection -> {
            try (PreparedStatement add = connection.prepareStatement(ADD_ENTRY)) {
                add.setBytes(1, entry);
                return add.executeUpdate();
            }
        });
    }

    /**
     * Takes what waits, at most {@value #AT_ONCE} rows, and stores the growth of the log that is made of it, in one
     * transaction. One node appends at a time, and none that has ended.
     *
     * @param size of the log that grows
     * @param growth is not asked when nothing waits; when it fails, everything waits on
     * @return how many rows were taken, none while another node appends; or {@link #MOVED} when the log has another size
     */
    public int append(long size, Function<List<Pending>, Growth> growth) throws StoreException {
        return PostgresTransaction.run(database, "append to the log", connection -> {
            if (isShared()) {
                if (!takesTurn(connection)) {
                    return 0;
                }
                if (size != sizeIn(connection)) {
                    return MOVED;
                }
            }
            List<Pending> taken = PostgresTransaction.query(
                    connection,
                    TAKE,
                    parameters -> {},
                    row -> new Pending(row.getLong(1), row.getString(2), row.getBytes(3)));
            if (!taken.isEmpty()) {
                taken.sort(Comparator.comparingLong(Pending::number));
                store(connection, growth.apply(taken));
            }
            return taken.size();
        });
    }

    private boolean takesTurn(Connection connection) throws SQLException {
        boolean isOwn = PostgresTransaction.query(connection, TAKE_TURN, parameters -> {}, row -> row.getBoolean(1))
                .get(0);
        if (isOwn) {
            PostgresTransaction.query(
                    connection, FENCE, parameters -> parameters.bigint(node.getAsLong()), row -> row.getObject(1));
        }
        return isOwn;
    }

    private static long sizeIn(Connection connection) throws SQLException {
        return PostgresTransaction.query(connection, SIZE, parameters -> {}, row -> row.getLong(1))
                .get(0);
    }

    private static void store(Connection connection, Growth growth) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT);
                PreparedStatement head = connection.prepareStatement(SET_HEAD)) {
            for (Leaf leaf : growth.leaves()) {
                insert.setLong(1, leaf.index());
                insert.setBytes(2, leaf.entry());
                insert.setBytes(3, leaf.digests());
                insert.setBytes(4, leaf.hashes());
                insert.addBatch();
            }
            insert.executeBatch();
            head.setBytes(1, growth.head());
            head.executeUpdate();
        }
    }

    /** Size and head, which belong together. */
    public State state() throws StoreException {
        return PostgresTransaction.query(
                        database, "read the size and the head of the log", STATE, parameters -> {}, LogStore::state)
                .get(0);
    }

    private static State state(ResultSet row) throws SQLException {
        return new State(row.getLong(1), row.getBytes(2));
    }

    /**
     * Reads in one transaction. Among several nodes the standby has what was read, at return: what a primary says that was
     * deposed while it hung is neither told to a site nor taken for damage.
     */
    public <T> T read(Reading<T> reading) throws StoreException {
        return isShared()
                ? PostgresTransaction.run(database, READ, connection -> {
                    PostgresTransaction.awaitStandby(connection);
                    return reading.of(new View(connection));
                })
                : PostgresTransaction.run(database, READ, connection -> reading.of(new View(connection)));
    }

    /** A question to the log. */
    @FunctionalInterface
    public interface Reading<T> {
        T of(View log) throws SQLException;
    }

    /** A leaf damaged or gone. */
    public static final class LeafGoneException extends SQLException {
        private static final long serialVersionUID = 1L;

        LeafGoneException(long leaf) {
            super("leaf " + leaf + " damaged or gone", "XX000");
        }
    }

    /**
     * The log in a transaction.
     *
     * @param connection of that transaction
     */
    public record View(Connection connection) {
        /** Size and head, which belong together. */
        public State state() throws SQLException {
            return PostgresTransaction.query(connection, STATE, parameters -> {}, LogStore::state)
                    .get(0);
        }

        /**
         * The hash of the subtree over the leaves from {@code index << level}: the last of them completed it.
         *
         * @throws LeafGoneException when that leaf is missing
         */
        public byte[] hash(int level, long index) throws SQLException {
            long leaf = (index + 1 << level) - 1;
            return PostgresTransaction.query(
                            connection,
                            NODE,
                            parameters -> parameters.bigint(level).bigint(leaf),
                            row -> row.getBytes(1))
                    .stream()
                    .filter(hash -> hash.length == MerkleTree.HASH)
                    .findFirst()
                    .orElseThrow(() -> new LeafGoneException(leaf));
        }
    }
}
