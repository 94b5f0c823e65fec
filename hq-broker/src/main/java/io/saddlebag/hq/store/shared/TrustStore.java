package io.saddlebag.hq.store.shared;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.PostgresTransaction;
import io.saddlebag.identity.PemFiles;
import io.saddlebag.identity.Revocations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.security.cert.X509CRL;
import java.sql.PreparedStatement;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The newest revocation list that one of the nodes was given. Each node verifies it against the CA, and takes none that is
 * older than its own. Calls block; any thread may call.
 */
public final class TrustStore {
    private static final String TAKE_TURN = "SELECT pg_advisory_xact_lock(6013817)";
    private static final String NEWEST = "SELECT list FROM trust ORDER BY taken_number DESC LIMIT 1";
    /** Neither number nor date goes back, as at each site. */
    private static final String ADD = "INSERT INTO trust (taken_number, list_number, this_update, list, taken_by)"
            + " SELECT (SELECT coalesce(max(taken_number), 0) + 1 FROM trust), ?, ?, ?, ? WHERE NOT EXISTS"
            + " (SELECT 1 FROM trust WHERE list_number > ? OR this_update > ? OR list_number = ? AND this_update = ?)";

    private static final String FORGET = "DELETE FROM trust WHERE taken_number < (SELECT max(taken_number) FROM trust)";

    private final DataSource database;

    public TrustStore(DataSource database) {
        this.database = database;
    }

    /** In PEM; empty when no node has one. */
    public Optional<byte[]> newest() throws StoreException {
        List<byte[]> found = PostgresTransaction.query(
                database, "read the revocation list", NEWEST, parameters -> {}, row -> row.getBytes(1));
        return found.stream().findFirst();
    }

    /**
     * Hands a list to the other nodes, unless they have it or a newer one.
     *
     * @param node which was given it
     * @return whether it is new
     */
    public boolean add(X509CRL list, String node) throws StoreException {
        BigDecimal number = new BigDecimal(Revocations.number(list));
        Timestamp date = Timestamp.from(list.getThisUpdate().toInstant());
        byte[] pem = pem(list);
        return PostgresTransaction.run(database, "keep the revocation list", connection -> {
            PostgresTransaction.query(connection, TAKE_TURN, parameters -> {}, row -> row.getObject(1));
            try (PreparedStatement add = connection.prepareStatement(ADD);
                    PreparedStatement forget = connection.prepareStatement(FORGET)) {
                add.setBigDecimal(1, number);
                add.setTimestamp(2, date);
                add.setBytes(3, pem);
                add.setString(4, node);
                add.setBigDecimal(5, number);
                add.setTimestamp(6, date);
                add.setBigDecimal(7, number);
                add.setTimestamp(8, date);
                boolean isNew = add.executeUpdate() == 1;
                forget.executeUpdate();
                return isNew;
            }
        });
    }

    private static byte[] pem(X509CRL list) {
        try {
            return PemFiles.write(list);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
