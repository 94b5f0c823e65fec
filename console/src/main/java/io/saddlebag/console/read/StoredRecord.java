package io.saddlebag.console.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A message as headquarters keeps it.
 *
 * @param manifest as JSON for people; a sentence when it cannot be read
 */
public record StoredRecord(
        String exchange,
        Instant sent,
        Instant received,
        Instant expires,
        long size,
        String sha256,
        String manifestSha256,
        String manifest,
        List<Delivery> deliveries) {
    private static final String MESSAGE =
            "SELECT message_number, exchange_name, sent_timestamp, received_time, expires,"
                    + " body_size, body_sha256, manifest_sha256, manifest FROM message WHERE sender_id = ? AND message_id = ?";
    private static final String DELIVERIES = "SELECT queue_name, receiver_client_id, routing_key, priority, attempts,"
            + " delivered_time, acknowledged_time, dead_lettered_time, expired_time, discarded_time, payload_missing_time,"
            + " reason, last_error, octet_length(delivery_receipt) AS receipt FROM delivery WHERE message_number = ?"
            + " ORDER BY queue_name";

    /**
     * @param state in a word
     * @param hasReceipt whether the receiver signed a receipt
     */
    public record Delivery(
            String queue,
            String receiver,
            String state,
            int attempts,
            Instant delivered,
            String reason,
            String lastError,
            boolean hasReceipt) {
        public boolean isDead() {
            return state.equals("dead letter");
        }

        public boolean isHeld() {
            return isDead() || state.equals("waits") || state.equals("doubtful");
        }
    }

    private record Numbered(long number, StoredRecord record) {}

    public static Optional<StoredRecord> of(HqReader reader, MessageId id) throws UnansweredException {
        List<Numbered> found = reader.ask(
                MESSAGE,
                List.of(id.sender().value(), id.value()),
                row -> new Numbered(
                        row.getLong("message_number"),
                        new StoredRecord(
                                row.getString("exchange_name"),
                                HqReader.time(row, "sent_timestamp"),
                                HqReader.time(row, "received_time"),
                                HqReader.time(row, "expires"),
                                row.getLong("body_size"),
                                HexFormat.of().formatHex(row.getBytes("body_sha256")),
                                HexFormat.of().formatHex(row.getBytes("manifest_sha256")),
                                manifest(row.getBytes("manifest")),
                                List.of())));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        List<Delivery> deliveries = reader.ask(DELIVERIES, List.of(found.get(0).number()), row -> {
            String state = row.getTimestamp("acknowledged_time") != null
                    ? "acknowledged"
                    : row.getTimestamp("discarded_time") != null
                            ? "discarded"
                            : row.getTimestamp("dead_lettered_time") != null
                                    ? "dead letter"
                                    : row.getTimestamp("expired_time") != null
                                            ? "expired"
                                            : row.getTimestamp("payload_missing_time") != null ? "doubtful" : "waits";
            return new Delivery(
                    row.getString("queue_name"),
                    row.getString("receiver_client_id"),
                    state,
                    row.getInt("attempts"),
                    HqReader.time(row, "delivered_time"),
                    row.getString("reason"),
                    row.getString("last_error"),
                    row.getInt("receipt") > 0);
        });
        return Optional.of(found.get(0).record().with(deliveries));
    }

    private StoredRecord with(List<Delivery> ways) {
        return new StoredRecord(
                exchange, sent, received, expires, size, sha256, manifestSha256, manifest, List.copyOf(ways));
    }

    private static String manifest(byte[] envelope) {
        try {
            return Json.textForPeople(Json.read(Envelope.parse(envelope).payload(), JsonNode.class));
        } catch (Refusal | IllegalArgumentException e) {
            return "It cannot be read: " + e.getMessage();
        }
    }
}
