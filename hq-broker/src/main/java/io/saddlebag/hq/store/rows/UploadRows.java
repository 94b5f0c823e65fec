package io.saddlebag.hq.store.rows;

import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.sql.PostgresTransaction;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of uploads, which any headquarters resumes. Whoever opens one writes its own token into the row; parts,
 * publication and discard ask for that token, so that who held it before can do nothing any more.
 */
final class UploadRows {
    /** The most uploads that a site may leave unfinished; one more discards its oldest. */
    static final int LEFT_BY_A_SITE = 256;

    /** A crash of the database undoes at most this number of parts. */
    static final int PARTS_IN_DOUBT = 8;

    private static final Logger LOG = LoggerFactory.getLogger(UploadRows.class);

    private static final String OPEN = "INSERT INTO upload (sender_id, message_id, manifest_sha256, payload_file,"
            + " body_size, digest_state, progress_time, holder) VALUES (?, ?, ?, ?, ?, ?, now(), ?)"
            + " ON CONFLICT (sender_id, message_id, manifest_sha256) DO UPDATE SET holder = excluded.holder,"
            + " progress_time = excluded.progress_time RETURNING payload_file, received, digest_state";
    private static final String APPEND = "WITH held AS (UPDATE upload SET received = ?, digest_state = ?,"
            + " progress_time = now() WHERE payload_file = ? AND holder = ? AND received = ? RETURNING payload_file)"
            + " INSERT INTO payload_part (payload_file, part, bytes) SELECT payload_file, ?, ? FROM held";
    private static final String DISCARD = "DELETE FROM upload WHERE payload_file = ? AND holder = ?";
    /** Only a whole one: the last parts may be gone with a primary that did not wait for its standby. */
    private static final String END =
            "DELETE FROM upload WHERE payload_file = ? AND holder = ? AND received = body_size";

    private static final String PUBLISH =
            "UPDATE payload_part SET message_number = ? WHERE payload_file = ? AND part = 1";
    private static final String LEFT = "SELECT coalesce(sum(received), 0)::bigint FROM upload WHERE sender_id = ?"
            + " AND holder <> ALL (?::uuid[])";
    private static final String ALL = "SELECT coalesce(sum(received), 0)::bigint FROM upload";
    private static final String FORGOTTEN =
            "SELECT payload_file, holder, progress_time FROM upload WHERE holder <> ALL (?::uuid[])";
    private static final String OLDEST = "SELECT payload_file, holder, progress_time FROM upload WHERE sender_id = ?"
            + " AND holder <> ALL (?::uuid[]) ORDER BY progress_time DESC OFFSET " + LEFT_BY_A_SITE;

    private final PayloadDatabase database;
    private final UnneededRows unneeded;
    /** The tokens of those that are open here, or complete and not published yet. */
    private final Set<UUID> open = ConcurrentHashMap.newKeySet();
    /** By payload. */
    private final Map<Long, UUID> complete = new ConcurrentHashMap<>();

    private volatile long bytes;

    UploadRows(PayloadDatabase database, UnneededRows unneeded) {
        this.database = database;
        this.unneeded = unneeded;
    }

    /** The row as whoever opened it found it. */
    record Opened(long file, long received, byte[] digestState, UUID holder) {}

    private record Left(long file, UUID holder, Instant progressed) {}

