package io.saddlebag.hq;

import io.saddlebag.files.Presence;
import io.saddlebag.hq.node.PostgresNodes;
import io.saddlebag.hq.postgres.DatabaseAddress;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.hq.postgres.PostgresWatch;
import io.saddlebag.hq.postgres.SessionLock;
import io.saddlebag.hq.publish.FreeSpace;
import io.saddlebag.hq.store.MessageStore.Changes;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.QueueLoad;
import io.saddlebag.hq.store.Reconciler;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.hq.store.spool.SpoolBytes;
import io.saddlebag.hq.store.spool.SpoolPayloadStore;
import io.saddlebag.hq.store.sql.DatabaseStore;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stores.FolderStore;
import io.saddlebag.stores.HomeStores;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * The store of the single headquarters of a database, embedded or not, with its spool. Opens server, connections, spool and
 * writer in this order, and closes them in the opposite one.
 */
final class SingleStore extends HqStore {
    private static final int CONNECTIONS = 6;
    /** Flyway wants a second one. */
    private static final int MIGRATION_CONNECTIONS = 2;

    private PostgresServer server;
    private PostgresWatch watch;
    private SessionLock lock;
    private Presence presence;
    private SpoolPayloadStore payloads;
    private Map<String, QueueLoad> backlog = Map.of();

    SingleStore(Settings settings, Clock clock, Consumer<String> failed) {
        super(settings, clock, failed);
    }

    @Override
    void open(HomeStores stores) throws PostgresException, StoreException, IOException, SiteStartException {
        if (!settings.text(HqSettings.DATABASE_URL).isEmpty()
                || !DatabaseStore.isWithoutFiles(settings.path(HqSettings.DATABASE_FOLDER))) {
            connect();
        }
        FolderStore spool = FolderStore.vital("spool", settings.path(HqSettings.SPOOL));
        stores.admit(List.of(spool, databaseStore(settings, this::openDatabase)));
        openDatabase();
        presence = presence(stores, spool);
        migrate();
        requireNoNodes();
        messages = new PostgresMessageStore(database);
        payloads = new SpoolPayloadStore(settings.path(HqSettings.SPOOL), presence);
        // The reconciler below reads all that waits, so that the changes of operators need no other treatment.
        Changes changes;
        do {
            changes = messages.takeChanges();
            messages.settle(changes.givenUp().stream()
                    .map(each -> each.settlement(clock.instant()))
                    .toList());
        } while (changes.more() || !changes.givenUp().isEmpty());
        backlog = new Reconciler(messages, payloads, clock).run().backlog();
        writer = new CommitWriter(
                messages,
                payloads,
                settings.count(HqSettings.COMMIT_QUEUE),
                new CommitWriter.Parts(clock, lock::term, outage));
        writer.onFailure(failed);
        writer.start();
    }

    /** The messages that nodes have taken in lie in the database, where this headquarters would not find them. */
    private void requireNoNodes() throws StoreException, SiteStartException {
        long held = PostgresNodes.heldByNodes(database);
        if (held > 0) {
            throw new SiteStartException(address + ": expected no delivery of a node with hq.node, found " + held
                    + ". Set hq.node to go on with them, or let nodes run until none waits and no dead letter is left");
        }
    }

    private DataSource openDatabase() throws IOException, StoreException {
        try {
            if (database == null) {
                connect();
            }
            return database;
        } catch (PostgresException | SiteStartException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void connect() throws PostgresException, StoreException, SiteStartException {
        String url = settings.text(HqSettings.DATABASE_URL);
        if (url.isEmpty()) {
            server = PostgresServer.start(
                    settings.path(HqSettings.DATABASE_FOLDER), settings.port(HqSettings.DATABASE_PORT));
            watch = new PostgresWatch(server);
        }
        address = server != null ? DatabaseAddress.of(server) : address(settings);
        // First of all: nothing is changed or read in a database that another headquarters works on.
        lock = SessionLock.take(address::connect, new LockListener());
        database = address.pool(CONNECTIONS);
    }

    /**
     * The presence of the folders that headquarters writes to. The server of the embedded database holds its files
     * open.
     */
    private Presence presence(HomeStores stores, FolderStore spool) {
        if (server == null) {
            return stores.watch(spool);
        }
        FolderStore folder = FolderStore.own("database", settings.path(HqSettings.DATABASE_FOLDER));
        return Presence.all(stores.watch(spool), stores.watch(folder));
    }

    @Override
    Presence presence() {
        return presence;
    }

    private final class LockListener implements SessionLock.Listener {
        @Override
        public void lost(String reason) {
            outage.failed("its connection is lost, confirms and dispatch pause: " + reason);
        }

        /** A number above all that were given here is another headquarters': its rows are not known here. */
        @Override
        public void takenAgain() throws SQLException, PostgresException {
            long last;
            try {
                last = messages == null ? 0 : messages.lastMessageNumber();
            } catch (StoreException e) {
                throw new SQLException(e.getMessage(), e);
            }
            if (writer != null && last > writer.lastNumber()) {
                throw new PostgresException("Expected message_number " + writer.lastNumber()
                        + " at most in the database, found " + last
                        + ": another headquarters has written to it meanwhile. Stop that one and start this one again");
            }
        }

        @Override
        public void atWork() {
            outage.ended();
            takenAgain.run();
        }

        @Override
        public void failed(String reason) {
            failed.accept(reason);
        }
    }

    @Override
    Map<String, QueueLoad> backlog() {
        return backlog;
    }

    @Override
    PayloadStore payloads() {
        return payloads;
    }

    @Override
    FreeSpace space() {
        return new HqDisks(settings).space(presence());
    }

    @Override
    SpoolBytes spoolBytes() {
        return payloads.bytes();
    }

    @Override
    OptionalLong postgresRestarts() {
        return watch == null ? OptionalLong.empty() : OptionalLong.of(watch.restarts());
    }

    @Override
    String psqlUrl() {
        return server != null ? server.psqlUrl() : super.psqlUrl();
    }

    @Override
    public void close() {
        if (writer != null) {
            writer.close();
        }
        if (payloads != null) {
            payloads.close();
        }
        if (database != null) {
            database.close();
        }
        if (lock != null) {
            lock.close();
        }
        if (watch != null) {
            watch.close();
        }
        if (server != null) {
            server.close();
        }
    }
}
