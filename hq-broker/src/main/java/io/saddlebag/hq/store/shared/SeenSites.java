package io.saddlebag.hq.store.shared;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.PostgresTransaction;
import io.saddlebag.hq.store.sql.SqlArrays;
import io.saddlebag.message.SiteId;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/** When each site was last connected to any node, to the minute. Calls block; any thread may call. */
public final class SeenSites {
    private static final String NOTE = "INSERT INTO site_seen (site_id, seen_time) SELECT site, now()"
            + " FROM unnest(?::text[]) AS s (site) ORDER BY site ON CONFLICT (site_id) DO UPDATE"
            + " SET seen_time = excluded.seen_time WHERE site_seen.seen_time < now() - interval '1 minute'";

    private final DataSource database;

    public SeenSites(DataSource database) {
        this.database = database;
    }

    /** These are connected here now. */
    public void note(Collection<SiteId> sites) throws StoreException {
        if (sites.isEmpty()) {
            return;
        }
        PostgresTransaction.run(database, "note which sites are connected", connection -> {
            try (PreparedStatement note = connection.prepareStatement(NOTE)) {
                new SqlArrays(connection, note).texts(sites, SiteId::value);
                return note.executeUpdate();
            }
        });
    }

    public Map<SiteId, Instant> all() throws StoreException {
        Map<SiteId, Instant> seen = new HashMap<>();
        PostgresTransaction.query(
                database,
                "read when sites were connected",
                "SELECT site_id, seen_time FROM site_seen",
                parameters -> {},
                row -> seen.put(SiteId.of(row.getString(1)), row.getTimestamp(2).toInstant()));
        return seen;
    }
}
