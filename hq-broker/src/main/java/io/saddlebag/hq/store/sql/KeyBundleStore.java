package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.tlog.LogEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The key bundles that sites registered, every version of them. Calls block; any thread may call. */
public final class KeyBundleStore {
    private static final String COLUMNS = "SELECT site_id, epoch, version, envelope, registered_time FROM key_bundle ";

    /** Nodes register one bundle after the other. */
    private static final String TAKE_TURN = "SELECT pg_advisory_xact_lock(6013814)";

    private static final String INSERT = insert("", "");
    private static final String INSERT_NUMBERED = insert(
            ", registered_number",
            ", (SELECT coalesce(max(registered_number), 0) + 1 FROM key_bundle WHERE registered_number IS NOT NULL)");

    private final DataSource database;
    private final boolean isShared;

    /** For the single headquarters. */
    public KeyBundleStore(DataSource database) {
        this(database, false);
    }

    /** @param isShared whether other nodes register bundles too */
    public KeyBundleStore(DataSource database, boolean isShared) {
        this.database = database;
        this.isShared = isShared;
    }

    /** True when other nodes register bundles too. */
    public boolean isShared() {
        return isShared;
    }

    /** One statement, so that of two concurrent registrations the lower never comes out above. */
    private static String insert(String column, String value) {
        return "WITH stored AS (INSERT INTO key_bundle (site_id, epoch, version, envelope, registered_time" + column
                + ") SELECT ?, ?, ?, ?, ?" + value
                + " WHERE NOT EXISTS (SELECT 1 FROM key_bundle"
                + " WHERE site_id = ? AND (epoch, version) >= (?, ?))"
                + " ON CONFLICT DO NOTHING RETURNING 1) " + LogStore.ADD_ENTRY + " FROM stored";
    }

    /** A bundle as it was registered; the envelope is the site's own, verbatim. */
    public record StoredKeyBundle(SiteId siteId, long epoch, long version, byte[] envelope, Instant registeredTime) {}

    /**
     * Keeps a bundle, durable at return, with its entry for the log.
     *
     * @return whether it is new; false for the current one once more
     * @throws Refusal with {@code ROLLBACK} when a later one is known, with {@code CONFLICT} when this version has other
     *     bytes
     */
    public boolean save(StoredKeyBundle bundle, LogEntry entry) throws StoreException {
        if (isShared ? saveInTurn(bundle, entry) : saveAlone(bundle, entry)) {
            return true;
        }
        StoredKeyBundle known = current(bundle.siteId()).orElseThrow();
        if (known.epoch() != bundle.epoch() || known.version() != bundle.version()) {
            throw new Refusal(
                    Refusal.Code.ROLLBACK,
                    "Expected key bundle version " + known.version() + " (epoch " + known.epoch() + ") or later of "
                            + bundle.siteId() + ", found " + bundle.version() + " (epoch " + bundle.epoch()
                            + "); make a new version");
        }
        if (!Arrays.equals(known.envelope(), bundle.envelope())) {
            throw new Refusal(
                    Refusal.Code.CONFLICT,
                    "Another key bundle of " + bundle.siteId() + " has version " + bundle.version()
                            + "; make a new version");
        }
        return false;
    }

    private boolean saveAlone(StoredKeyBundle bundle, LogEntry entry) throws StoreException {
        try (Connection connection = database.getConnection()) {
            return insert(connection, INSERT, bundle, entry);
        } catch (SQLException e) {
            throw SqlFailures.asStoreException("keep the key bundle of " + bundle.siteId(), e);
        }
    }

    private boolean saveInTurn(StoredKeyBundle bundle, LogEntry entry) throws StoreException {
        return PostgresTransaction.run(database, "keep the key bundle of " + bundle.siteId(), connection -> {
            PostgresTransaction.query(connection, TAKE_TURN, parameters -> {}, row -> row.getObject(1));
            boolean isNew = insert(connection, INSERT_NUMBERED, bundle, entry);
            if (!isNew) {
                PostgresTransaction.awaitStandby(connection);
            }
            return isNew;
        });
    }

    private static boolean insert(Connection connection, String sql, StoredKeyBundle bundle, LogEntry entry)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, bundle.siteId().value());
            insert.setLong(2, bundle.epoch());
            insert.setLong(3, bundle.version());
            insert.setBytes(4, bundle.envelope());
            insert.setTimestamp(5, Timestamp.from(bundle.registeredTime()));
            insert.setString(6, bundle.siteId().value());
            insert.setLong(7, bundle.epoch());
            insert.setLong(8, bundle.version());
            insert.setBytes(9, entry.bytes());
            return insert.executeUpdate() == 1;
        }
    }

    /** The highest version under the site's newest certificate. */
    public Optional<StoredKeyBundle> current(SiteId site) throws StoreException {
        return query(
                        COLUMNS + "WHERE site_id = ? ORDER BY epoch DESC, version DESC LIMIT 1",
                        parameters -> parameters.text(site.value()))
                .stream()
                .findFirst();
    }

    /** Every site's highest version under its newest certificate, by site. */
    public List<StoredKeyBundle> all() throws StoreException {
        return query(
                "SELECT DISTINCT ON (site_id) site_id, epoch, version, envelope, registered_time FROM key_bundle"
                        + " ORDER BY site_id, epoch DESC, version DESC",
                parameters -> {});
    }

    /** The number of the last bundle that a node took; 0 before the first. */
    public long lastNumber() throws StoreException {
        return PostgresTransaction.query(
                        database,
                        "read the number of the last key bundle",
                        "SELECT coalesce(max(registered_number), 0) FROM key_bundle WHERE registered_number IS NOT NULL",
                        parameters -> {},
                        row -> row.getLong(1))
                .get(0);
    }

    /** The bundles that nodes took after that number up to this one, in their order; the standby has them too. */
    public List<StoredKeyBundle> taken(long after, long upTo) throws StoreException {
        return query(
                COLUMNS + "WHERE registered_number IS NOT NULL AND registered_number > ? AND registered_number <= ?"
                        + " ORDER BY registered_number",
                parameters -> parameters.bigint(after).bigint(upTo));
    }

    /** Those of nodes are known to be at the standby too, since sites keep what they hear. */
    private List<StoredKeyBundle> query(String sql, PostgresTransaction.Parameters parameters) throws StoreException {
        String what = "read key bundles";
        return isShared
                ? PostgresTransaction.queryReplicated(database, what, sql, parameters, KeyBundleStore::bundle)
                : PostgresTransaction.query(database, what, sql, parameters, KeyBundleStore::bundle);
    }

    private static StoredKeyBundle bundle(ResultSet row) throws SQLException {
        return new StoredKeyBundle(
                SiteId.of(row.getString(1)),
                row.getLong(2),
                row.getLong(3),
                row.getBytes(4),
                row.getTimestamp(5).toInstant());
    }
}
