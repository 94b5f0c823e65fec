package io.saddlebag.cli.demo;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** Headquarters' records, read from its PostgreSQL as anybody may who has its password file. For one thread. */
public final class HqRecords implements AutoCloseable {
    private static final String DELIVERIES = "SELECT message_id, sender_id, receiver_client_id, sent_timestamp,"
            + " delivered_time, acknowledged_time, dead_lettered_time IS NOT NULL AS dead,"
            + " payload_missing_time IS NOT NULL AND dead_lettered_time IS NULL AS doubtful"
            + " FROM message JOIN delivery USING (message_number) ORDER BY message_id, receiver_client_id";

    private static final String SEALED = "SELECT body_size, body_sha256 FROM message WHERE message_id = ?";

    private final Connection connection;

    /**
     * One delivery by headquarters' records.
     *
     * @param sent when the lab took the file
     * @param delivered when it was last pushed to the centre; null before
     * @param acknowledged when the centre said that the file is in its outbox; null before
     * @param dead whether it is a dead letter
     * @param doubtful whether its payload is damaged and it waits for a repeat
     */
    public record Delivery(
            String messageId,
            String senderId,
            String receiverId,
            Instant sent,
            Instant delivered,
            Instant acknowledged,
            boolean dead,
            boolean doubtful) {
        public boolean isAcknowledged() {
            return acknowledged != null;
        }
    }

    /** A sealed message, as its sender's manifest describes it. */
    public record SealedBody(long size, Sha256 sha256) {}

    private HqRecords(Connection connection) {
        this.connection = connection;
    }

    /** @param psqlUrl as headquarters tells it: {@code postgresql://USER@HOST:PORT/DATABASE?passfile=FILE} */
    public static HqRecords open(String psqlUrl) throws IOException, SQLException {
        return open(psqlUrl, 0);
    }

    /** @param silentSeconds fails when PostgreSQL says nothing for so long, as when it is stopped; 0 waits for ever */
    public static HqRecords open(String psqlUrl, int silentSeconds) throws IOException, SQLException {
        URI url = URI.create(psqlUrl);
        Properties properties = new Properties();
        properties.setProperty("user", url.getUserInfo());
        properties.setProperty("connectTimeout", Integer.toString(silentSeconds));
        properties.setProperty("socketTimeout", Integer.toString(silentSeconds));
        properties.setProperty("password", password(Path.of(url.getQuery().replace("passfile=", ""))));
        return new HqRecords(DriverManager.getConnection(
                "jdbc:postgresql://" + url.getHost() + ":" + url.getPort() + url.getPath(), properties));
    }

    /** The last field of the file's first line; libpq escapes colons and backslashes. */
    private static String password(Path passFile) throws IOException {
        String line = Files.readAllLines(passFile).get(0);
        return line.split("(?<!\\\\):", 5)[4].replaceAll("\\\\(.)", "$1");
    }

    public List<Delivery> deliveries() throws SQLException {
        List<Delivery> records = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(DELIVERIES);
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                records.add(new Delivery(
                        rows.getString("message_id"),
                        rows.getString("sender_id"),
                        rows.getString("receiver_client_id"),
                        time(rows, "sent_timestamp"),
                        time(rows, "delivered_time"),
                        time(rows, "acknowledged_time"),
                        rows.getBoolean("dead"),
                        rows.getBoolean("doubtful")));
            }
        }
        return records;
    }

    /** Empty before the message is committed. */
    Optional<SealedBody> sealedBody(MessageId messageId) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(SEALED)) {
            query.setString(1, messageId.value());
            try (ResultSet rows = query.executeQuery()) {
                return rows.next()
                        ? Optional.of(new SealedBody(rows.getLong(1), Sha256.ofDigest(rows.getBytes(2))))
                        : Optional.empty();
            }
        }
    }

    /** For other questions; closed with this. */
    public Connection connection() {
        return connection;
    }

    private static Instant time(ResultSet rows, String column) throws SQLException {
        OffsetDateTime time = rows.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
