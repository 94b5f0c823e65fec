package io.saddlebag.hq.store.verdict;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.LogStore;
import io.saddlebag.hq.store.sql.OutcomeStore;
import io.saddlebag.hq.store.sql.PostgresTransaction;
import io.saddlebag.hq.store.sql.PostgresTransaction.Parameters;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.verdict.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;

/** The verdicts of receivers on messages that they have. Calls block; any thread may call. */
public final class VerdictStore {
    private static final String FIND = "SELECT m.message_number, m.manifest_sha256 FROM message m, LATERAL (SELECT 1"
            + " FROM delivery d WHERE d.message_number = m.message_number AND d.receiver_client_id = ?"
            + " AND d.acknowledged_time IS NOT NULL LIMIT 1) d WHERE m.sender_id = ? AND m.message_id = ?";

    private static final String INSERT =
            "INSERT INTO verdict (message_number, receiver_client_id, sender_id, kind, code,"
                    + " verdict_sha256, envelope) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1";

    private static final String KNOWN =
            "SELECT kind, code FROM verdict WHERE message_number = ? AND receiver_client_id = ?";

    /** Each by its key, whatever the number of messages. */
    private static final String OUTCOMES =
            "SELECT m.message_id, d.receiver_client_id, d.acknowledged_time, d.dead_lettered_time, d.expired_time,"
                    + " d.discarded_time, d.reason, d.refusal_detail, d.delivery_receipt, v.envelope FROM (%s) v, LATERAL"
                    + " (SELECT * FROM delivery e WHERE e.message_number = v.message_number AND e.receiver_client_id ="
                    + " v.receiver_client_id AND e.acknowledged_time IS NOT NULL LIMIT 1) d, LATERAL (SELECT message_id"
                    + " FROM message WHERE message_number = v.message_number OFFSET 0) m";

    private static final String ONE =
            OUTCOMES.formatted("SELECT * FROM verdict WHERE message_number = ? AND receiver_client_id = ?");
    private static final String UNTAKEN = OUTCOMES.formatted("SELECT * FROM verdict WHERE sender_id = ?"
            + " AND taken_time IS NULL AND received_time < clock_timestamp() - ? * interval '1 millisecond'"
            + " ORDER BY received_time LIMIT ?");

    private static final String TAKE = "UPDATE verdict SET taken_time = clock_timestamp() WHERE sender_id = ?"
            + " AND verdict_sha256 = ANY (?) AND taken_time IS NULL RETURNING 1";

    private final DataSource database;

    /** @param database gives working connections; the schema is migrated */
    public VerdictStore(DataSource database) {
        this.database = database;
    }

    /** A message that its receiver acknowledged. */
    public record Acknowledged(long messageNumber, Sha256 manifestSha256) {}

    /** Empty when the receiver has not acknowledged such a message. */
    public Optional<Acknowledged> acknowledged(SiteId sender, MessageId messageId, SiteId receiver)
            throws StoreException {
        return PostgresTransaction.query(
                        database,
                        "read a delivery to " + receiver,
                        FIND,
                        parameters -> parameters
                                .text(receiver.value())
                                .text(sender.value())
                                .text(messageId.value()),
                        row -> new Acknowledged(row.getLong(1), Sha256.ofDigest(row.getBytes(2))))
                .stream()
                .findFirst();
    }

    /**
     * Keeps a verdict, durable at return, with its digest for the log.
     *
     * @param envelope as its receiver signed it
     * @return false when the receiver said the same of the message before; its first verdict stays
     * @throws Refusal {@code CONFLICT} when it said something else
     */
    public boolean save(long messageNumber, Verdict verdict, Sha256 digest, byte[] envelope) throws StoreException {
        return PostgresTransaction.run(database, "keep a verdict of " + verdict.receiverClientId(), connection -> {
            boolean isNew = !PostgresTransaction.query(
                            connection,
                            INSERT,
                            parameters -> parameters
                                    .bigint(messageNumber)
                                    .text(verdict.receiverClientId().value())
                                    .text(verdict.senderId().value())
                                    .text(verdict.kind())
                                    .text(verdict.code())
                                    .bytes(digest.bytes())
                                    .bytes(envelope),
                            row -> row.getInt(1))
                    .isEmpty();
            if (isNew) {
                LogStore.addReceipt(connection, digest);
            } else {
                requireSame(connection, messageNumber, verdict);
                PostgresTransaction.awaitStandby(connection);
            }
            return isNew;
        });
    }

    private static void requireSame(Connection connection, long messageNumber, Verdict verdict) throws SQLException {
        record Known(String kind, String code) {}
        Known known = PostgresTransaction.query(
                        connection,
                        KNOWN,
                        parameters -> parameters
                                .bigint(messageNumber)
                                .text(verdict.receiverClientId().value()),
                        row -> new Known(row.getString(1), row.getString(2)))
                .get(0);
        if (!known.kind().equals(verdict.kind()) || !Objects.equals(known.code(), verdict.code())) {
            throw new Refusal(
                    Refusal.Code.CONFLICT,
                    "Expected one verdict on " + verdict.messageId() + ", found a second one that says "
                            + said(verdict.kind(), verdict.code()) + " after one that says "
                            + said(known.kind(), known.code()) + ". The first counts; tell the sender by other means");
        }
    }

    private static String said(String kind, String code) {
        return code == null ? kind : kind + " (" + code + ")";
    }

    /** The outcome with the verdict of that receiver. */
    public Optional<DeliveryOutcome> outcome(long messageNumber, SiteId receiver) throws StoreException {
        return outcomes(ONE, parameters -> parameters.bigint(messageNumber).text(receiver.value())).stream()
                .findFirst();
    }

    /**
     * The outcomes whose verdicts their sender has not confirmed, the oldest first.
     *
     * @param age that each verdict has at least
     */
    public List<DeliveryOutcome> untaken(SiteId sender, Duration age, int limit) throws StoreException {
        return outcomes(
                UNTAKEN,
                parameters ->
                        parameters.text(sender.value()).bigint(age.toMillis()).bigint(limit));
    }

    private List<DeliveryOutcome> outcomes(String sql, Parameters parameters) throws StoreException {
        return PostgresTransaction.query(database, "read verdicts", sql, parameters, row -> OutcomeStore.outcome(row)
                .judged(row.getBytes("envelope")));
    }

    /**
     * The sender has these verdicts.
     *
     * @return how many of them it had not confirmed before
     */
    public int taken(SiteId sender, Collection<Sha256> digests) throws StoreException {
        if (digests.isEmpty()) {
            return 0;
        }
        return PostgresTransaction.run(
                database, "note what " + sender + " has", connection -> PostgresTransaction.query(
                                connection,
                                TAKE,
                                parameters -> parameters.text(sender.value()).byteas(digests, Sha256::bytes),
                                row -> row.getInt(1))
                        .size());
    }
}
