package io.saddlebag.hq.store.shared;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.PostgresTransaction;
import io.saddlebag.hq.store.sql.SqlArrays;
import io.saddlebag.message.Sha256;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The topology of all nodes, every version of it. Calls block; any thread may call. */
public final class TopologyStore {
    private static final String NEWEST =
            "SELECT version, yaml, changed_time, changed_by FROM topology ORDER BY version DESC LIMIT 1";
    private static final String KNOWN = "SELECT EXISTS (SELECT 1 FROM topology WHERE sha256 = ?)";
    /** The second of two writers finds its version taken. */
    private static final String ADD = "INSERT INTO topology (version, sha256, yaml, changed_by) SELECT ?, ?, ?, ?"
            + " WHERE ?::bigint = (SELECT coalesce(max(version), 0) + 1 FROM topology) ON CONFLICT DO NOTHING";

    private final DataSource database;

    public TopologyStore(DataSource database) {
        this.database = database;
    }

    /**
     * A topology.
     *
     * @param version counts from 1
     * @param yaml the file, verbatim
     * @param changedBy who put it in
     */
    public record Stored(long version, byte[] yaml, Instant changedTime, String changedBy) {
        public Sha256 sha256() {
            return Sha256.of(yaml);
        }

        /** Its name, as lines for people have it. */
        public String place() {
            return "topology version " + version;
        }
    }

    /** The one that counts; empty before the first node has started. */
    public Optional<Stored> newest() throws StoreException {
        List<Stored> found = PostgresTransaction.query(
                database,
                "read the topology",
                NEWEST,
                parameters -> {},
                row -> new Stored(
                        row.getLong(1), row.getBytes(2), row.getTimestamp(3).toInstant(), row.getString(4)));
        return found.stream().findFirst();
    }

    /** True when the file was the topology once, or is. */
    public boolean isKnown(Sha256 sha256) throws StoreException {
        return PostgresTransaction.query(
                        database,
                        "read the topologies",
                        KNOWN,
                        parameters -> parameters.bytes(sha256.bytes()),
                        row -> row.getBoolean(1))
                .get(0);
    }

    /**
     * Makes the file the topology of all nodes; durable at return.
     *
     * @param version the one that it makes
     * @return false when there is such a version already
     */
    public boolean add(long version, byte[] yaml, String changedBy) throws StoreException {
        return PostgresTransaction.run(database, "change the topology", connection -> {
            try (PreparedStatement add = connection.prepareStatement(ADD)) {
                new SqlArrays(connection, add)
                        .bigint(version)
                        .bytes(Sha256.of(yaml).bytes())
                        .bytes(yaml)
                        .text(changedBy)
                        .bigint(version);
                return add.executeUpdate() == 1;
            }
        });
    }
}
