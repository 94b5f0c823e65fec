package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.tlog.LogEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
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

    private final DataSource database;

    public KeyBundleStore(DataSource database) {
        this.database = database;
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
        try (Connection connection = database.getConnection()) {
            if (insert(connection, bundle, entry)) {
                return true;
            }
        } catch (SQLException e) {
            throw SqlFailures.asStoreException("keep the key bundle of " + bundle.siteId(), e);
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

    /** One statement, so that of two concurrent registrations the lower never comes out above. */
    private static boolean insert(Connection connection, StoredKeyBundle bundle, LogEntry entry) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "WITH stored AS (INSERT INTO key_bundle (site_id, epoch, version, envelope, registered_time) SELECT ?, ?, ?, ?, ?"
                        + " WHERE NOT EXISTS (SELECT 1 FROM key_bundle"
                        + " WHERE site_id = ? AND (epoch, version) >= (?, ?))"
                        + " ON CONFLICT DO NOTHING RETURNING 1) " + LogStore.ADD_ENTRY + " FROM stored")) {
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
    Optional<StoredKeyBundle> current(SiteId site) throws StoreException {
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

    private List<StoredKeyBundle> query(String sql, PostgresTransaction.Parameters parameters) throws StoreException {
        return PostgresTransaction.query(
                database,
                "read key bundles",
                sql,
                parameters,
                row -> new StoredKeyBundle(
                        SiteId.of(row.getString(1)),
                        row.getLong(2),
                        row.getLong(3),
                        row.getBytes(4),
                        row.getTimestamp(5).toInstant()));
    }
}
