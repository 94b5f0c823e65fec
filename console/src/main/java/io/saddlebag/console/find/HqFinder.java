package io.saddlebag.console.find;

import io.saddlebag.console.find.FoundPage.Found;
import io.saddlebag.console.find.FoundPage.Way;
import io.saddlebag.console.read.HqReader;
import io.saddlebag.console.read.UnansweredException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Finds messages at headquarters: by message_id within the index of a sender, else by the number of their commit. Dates lead
 * to numbers, since both ascend together. It knows no names of files and no digests of contents.
 */
public final class HqFinder implements Finder {
    /** Rows that a page looks through, so that it comes soon however rare the messages are. */
    private static final int LOOK = 4_000;
    /** Messages are committed in about the order in which they were received. */
    private static final int SLACK_SECONDS = 120;

    private static final String COLUMNS = "message_number, message_id, sender_id, received_time, body_size";
    private static final String WAYS =
            "SELECT message_number, receiver_client_id, acknowledged_time, dead_lettered_time,"
                    + " expired_time, discarded_time, payload_missing_time, reason FROM delivery"
                    + " WHERE message_number = ANY (?::bigint[]) ORDER BY message_number, receiver_client_id";

    private final HqReader reader;

    public HqFinder(HqReader reader) {
        this.reader = reader;
    }

    private record Row(long number, Found found) {}

    @Override
    public FoundPage find(Query query, String after, int size) throws UnansweredException {
        if (query.isDigest() || query.text() != null && !query.isId()) {
            return new FoundPage(
                    List.of(), null, "Headquarters knows no names and no digests of files; ask it for a message_id.");
        }
        String sender = query.sender() != null ? query.sender() : query.text() == null ? null : query.senderOfText();
        if (query.text() != null && sender == null) {
            List<String> senders = senders(query.prefix());
            if (senders.size() != 1) {
                return new FoundPage(
                        List.of(),
                        null,
                        senders.isEmpty()
                                ? null
                                : "Several senders begin so: " + String.join(", ", senders) + ". Choose one.");
            }
            sender = senders.get(0);
        }
        Filter filter = new Filter(query);
        return sender == null ? byNumber(query, filter, after, size) : byId(query, sender, filter, after, size);
    }

    /** The senders in the index whose id begins so; each step jumps to the next one. */
    private List<String> senders(String prefix) throws UnansweredException {
        return reader.ask(
                "WITH RECURSIVE each AS (SELECT min(sender_id) AS s FROM message WHERE sender_id >= ?"
                        + " UNION ALL SELECT (SELECT min(sender_id) FROM message WHERE sender_id > each.s) FROM each"
                        + " WHERE each.s IS NOT NULL) SELECT s FROM each WHERE starts_with(s, ?) LIMIT 20",
                List.of(prefix, prefix),
                row -> row.getString(1));
    }

    /** Conditions beyond the index, with their parameters. */
    private static final class Filter {
        private final StringBuilder sql = new StringBuilder("true");
        private final List<Object> parameters = new ArrayList<>();

        Filter(Query query) {
            if (query.text() != null && !query.isPrefix()) {
                add(" AND m.message_id LIKE ?", query.like());
            }
            if (query.from() != null) {
                add(" AND m.received_time >= ?", Timestamp.from(query.begin()));
            }
            if (query.to() != null) {
                add(" AND m.received_time < ?", Timestamp.from(query.end()));
            }
            if (query.receiver() != null || query.state() != null) {
                sql.append(" AND EXISTS (SELECT 1 FROM delivery d WHERE d.message_number = m.message_number");
                if (query.receiver() != null) {
                    add(" AND d.receiver_client_id = ?", query.receiver());
                }
                sql.append(state(query.state())).append(")");
            }
        }

        private void add(String condition, Object parameter) {
            sql.append(condition);
            parameters.add(parameter);
        }

        private static String state(String state) {
            if (state == null) {
                return "";
            }
            return switch (state) {
                case "waiting" ->
                    " AND d.acknowledged_time IS NULL AND d.dead_lettered_time IS NULL" + " AND d.expired_time IS NULL";
                case "done" -> " AND d.acknowledged_time IS NOT NULL";
                default -> " AND (d.dead_lettered_time IS NOT NULL OR d.expired_time IS NOT NULL)";
            };
        }

        boolean isEmpty() {
            return parameters.isEmpty() && sql.length() == "true".length();
        }
    }

