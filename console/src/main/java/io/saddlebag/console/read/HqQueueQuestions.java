package io.saddlebag.console.read;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A queue's deliveries in headquarters' database, page by page in the order of an index. */
public final class HqQueueQuestions {
    public static final int PAGE = 50;

    private static final String HELD =
            "SELECT d.queue_name, d.message_number, d.priority, d.attempts, d.delivered_time,"
                    + " d.dead_lettered_time, d.reason, d.last_error, d.payload_missing_time, m.message_id, m.sender_id,"
                    + " d.receiver_client_id, m.received_time, m.body_size FROM delivery_held d"
                    + " JOIN message m ON m.message_number = d.message_number WHERE ";
    private static final String WAITING = HELD
            + "d.dead_lettered_time IS NULL AND d.payload_missing_time IS NULL AND d.queue_name = ?"
            + " AND (d.priority, d.message_number) > (?, ?) ORDER BY d.priority, d.message_number LIMIT " + (PAGE + 1);
    private static final String DEAD = "d.dead_lettered_time IS NOT NULL AND d.discarded_time IS NULL";
    private static final String REASONS = "SELECT queue_name, reason, count(*) FROM delivery_held d WHERE " + DEAD
            + " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 100";

    private final HqReader reader;

    public HqQueueQuestions(HqReader reader) {
        this.reader = reader;
    }

    /**
     * A delivery that keeps its sealed message.
     *
     * @param missing true when the sealed message is missing or damaged, so that it cannot go out
     */
    public record Held(
            String queue,
            long number,
            int priority,
            int attempts,
            Instant delivered,
            Instant deadLettered,
            String reason,
            String lastError,
            boolean missing,
            String messageId,
            String sender,
            String receiver,
            Instant received,
            long size) {}

    /** Dead letters of a queue with one reason. */
    public record Reason(String queue, String reason, long count) {}

    /**
     * The waiting deliveries of a queue, one more than a page when there are more.
     *
     * @param afterPriority -1 for the first page
     */
    public List<Held> waiting(String queue, int afterPriority, long afterNumber) throws UnansweredException {
        return reader.ask(WAITING, List.of(queue, afterPriority, afterNumber), HqQueueQuestions::held);
    }

    /**
     * The dead letters by queue, the oldest first, one more than a page when there are more.
     *
     * @param queue null for every queue
     * @param reason null for every reason
     * @param afterQueue empty for the first page
     */
    public List<Held> dead(String queue, String reason, String afterQueue, long afterNumber)
            throws UnansweredException {
        StringBuilder sql = new StringBuilder(HELD).append(DEAD);
        List<Object> parameters = new ArrayList<>();
        if (queue != null) {
            sql.append(" AND d.queue_name = ?");
            parameters.add(queue);
        }
        if (reason != null) {
            sql.append(" AND d.reason = ?");
            parameters.add(reason);
        }
        sql.append(" AND (d.queue_name, d.message_number) > (?, ?) ORDER BY d.queue_name, d.message_number LIMIT ")
                .append(PAGE + 1);
        parameters.add(afterQueue);
        parameters.add(afterNumber);
        return reader.ask(sql.toString(), parameters, HqQueueQuestions::held);
    }

    public List<Reason> reasons() throws UnansweredException {
        return reader.ask(REASONS, List.of(), row -> new Reason(row.getString(1), row.getString(2), row.getLong(3)));
    }

    private static Held held(ResultSet row) throws SQLException {
        return new Held(
                row.getString("queue_name"),
                row.getLong("message_number"),
                row.getInt("priority"),
                row.getInt("attempts"),
                HqReader.time(row, "delivered_time"),
                HqReader.time(row, "dead_lettered_time"),
                row.getString("reason"),
                row.getString("last_error"),
                row.getTimestamp("payload_missing_time") != null,
                row.getString("message_id"),
                row.getString("sender_id"),
                row.getString("receiver_client_id"),
                HqReader.time(row, "received_time"),
                row.getLong("body_size"));
    }
}
