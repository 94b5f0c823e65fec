package io.saddlebag.hq.store.shared;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.PostgresTransaction;
import io.saddlebag.hq.store.sql.SqlArrays;
import io.saddlebag.message.SiteId;
import java.sql.PreparedStatement;
import java.util.List;
import javax.sql.DataSource;

/** The last request of each site for new certificates, with its answer. Calls block; any thread may call. */
public final class RenewalStore {
    /** The number ascends in the order of commit. */
    private static final String TAKE_TURN = "SELECT pg_advisory_xact_lock(6013818)";

    private static final String NEXT = "(SELECT coalesce(max(changed_number), 0) + 1 FROM renewal)";
    private static final String REQUEST = "INSERT INTO renewal (site_id, changed_number, request) VALUES (?, " + NEXT
            + ", ?) ON CONFLICT (site_id) DO UPDATE SET changed_number = excluded.changed_number,"
            + " request = excluded.request, requested_time = now(), answer = NULL, refusal = NULL"
            + " WHERE renewal.request <> excluded.request";
    private static final String SETTLE = "UPDATE renewal SET changed_number = " + NEXT + ", %s = ?"
            + " WHERE site_id = ? AND request = ? AND answer IS NULL AND refusal IS NULL";
    private static final String CHANGED = "SELECT site_id, changed_number, request, answer, refusal FROM renewal"
            + " WHERE changed_number > ? ORDER BY changed_number";

    private final DataSource database;

    public RenewalStore(DataSource database) {
        this.database = database;
    }

    /**
     * A site's request.
     *
     * @param answer null while there is none
     * @param refusal null while there is none
     */
    public record Renewal(SiteId site, long number, byte[] request, byte[] answer, byte[] refusal) {
        public boolean isOpen() {
            return answer == null && refusal == null;
        }
    }

    /** A site's request takes the place of the one before; the same once more changes nothing. */
    public void request(SiteId site, byte[] request) throws StoreException {
        run("keep a request of " + site, REQUEST, parameters -> parameters
                .text(site.value())
                .bytes(request));
    }

    /** Adds the answer to that request, unless there is one. */
    public void answer(SiteId site, byte[] request, byte[] answer) throws StoreException {
        settle("answer", site, request, answer);
    }

    /** As {@link #answer}, the reason why it was refused. */
    public void refuse(SiteId site, byte[] request, byte[] reason) throws StoreException {
        settle("refusal", site, request, reason);
    }

    private void settle(String column, SiteId site, byte[] request, byte[] body) throws StoreException {
        run(
                "keep the answer to " + site,
                SETTLE.formatted(column),
                parameters -> parameters.bytes(body).text(site.value()).bytes(request));
    }

    private void run(String what, String sql, PostgresTransaction.Parameters parameters) throws StoreException {
        PostgresTransaction.run(database, what, connection -> {
            PostgresTransaction.query(connection, TAKE_TURN, none -> {}, row -> row.getObject(1));
            try (PreparedStatement change = connection.prepareStatement(sql)) {
                parameters.fill(new SqlArrays(connection, change));
                if (change.executeUpdate() == 0) {
                    PostgresTransaction.awaitStandby(connection);
                }
            }
            return null;
        });
    }

    /** Those that were asked for or answered after that number, in this order. */
    public List<Renewal> changedAfter(long number) throws StoreException {
        return PostgresTransaction.query(
                database,
                "read requests for certificates",
                CHANGED,
                parameters -> parameters.bigint(number),
                row -> new Renewal(
                        SiteId.of(row.getString(1)),
                        row.getLong(2),
                        row.getBytes(3),
                        row.getBytes(4),
                        row.getBytes(5)));
    }
}
