package io.saddlebag.hq.store.shared;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.PostgresTransaction;
import javax.sql.DataSource;

/**
 * How far the nodes' common records go, each a number that ascends. One question by four indexes, asked every second.
 *
 * @param keys the last key bundle that a node took
 * @param topology the version of the topology
 * @param trust the last revocation list that a node was given
 * @param renewals the last request for certificates, or answer to one
 */
public record SharedMarks(long keys, long topology, long trust, long renewals) {
    static final String ASK =
            "SELECT (SELECT coalesce(max(registered_number), 0) FROM key_bundle WHERE registered_number IS NOT NULL),"
                    + " (SELECT coalesce(max(version), 0) FROM topology), (SELECT coalesce(max(taken_number), 0) FROM trust),"
                    + " (SELECT coalesce(max(changed_number), 0) FROM renewal)";

    public static SharedMarks read(DataSource database) throws StoreException {
        return PostgresTransaction.query(
                        database,
                        "look for news of the other nodes",
                        ASK,
                        parameters -> {},
                        row -> new SharedMarks(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)))
                .get(0);
    }
}
