package io.saddlebag.hq.store.sql;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import javax.sql.DataSource;

/**
 * The manifests that senders published, read for the senders themselves, and the table of the newest of each. Everything
 * is found by an index. Calls block; any thread may call.
 */
public final class ChainStore {
    public static final String MANIFESTS =
            "SELECT message_id, manifest FROM message WHERE sender_id = ? AND message_id = ANY (?)";
    /** By an array and not by a join: a join may be planned through all messages of the sender. */
    public static final String LAST = MANIFESTS + " ORDER BY array_position(?, message_id) DESC LIMIT 1";

    public static final String AFTER =
            "SELECT message_number, manifest FROM message WHERE message_number > ? ORDER BY message_number";
    private static final String LOAD =
            "SELECT sender_id, receiver_client_id, seq, message_id, read_up_to FROM sender_chain"
                    + " ORDER BY sender_id, receiver_client_id";
    private static final String SAVE =
            "INSERT INTO sender_chain (sender_id, receiver_client_id, seq, message_id, read_up_to)"
                    + " SELECT sender, receiver, seq, id, ?::bigint"
                    + " FROM unnest(?::text[], ?::text[], ?::bigint[], ?::text[]) AS c (sender, receiver, seq, id)"
                    + " ON CONFLICT (sender_id, receiver_client_id) DO UPDATE SET seq = excluded.seq,"
                    + " message_id = excluded.message_id, read_up_to = excluded.read_up_to";
    private static final int FETCHED = 500;

    private final DataSource database;
    private final boolean isShared;

    /** @param database gives working connections; the schema is migrated */
    public ChainStore(DataSource database) {
        this(database, false);
    }

    /** @param isShared whether several nodes have the database, which has a standby then */
    public ChainStore(DataSource database, boolean isShared) {
        this.database = database;
        this.isShared = isShared;
    }

    /** The message with the highest seq of a sender to a receiver. */
    public record Head(SiteId sender, SiteId receiver, long seq, MessageId messageId) {}

    /** A manifest as its sender signed it: a DSSE envelope, verbatim. */
    public record SignedManifest(MessageId messageId, byte[] envelope) {}

    /** The manifests of these messages of the sender, those that there are, in no order. */
    public List<SignedManifest> manifests(SiteId sender, Collection<MessageId> ids) throws StoreException {
        return query("read manifests of " + sender, MANIFESTS, parameters -> parameters
                .text(sender.value())
                .texts(ids, MessageId::value));
    }

    /** The manifest of the last in the list that there is. */
    public Optional<SignedManifest> last(SiteId sender, List<MessageId> ids) throws StoreException {
        List<SignedManifest> found = query("read a manifest of " + sender, LAST, parameters -> parameters
                .text(sender.value())
                .texts(ids, MessageId::value)
                .texts(ids, MessageId::value));
        return found.stream().findFirst();
    }

    private List<SignedManifest> query(String what, String sql, PostgresTransaction.Parameters parameters)
            throws StoreException {
        return isShared
                ? PostgresTransaction.queryReplicated(database, what, sql, parameters, ChainStore::manifest)
                : PostgresTransaction.query(database, what, sql, parameters, ChainStore::manifest);
    }

    private static SignedManifest manifest(ResultSet row) throws SQLException {
        return new SignedManifest(MessageId.of(row.getString(1)), row.getBytes(2));
    }

    /**
     * Reads the saved heads.
     *
     * @return the message_number up to which they are complete; 0 when nothing was saved
     */
    public long load(Consumer<Head> heads) throws StoreException {
        List<Long> readUpTo = PostgresTransaction.query(
                database, "read the newest messages of the senders", LOAD, parameters -> {}, row -> {
                    heads.accept(new Head(
                            SiteId.of(row.getString(1)),
                            SiteId.of(row.getString(2)),
                            row.getLong(3),
                            MessageId.of(row.getString(4))));
                    return row.getLong(5);
                });
        return readUpTo.isEmpty() ? 0 : Collections.max(readUpTo);
    }

    /** Every manifest of a higher message_number, ascending, with its number; a few at a time are in memory. */
    public void manifestsAfter(long number, ObjLongConsumer<Manifest> visitor) throws StoreException {
        PostgresTransaction.run(database, "read the manifests since message " + number, connection -> {
            try (PreparedStatement select = connection.prepareStatement(AFTER)) {
                select.setFetchSize(FETCHED);
                select.setLong(1, number);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        byte[] json = Envelope.parse(row.getBytes(2)).payload();
                        visitor.accept(Json.read(json, Manifest.class), row.getLong(1));
                    }
                }
                return null;
            }
        });
    }

    /**
     * Saves heads. Does not wait for the disk: were they lost, the next start would read a few more messages.
     *
     * @param upTo the message_number up to which the heads are complete
     */
    public void save(List<Head> heads, long upTo) throws StoreException {
        if (heads.isEmpty()) {
            return;
        }
        PostgresTransaction.run(database, "save the newest messages of the senders", connection -> {
            try (Statement lazily = connection.createStatement();
                    PreparedStatement save = connection.prepareStatement(SAVE)) {
                lazily.execute("SET LOCAL synchronous_commit = off");
                new SqlArrays(connection, save)
                        .bigint(upTo)
                        .texts(heads, head -> head.sender().value())
                        .texts(heads, head -> head.receiver().value())
                        .bigints(heads, Head::seq)
                        .texts(heads, head -> head.messageId().value());
                return save.executeUpdate();
            }
        });
    }
}
