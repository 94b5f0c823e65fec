package io.saddlebag.hq.store.sql;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Printable;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;

/**
 * The dead letters, and what waits, for an operator, in the database of a headquarters that runs or does not. A running one
 * takes up what is changed here when it next looks for changes. Blocks; for any number of threads.
 */
public final class DeadLetters {
    private static final String CHOSEN_OF_ALL = " m.message_number = d.message_number"
            + " AND d.discarded_time IS NULL AND (?::text IS NULL OR d.queue_name = ?)"
            + " AND (cardinality(?::text[]) = 0 OR m.message_id = ANY (?::text[]))";
    private static final String CHOSEN = CHOSEN_OF_ALL + " AND d.dead_lettered_time IS NOT NULL";
    private static final String COLUMNS = "d.queue_name, m.message_id, m.sender_id, d.receiver_client_id,"
            + " d.dead_lettered_time, d.attempts, m.body_size, d.reason, d.last_error, d.message_number";
    private static final String LIST = "SELECT " + COLUMNS + " FROM delivery_held d, message m WHERE" + CHOSEN
            + " ORDER BY d.message_number, d.queue_name";
    /** The row shows the reason as it was before the change. */
    private static final String CHANGE = "WITH before AS (SELECT " + COLUMNS
            + " FROM delivery_held d, message m WHERE%s FOR UPDATE OF d),"
            + " changed AS (UPDATE delivery_held d SET %s FROM before b WHERE d.message_number = b.message_number"
            + " AND d.queue_name = b.queue_name RETURNING d.message_number, d.queue_name),"
            + " told AS (INSERT INTO operator_change (message_number, queue_name)"
            + " SELECT message_number, queue_name FROM changed ON CONFLICT DO NOTHING),"
            + " logged AS (INSERT INTO log_pending (kind, body) SELECT 'entry', convert_to(json_build_object("
            + "'type', 'operator', 'time', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
            + " 'action', '%s', 'by', ?::text, 'queue_name', queue_name, 'message_id', message_id,"
            + " 'sender_id', sender_id)::text, 'UTF8') FROM before ORDER BY message_number, queue_name)"
            + " SELECT * FROM before ORDER BY message_number, queue_name";

    /** Not those without a payload: nothing could be delivered. */
    private static final String REQUEUE = String.format(
            CHANGE,
            CHOSEN + " AND d.payload_missing_time IS NULL",
            "dead_lettered_time = NULL, discard_reason = NULL, reason = NULL, refusal_detail = NULL, last_error = NULL, attempts = 0,"
                    + " refusals = 0, unsettled_since = NULL, delivered_time = NULL",
            "requeue");

    private static final String GIVE_UP =
            "discarded_time = CASE WHEN d.dead_lettered_time IS NULL THEN NULL ELSE now() END,"
                    + " discard_reason = ?::text";
    private static final String DISCARD = String.format(CHANGE, CHOSEN, GIVE_UP, "discard");
    private static final String DISCARD_WAITING = String.format(CHANGE, CHOSEN_OF_ALL, GIVE_UP, "discard");

    /**
     * A delivery whose sealed message is kept: given up, or one that waits.
     *
     * @param deadLetteredTime when it was given up, UTC; null while it waits
     * @param attempts how often it was pushed to the receiver
     * @param bodySize of the sealed message, in bytes
     * @param reason why it was given up; null while it waits
     * @param lastError what went wrong the last time; null when nothing is known
     */
    public record DeadLetter(
            @JsonProperty("queue_name") String queueName,
            @JsonProperty("message_id") String messageId,
            @JsonProperty("sender_id") String senderId,
            @JsonProperty("receiver_client_id") String receiverClientId,
            @JsonProperty("dead_lettered_time") Instant deadLetteredTime,
            @JsonProperty("attempts") int attempts,
            @JsonProperty("body_size") long bodySize,
            @JsonProperty("reason") String reason,
            @JsonProperty("last_error") String lastError) {}

    private final DataSource database;
    private final String operator;

    /** @param operator who changes them, for the log */
    public DeadLetters(DataSource database, String operator) {
        this.database = database;
        this.operator = operator;
    }

    /**
     * Which ones.
     *
     * @param queueName null for every queue
     * @param messageIds empty for every message
     */
    public record Choice(String queueName, Collection<String> messageIds) {
        public Choice {
            messageIds = List.copyOf(messageIds);
        }
    }

    /** The oldest message first. */
    public List<DeadLetter> list(Choice choice) throws StoreException {
        return run("list the dead letters", LIST, choice, parameters -> {});
    }

    /**
     * They wait again, with no attempt counted; returns what they were. Passes over those whose sealed message is missing or
     * damaged.
     */
    public List<DeadLetter> requeue(Choice choice) throws StoreException {
        return run("requeue dead letters", REQUEUE, choice, this::by);
    }

    /** Their sealed messages are given up; what is known of them stays. Returns what they were. */
    public List<DeadLetter> discard(Choice choice, String reason) throws StoreException {
        return run(
                "discard dead letters", DISCARD, choice, parameters -> by(parameters.text(Printable.reason(reason))));
    }

    /**
     * As {@link #discard}, those that wait too. Headquarters ends one that is at its receiver only if it comes back from
     * there.
     */
    public List<DeadLetter> discardWaiting(Choice choice, String reason) throws StoreException {
        return run(
                "discard deliveries",
                DISCARD_WAITING,
                choice,
                parameters -> by(parameters.text(Printable.reason(reason))));
    }

    /** The log says who did it. */
    private void by(SqlArrays parameters) throws SQLException {
        parameters.text(operator);
    }

    private List<DeadLetter> run(String what, String sql, Choice choice, PostgresTransaction.Parameters more)
            throws StoreException {
        return PostgresTransaction.query(
                database,
                what,
                sql,
                parameters -> {
                    parameters
                            .text(choice.queueName())
                            .text(choice.queueName())
                            .texts(choice.messageIds(), id -> id)
                            .texts(choice.messageIds(), id -> id);
                    more.fill(parameters);
                },
                row -> new DeadLetter(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getTimestamp(5) == null ? null : row.getTimestamp(5).toInstant(),
                        row.getInt(6),
                        row.getLong(7),
                        row.getString(8),
                        row.getString(9)));
    }
}
