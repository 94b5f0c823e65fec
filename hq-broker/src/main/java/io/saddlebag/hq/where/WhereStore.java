package io.saddlebag.hq.where;

import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.where.HeldDelivery;
import io.saddlebag.where.IdPattern;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds messages and their deliveries by message_id or its beginning, each by an index, whatever the number of messages.
 * Reads only. For whoever has the connection.
 */
public final class WhereStore {
    static final String MESSAGES = "SELECT message_number, message_id, sent_timestamp, received_time, body_size,"
            + " manifest_sha256, %s FROM message WHERE sender_id = ? AND message_id >= ? AND message_id < ?"
            + " AND message_number <= ? ORDER BY message_id DESC LIMIT ?";
    static final String DELIVERIES = "SELECT message_number, queue_name, receiver_client_id, attempts, delivered_time,"
            + " acknowledged_time, dead_lettered_time, expired_time, discarded_time, payload_missing_time, reason,"
            + " last_error, delivery_receipt FROM delivery WHERE message_number = ANY (?)"
            + " AND (?::text IS NULL OR receiver_client_id = ?) ORDER BY message_number, queue_name";

    private final Connection connection;
    private final String selectMessages;

    /** @param withManifests whether the signed manifests are read */
    public WhereStore(Connection connection, boolean withManifests) {
        this.connection = connection;
        this.selectMessages = MESSAGES.formatted(withManifests ? "manifest" : "NULL::bytea");
    }

    /**
     * A message with its deliveries.
     *
     * @param manifest as its sender signed it: a DSSE envelope, verbatim; null where it is not read
     */
    public record Held(MessageId messageId, byte[] manifest, List<HeldDelivery> deliveries) {}

    private record Row(
            MessageId messageId, Instant sent, Instant received, long size, Sha256 manifestSha256, byte[] manifest) {}

    /**
     * The messages that match, by message_id; of too many those with the last ids.
     *
     * @param receiver whose deliveries alone are found; null for all
     * @param upTo the highest message_number
     */
    public List<Held> find(IdPattern pattern, SiteId receiver, long upTo, int limit) throws SQLException {
        Map<Long, Row> messages = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement(selectMessages)) {
            select.setString(1, pattern.sender().value());
            select.setString(2, pattern.text());
            select.setString(3, pattern.end());
            select.setLong(4, upTo);
            select.setInt(5, limit);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    messages.put(row.getLong(1), row(row));
                }
            }
        }
        Map<Long, List<HeldDelivery>> deliveries = messages.isEmpty() ? Map.of() : deliveries(messages, receiver);
        return messages.entrySet().stream()
                .map(each -> new Held(
                        each.getValue().messageId(),
                        each.getValue().manifest(),
                        deliveries.getOrDefault(each.getKey(), List.of())))
                .sorted((one, other) -> one.messageId().compareTo(other.messageId()))
                .toList();
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                MessageId.of(row.getString(2)),
                row.getTimestamp(3).toInstant(),
                row.getTimestamp(4).toInstant(),
                row.getLong(5),
                Sha256.ofDigest(row.getBytes(6)),
                row.getBytes(7));
    }

    private Map<Long, List<HeldDelivery>> deliveries(Map<Long, Row> messages, SiteId receiver) throws SQLException {
        Map<Long, List<HeldDelivery>> found = new TreeMap<>();
        Array numbers = connection.createArrayOf("bigint", messages.keySet().toArray());
        try (PreparedStatement select = connection.prepareStatement(DELIVERIES)) {
            select.setArray(1, numbers);
            select.setString(2, receiver == null ? null : receiver.value());
            select.setString(3, receiver == null ? null : receiver.value());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    long number = row.getLong(1);
                    found.computeIfAbsent(number, none -> new ArrayList<>()).add(delivery(messages.get(number), row));
                }
            }
        }
        return found;
    }

    private static HeldDelivery delivery(Row message, ResultSet row) throws SQLException {
        Timestamp acknowledged = row.getTimestamp("acknowledged_time");
        Timestamp dead = row.getTimestamp("dead_lettered_time");
        Timestamp expired = row.getTimestamp("expired_time");
        Timestamp discarded = row.getTimestamp("discarded_time");
        Timestamp missing = row.getTimestamp("payload_missing_time");
        String state = acknowledged != null
                ? DeliveryOutcome.ACKNOWLEDGED
                : discarded != null
                        ? DeliveryOutcome.DISCARDED
                        : dead != null
                                ? DeliveryOutcome.DEAD_LETTERED
                                : expired != null
                                        ? DeliveryOutcome.EXPIRED
                                        : missing != null ? HeldDelivery.DOUBTFUL : HeldDelivery.WAITING;
        return new HeldDelivery(
                message.messageId(),
                SiteId.of(row.getString("receiver_client_id")),
                message.sent(),
                message.received(),
                message.size(),
                message.manifestSha256(),
                row.getString("queue_name"),
                state,
                row.getInt("attempts"),
                instant(row.getTimestamp("delivered_time")),
                Stream.of(acknowledged, discarded, dead, expired, missing)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .map(Timestamp::toInstant)
                        .orElse(null),
                row.getString("reason"),
                row.getString("last_error"),
                row.getBytes("delivery_receipt"));
    }

    private static Instant instant(Timestamp time) {
        return time == null ? null : time.toInstant();
    }
}