    private FoundPage byNumber(Query query, Filter filter, String after, int size) throws UnansweredException {
        long below = after == null
                ? query.to() == null ? Long.MAX_VALUE : numberAt(query.end().plusSeconds(SLACK_SECONDS))
                : Long.parseLong(after);
        long from = query.from() == null ? 0 : numberAt(query.begin().minusSeconds(SLACK_SECONDS));
        boolean isHeld = "waiting".equals(query.state());
        String range = (isHeld ? " FROM delivery_held WHERE dead_lettered_time IS NULL AND" : " FROM message WHERE")
                + " message_number < ? AND message_number >= ? ORDER BY message_number DESC";
        int look = filter.isEmpty() ? size + 1 : LOOK;
        String looked = isHeld
                ? "SELECT " + COLUMNS + " FROM message WHERE message_number IN (SELECT message_number" + range
                        + " LIMIT " + look + ")"
                : "SELECT " + COLUMNS + range + " LIMIT " + look;
        List<Object> parameters = new ArrayList<>(List.of(below, from));
        List<Row> found = rows(looked, parameters, filter, "message_number", size);
        if (found.size() > size) {
            List<Row> shown = found.subList(0, size);
            return page(shown, Long.toString(shown.get(size - 1).number()), null);
        }
        List<Long> last = reader.ask(
                "SELECT message_number" + range + " OFFSET " + (look - 1) + " LIMIT 1",
                parameters,
                row -> row.getLong(1));
        return page(found, last.isEmpty() ? null : last.get(0).toString(), looked(last));
    }

    private FoundPage byId(Query query, String sender, Filter filter, String after, int size)
            throws UnansweredException {
        String prefix = query.text() == null ? "" : query.prefix();
        // Message_ids are ASCII, and a tilde is above all of their characters.
        String below = after != null ? after : query.text() != null && query.isExact() ? prefix + "!" : prefix + "~";
        int look = filter.isEmpty() ? size + 1 : LOOK;
        String from =
                " FROM message WHERE sender_id = ? AND message_id < ? AND message_id >= ? ORDER BY message_id DESC";
        List<Object> parameters = new ArrayList<>(List.of(sender, below, prefix));
        List<Row> found = rows("SELECT " + COLUMNS + from + " LIMIT " + look, parameters, filter, "message_id", size);
        if (found.size() > size) {
            List<Row> shown = found.subList(0, size);
            return page(shown, shown.get(size - 1).found().messageId(), null);
        }
        List<String> last = reader.ask(
                "SELECT message_id" + from + " OFFSET " + (look - 1) + " LIMIT 1", parameters, row -> row.getString(1));
        return page(found, last.isEmpty() ? null : last.get(0), looked(last));
    }

    private static String looked(List<?> last) {
        return last.isEmpty() ? null : "Looked through " + LOOK + " messages; older ones are on the next page.";
    }

    private List<Row> rows(String looked, List<Object> parameters, Filter filter, String order, int size)
            throws UnansweredException {
        List<Object> all = new ArrayList<>(parameters);
        all.addAll(filter.parameters);
        return reader.ask(
                "WITH looked AS MATERIALIZED (" + looked + ") SELECT * FROM looked m WHERE " + filter.sql + " ORDER BY "
                        + order + " DESC LIMIT " + (size + 1),
                all,
                HqFinder::row);
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getLong("message_number"),
                new Found(
                        row.getString("message_id"),
                        row.getString("sender_id"),
                        null,
                        row.getLong("body_size"),
                        HqReader.time(row, "received_time"),
                        List.of()));
    }

    /** The first number of messages received from this time on, by halves. */
    private long numberAt(Instant time) throws UnansweredException {
        long low = 0;
        long high = reader.ask(
                        "SELECT coalesce(max(message_number), 0) + 1 FROM message", List.of(), row -> row.getLong(1))
                .get(0);
        while (low < high) {
            long middle = (low + high) / 2;
            List<Instant> received = reader.ask(
                    "SELECT received_time FROM message WHERE message_number >= ? ORDER BY message_number LIMIT 1",
                    List.of(middle),
                    row -> HqReader.time(row, "received_time"));
            if (!received.isEmpty() && received.get(0).isBefore(time)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private FoundPage page(List<Row> rows, String next, String note) throws UnansweredException {
        if (rows.isEmpty()) {
            return new FoundPage(List.of(), next, note);
        }
        Map<Long, List<Way>> ways = new TreeMap<>();
        reader.ask(
                WAYS,
                List.of(rows.stream()
                        .map(row -> Long.toString(row.number()))
                        .collect(Collectors.joining(",", "{", "}"))),
                row -> ways.computeIfAbsent(row.getLong(1), number -> new ArrayList<>())
                        .add(way(row)));
        return new FoundPage(
                rows.stream()
                        .map(row -> new Found(
                                row.found().messageId(),
                                row.found().sender(),
                                null,
                                row.found().size(),
                                row.found().time(),
                                ways.getOrDefault(row.number(), List.of())))
                        .toList(),
                next,
                note);
    }

    private static Way way(ResultSet row) throws SQLException {
        String receiver = row.getString("receiver_client_id");
        String reason = row.getString("reason");
        if (row.getTimestamp("acknowledged_time") != null) {
            return new Way(receiver, "delivered", "ok", null);
        }
        if (row.getTimestamp("discarded_time") != null) {
            return new Way(receiver, "discarded", "bad", reason);
        }
        if (row.getTimestamp("dead_lettered_time") != null) {
            return new Way(receiver, "dead letter", "bad", reason);
        }
        if (row.getTimestamp("expired_time") != null) {
            return new Way(receiver, "expired", "bad", reason);
        }
        return row.getTimestamp("payload_missing_time") != null
                ? new Way(receiver, "doubtful", "bad", "its sealed form is missing or damaged")
                : new Way(receiver, "waits", "warn", null);
    }
}
