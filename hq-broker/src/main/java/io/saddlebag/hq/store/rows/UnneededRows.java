package io.saddlebag.hq.store.rows;

import io.saddlebag.hq.store.sql.SettlementRows;
import io.saddlebag.log.FaultText;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes payloads that were dropped, on a thread of its own, and sweeps for those that a crash left behind. Each deletion
 * asks the database once more that no delivery and no upload needs the payload. That needs no care for transactions under
 * way: a payload appears in the transaction of its deliveries or of its upload, and once unneeded it is so for good.
 */
final class UnneededRows implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UnneededRows.class);
    private static final int AT_ONCE = 1_000;
    private static final int PARTS_AT_ONCE = 64;
    private static final int MOST_WAITING = 200_000;
    private static final long PAUSE_SECONDS = 5;
    private static final long SWEEP_MINUTES = 60;

    /** A condition on part 1, which is the last to be deleted. */
    private static final String UNNEEDED = "(CASE WHEN p.message_number IS NULL"
            + " THEN (SELECT count(*) FROM upload u WHERE u.payload_file = p.payload_file)"
            + " ELSE (SELECT count(*) FROM delivery_held d WHERE d.message_number = p.message_number AND "
            + SettlementRows.HOLDS + ") END = 0)";

    private static final String SMALL =
            "DELETE FROM payload_part p WHERE p.part = 1 AND p.payload_file = ANY (?::bigint[])" + " AND " + UNNEEDED;
    private static final String LARGE = "SELECT (SELECT max(m.part) FROM payload_part m"
            + " WHERE m.payload_file = p.payload_file) FROM payload_part p WHERE p.payload_file = ? AND p.part = 1 AND "
            + UNNEEDED;
    private static final String PARTS = "DELETE FROM payload_part WHERE payload_file = ? AND part > ?"
            + " AND EXISTS (SELECT 1 FROM payload_part p WHERE p.payload_file = ? AND p.part = 1 AND " + UNNEEDED + ")";
    private static final String ABANDON = "DELETE FROM upload WHERE payload_file = ? AND holder = ?::uuid";
    private static final String SLICE = "SELECT p.payload_file, " + UNNEEDED + ", (SELECT max(m.part)"
            + " FROM payload_part m WHERE m.payload_file = p.payload_file) FROM (SELECT payload_file, message_number"
            + " FROM payload_part WHERE part = 1 AND payload_file > ? ORDER BY payload_file LIMIT " + AT_ONCE
            + ") p ORDER BY p.payload_file";

    private final PayloadDatabase database;
    private final ConcurrentMap<Long, Dropped> waiting = new ConcurrentHashMap<>();
    private final AtomicBoolean isDue = new AtomicBoolean();
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "payload-dropper"));

    UnneededRows(PayloadDatabase database) {
        this.database = database;
    }

    /**
     * A payload that is to go.
     *
     * @param isLarge whether it has more parts than one
     * @param holder of an upload that ends with it; null for none
     */
    private record Dropped(long file, boolean isLarge, UUID holder) {}

    /** A payload that the sweep has met. */
    private record Met(long file, boolean isUnneeded, int parts) {}

    /** Sweeps now and every hour. */
    void sweepRegularly() {
        thread.scheduleWithFixedDelay(this::sweepQuietly, 0, SWEEP_MINUTES, TimeUnit.MINUTES);
    }

    void add(long file, boolean isLarge, UUID holder) {
        if (waiting.size() >= MOST_WAITING) {
            LOG.debug("payload {} is left to the sweep", file);
            return;
        }
        waiting.put(file, new Dropped(file, isLarge, holder));
        deleteIn(0);
    }

    boolean contains(long file) {
        return waiting.containsKey(file);
    }

    private void deleteIn(long seconds) {
        if (!isDue.compareAndSet(false, true)) {
            return;
        }
        try {
            thread.schedule(this::deleteWaiting, seconds, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("stopped with {} dropped payloads, which the next sweep finds", waiting.size());
        }
    }

    private void deleteWaiting() {
        // From here on whoever adds one has it looked at again.
        isDue.set(false);
        try {
            while (!waiting.isEmpty() && !thread.isShutdown()) {
                List<Dropped> some = waiting.values().stream().limit(AT_ONCE).toList();
                delete(some);
                some.forEach(each -> waiting.remove(each.file(), each));
            }
        } catch (IOException e) {
            LOG.debug("{} dropped payloads are deleted later: {}", waiting.size(), FaultText.of(e));
            deleteIn(PAUSE_SECONDS);
        } catch (RuntimeException e) {
            LOG.error("dropped payloads cannot be deleted, the sweep finds them: {}", FaultText.of(e), e);
            waiting.clear();
        }
    }

    private void delete(List<Dropped> dropped) throws IOException {
        database.runLazily("delete payloads", connection -> {
            for (Dropped each : dropped) {
                if (each.holder() != null) {
                    update(connection, ABANDON, each.file(), each.holder());
                }
            }
            return deleteSmall(
                    connection,
                    dropped.stream()
                            .filter(each -> !each.isLarge())
                            .map(Dropped::file)
                            .toList());
        });
        for (Dropped each : dropped) {
            if (each.isLarge()) {
                deleteLarge(each.file());
            }
        }
    }

    private static int deleteSmall(Connection connection, List<Long> files) throws SQLException {
        if (files.isEmpty()) {
            return 0;
        }
        try (PreparedStatement delete = connection.prepareStatement(SMALL)) {
            delete.setArray(1, connection.createArrayOf("bigint", files.toArray()));
            return delete.executeUpdate();
        }
    }

    private void deleteLarge(long file) throws IOException {
        List<Integer> parts = database.query(
                "look for a payload", LARGE, parameters -> parameters.bigint(file), row -> row.getInt(1));
        for (int count : parts) {
            for (int kept = count - PARTS_AT_ONCE; kept > 0; kept -= PARTS_AT_ONCE) {
                deleteAbove(file, kept);
            }
            deleteAbove(file, 0);
        }
    }

    private void deleteAbove(long file, int part) throws IOException {
        database.runLazily("delete payloads", connection -> update(connection, PARTS, file, part, file));
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    private void sweepQuietly() {
        try {
            int freed = sweep();
            if (freed > 0) {
                LOG.info("{} sealed messages that nothing needs were deleted", freed);
            }
        } catch (IOException e) {
            LOG.debug("the sweep for unneeded payloads is left to the next one: {}", FaultText.of(e));
        } catch (RuntimeException e) {
            LOG.error("the sweep for unneeded payloads failed: {}", FaultText.of(e), e);
        }
    }

    /** Deletes every payload that nothing needs; returns how many there were. */
    int sweep() throws IOException {
        int freed = 0;
        List<Met> slice = slice(0);
        while (!slice.isEmpty()) {
            List<Dropped> unneeded = new ArrayList<>();
            for (Met each : slice) {
                if (each.isUnneeded()) {
                    unneeded.add(new Dropped(each.file(), each.parts() > 1, null));
                }
            }
            if (!unneeded.isEmpty()) {
                delete(unneeded);
                freed += unneeded.size();
            }
            slice = slice.size() < AT_ONCE || thread.isShutdown()
                    ? List.of()
                    : slice(slice.get(AT_ONCE - 1).file());
        }
        return freed;
    }

    private List<Met> slice(long after) throws IOException {
        return database.query(
                "look for unneeded payloads",
                SLICE,
                parameters -> parameters.bigint(after),
                row -> new Met(row.getLong(1), row.getBoolean(2), row.getInt(3)));
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(PAUSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.debug("a deletion of payloads is still under way");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
