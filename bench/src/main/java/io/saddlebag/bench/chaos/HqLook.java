package io.saddlebag.bench.chaos;

import io.saddlebag.cli.demo.HqRecords;
import io.saddlebag.message.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks into headquarters' database for what a fault is to meet, and for what became of it. Waits for seconds at most: a
 * fault may have stopped PostgreSQL, and who waits here does not end that fault.
 */
final class HqLook {
    private static final String HELD = "SELECT DISTINCT sender_id, message_id, payload_file, payload_offset,"
            + " manifest_length, body_length FROM delivery_held JOIN message USING (message_number)"
            + " WHERE dead_lettered_time IS NULL AND payload_missing_time IS NULL ORDER BY sender_id, message_id";
    /** Magic, lengths and their checksum; then a checksum a part, the manifest and the sealed message. */
    private static final int HEAD_LENGTH = 20;

    private static final int SILENT_SECONDS = 2;

    private HqLook() {}

    /** Where the sealed message lies that a delivery waits for. */
    record HeldPayload(String senderId, String messageId, long file, long offset, int manifestLength, long bodyLength) {
        long length() {
            return HEAD_LENGTH + 4L * Manifest.partsOf(bodyLength) + manifestLength + bodyLength;
        }

        Path fileIn(Path spool) {
            Path segment = spool.resolve(file + ".segment");
            return Files.exists(segment) ? segment : spool.resolve(file + ".payload");
        }
    }

    /** All that wait; none when PostgreSQL does not answer. */
    static List<HeldPayload> heldPayloads(String psqlUrl) throws IOException {
        List<HeldPayload> held = new ArrayList<>();
        try (HqRecords records = HqRecords.open(psqlUrl, SILENT_SECONDS);
                Statement statement = records.connection().createStatement();
                ResultSet rows = statement.executeQuery(HELD)) {
            while (rows.next()) {
                held.add(new HeldPayload(
                        rows.getString("sender_id"),
                        rows.getString("message_id"),
                        rows.getLong("payload_file"),
                        rows.getLong("payload_offset"),
                        rows.getInt("manifest_length"),
                        rows.getLong("body_length")));
            }
            return held;
        } catch (SQLException e) {
            return List.of();
        }
    }

    /** @throws SQLException when PostgreSQL does not answer */
    static List<HqRecords.Delivery> deliveries(String psqlUrl) throws IOException, SQLException {
        try (HqRecords records = HqRecords.open(psqlUrl, SILENT_SECONDS)) {
            return records.deliveries();
        }
    }

    /** The file of a table, relative to PostgreSQL's data folder; empty when PostgreSQL does not answer. */
    static Optional<Path> fileOf(String table, String psqlUrl) throws IOException {
        try (HqRecords records = HqRecords.open(psqlUrl, SILENT_SECONDS);
                Statement statement = records.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_relation_filepath('" + table + "')")) {
            return row.next() ? Optional.of(Path.of(row.getString(1))) : Optional.empty();
        } catch (SQLException e) {
            return Optional.empty();
        }
    }
}