    /** @param file the number of its payload, if it is a new one */
    Opened open(SiteId sender, MessageId id, Sha256 manifestSha256, long bodySize, byte[] emptyDigest, long file)
            throws IOException {
        UUID holder = UUID.randomUUID();
        Opened opened = database.run("open an upload", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(OPEN)) {
                statement.setString(1, sender.value());
                statement.setString(2, id.value());
                statement.setBytes(3, manifestSha256.bytes());
                statement.setLong(4, file);
                statement.setLong(5, bodySize);
                statement.setBytes(6, emptyDigest);
                statement.setObject(7, holder);
                try (var row = statement.executeQuery()) {
                    row.next();
                    return new Opened(row.getLong(1), row.getLong(2), row.getBytes(3), holder);
                }
            }
        });
        open.add(holder);
        if (opened.file() == file) {
            giveUpOldest(sender);
        }
        return opened;
    }

    private void giveUpOldest(SiteId sender) throws IOException {
        List<Left> oldest = left(OLDEST, sender);
        for (Left each : oldest) {
            LOG.info("{} left {} unfinished uploads: the oldest is given up", sender, LEFT_BY_A_SITE);
            discard(each.file(), each.holder());
        }
    }

    /** @throws IOException when another has opened the upload since, or the database has lost parts of it */
    void append(Opened opened, long received, byte[] part, byte[] digestState) throws IOException {
        int number = (int) (received / Manifest.PART_SIZE) + 1;
        PostgresTransaction.Work<Integer> work = connection -> {
            try (PreparedStatement statement = connection.prepareStatement(APPEND)) {
                statement.setLong(1, received + part.length);
                statement.setBytes(2, digestState);
                statement.setLong(3, opened.file());
                statement.setObject(4, opened.holder());
                statement.setLong(5, received);
                statement.setInt(6, number);
                statement.setBytes(7, part);
                return statement.executeUpdate();
            }
        };
        int rows = number % PARTS_IN_DOUBT == 0
                ? database.run("keep a part", work)
                : database.runLazily("keep a part", work);
        if (rows == 0) {
            close(opened.holder());
            throw new IOException("Expected to be the last to open this upload, found that another has taken it over");
        }
    }

    void completed(Opened opened) {
        complete.put(opened.file(), opened.holder());
    }

    /** Nobody fills it here any more; what came is kept. */
    void close(UUID holder) {
        open.remove(holder);
    }

    /** Forgets the upload, unless another has opened it since. */
    void discard(long file, UUID holder) throws IOException {
        close(holder);
        int rows = database.run("discard an upload", connection -> update(connection, DISCARD, file, holder));
        if (rows == 1) {
            unneeded.add(file, true, null);
        }
    }

    boolean isComplete(long file) {
        return complete.containsKey(file);
    }

    /** Makes the upload a message's payload, within the connection's transaction. */
    void publish(Connection connection, StoredPublication stored) throws SQLException {
        long file = stored.payload().file();
        int uploads = update(connection, END, file, complete.get(file));
        int parts = uploads == 0 ? 0 : update(connection, PUBLISH, stored.messageNumber(), file);
        if (parts == 0) {
            throw new SQLException(
                    "Expected the complete upload of " + stored.publication().messageId()
                            + ", found that another headquarters has taken it over, or that its last parts are gone with"
                            + " the server that had them",
                    "40001");
        }
    }

    /** The complete upload of this payload is published, or not to be; returns its token, null for none. */
    UUID ended(long file) {
        UUID holder = complete.remove(file);
        if (holder != null) {
            close(holder);
        }
        return holder;
    }

    long leftBy(SiteId sender) throws IOException {
        return database.query(
                        "look for uploads",
                        LEFT,
                        parameters -> parameters.text(sender.value()).uuids(open),
                        row -> row.getLong(1))
                .get(0);
    }

    long bytes() {
        try {
            bytes = database.query("look for uploads", ALL, parameters -> {}, row -> row.getLong(1))
                    .get(0);
        } catch (IOException e) {
            LOG.debug("the room for uploads is judged by what was last known: {}", FaultText.of(e));
        }
        return bytes;
    }

    int giveUp(Predicate<Instant> lastPart) throws IOException {
        int given = 0;
        for (Left each : left(FORGOTTEN, null)) {
            if (lastPart.test(each.progressed())) {
                discard(each.file(), each.holder());
                given++;
            }
        }
        return given;
    }

    /** @param sender null for all */
    private List<Left> left(String sql, SiteId sender) throws IOException {
        return database.query(
                "look for uploads",
                sql,
                parameters -> (sender == null ? parameters : parameters.text(sender.value())).uuids(open),
                row -> new Left(
                        row.getLong(1),
                        row.getObject(2, UUID.class),
                        row.getTimestamp(3).toInstant()));
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }
}
