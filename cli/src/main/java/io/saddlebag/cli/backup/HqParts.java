package io.saddlebag.cli.backup;

import io.saddlebag.hq.HqDatabase;
import io.saddlebag.hq.HqSettings;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.backup.TableCopy;
import io.saddlebag.hq.store.spool.SpoolHold;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stores.FolderStore;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Headquarters' tables, as one snapshot has them, and the sealed messages that this snapshot names. A node has these in a
 * table. Files of a spool are kept from before the snapshot on, so that none goes meanwhile. For one thread.
 */
final class HqParts implements AutoCloseable {
    /** A commit may be a moment ahead of its sealed message. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final long LONGEST = 1L << 30;

    private final SiteHome home;
    private final Path spool;
    /** Null for a node. */
    private final SpoolHold hold;

    private HqDatabase database;
    private Connection snapshot;
    private BackupWriter backup;
    private String file;
    private long from;
    private long until;
    private long patienceEnds;
    private long damaged;

    private HqParts(SiteHome home, Path spool, SpoolHold hold) {
        this.home = home;
        this.spool = spool;
        this.hold = hold;
    }

    static HqParts open(SiteHome home) throws IOException, SiteStartException, SQLException {
        Settings settings = Settings.load(home, HqSettings.ALL, Map.of());
        Path spool = settings.path(HqSettings.SPOOL);
        boolean isNode = !settings.text(HqSettings.NODE).isEmpty();
        HqParts parts = new HqParts(home, spool, isNode ? null : SpoolHold.open(spool));
        try {
            parts.begin();
            return parts;
        } catch (IOException | SiteStartException | SQLException | RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private void begin() throws IOException, SiteStartException, SQLException {
        database = HqDatabase.openToRead(home);
        if (hold != null) {
            hold.link();
        }
        snapshot = database.snapshot();
        // The first question makes the snapshot. Its newest messages may lie in files that are newer than the first
        // links.
        schema();
        if (hold != null) {
            patienceEnds = System.nanoTime() + PATIENCE.toNanos();
            hold.link();
        }
    }

    List<String> schema() throws SQLException {
        return TableCopy.schema(snapshot);
    }

    Map<String, List<String>> tables() throws SQLException {
        return TableCopy.tables(snapshot);
    }

    void add(BackupWriter to) throws IOException, SQLException {
        backup = to;
        if (hold != null) {
            addSpool();
        }
        for (Map.Entry<String, List<String>> table : tables().entrySet()) {
            int[] number = {0};
            TableCopy.read(snapshot, table.getKey(), table.getValue(), chunk -> {
                number[0]++;
                backup.add("database/%s/%09d.gz".formatted(table.getKey(), number[0]), 0600, chunk);
            });
        }
    }

    private void addSpool() throws IOException, SQLException {
        HomeFiles files = new HomeFiles(home, backup);
        for (String each : List.of(FolderStore.MARKER, "numbers")) {
            files.addFile(spool.resolve(each), "spool/" + each);
        }
        TableCopy.payloads(snapshot, this::addPayload);
        flush();
    }

    /** Payloads that lie one behind the other are one member. */
    private void addPayload(PayloadRef payload) throws IOException {
        if (!awaitWhole(payload)) {
            damaged++;
            return;
        }
        String name = hold.nameOf(payload);
        if (!name.equals(file) || payload.offset() != until || until - from > LONGEST) {
            flush();
            file = name;
            from = payload.offset();
        }
        until = payload.offset() + SpoolHold.length(payload);
    }

    private boolean awaitWhole(PayloadRef payload) {
        boolean isWhole = hold.isWhole(payload);
        while (!isWhole && System.nanoTime() - patienceEnds < 0) {
            LockSupport.parkNanos(PAUSE.toNanos());
            isWhole = hold.isWhole(payload);
        }
        return isWhole;
    }

    private void flush() throws IOException {
        if (file != null) {
            try (FileChannel content = hold.open(file)) {
                content.position(from);
                backup.add(
                        "spool/%s/%015d".formatted(file, from), 0600, until - from, Channels.newInputStream(content));
            }
        }
        file = null;
    }

    /** How many sealed messages that the snapshot names are not whole in the spool. */
    long damaged() {
        return damaged;
    }

    @Override
    public void close() throws IOException, SiteStartException, SQLException {
        try {
            if (snapshot != null) {
                snapshot.close();
            }
            if (database != null) {
                database.close();
            }
        } finally {
            if (hold != null) {
                hold.close();
            }
        }
    }
}
