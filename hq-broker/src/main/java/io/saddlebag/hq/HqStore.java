package io.saddlebag.hq;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.files.Presence;
import io.saddlebag.files.Utf8File;
import io.saddlebag.hq.keys.KeyDirectory;
import io.saddlebag.hq.postgres.DatabaseAddress;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.hq.postgres.PostgresWatch;
import io.saddlebag.hq.postgres.SessionLock;
import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.MessageStore.Changes;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.QueueLoad;
import io.saddlebag.hq.store.Reconciler;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.hq.store.spool.SpoolBytes;
import io.saddlebag.hq.store.spool.SpoolPayloadStore;
import io.saddlebag.hq.store.sql.DatabaseStore;
import io.saddlebag.hq.store.sql.KeyBundleStore;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.hq.store.sql.StoreSchema;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.identity.Trust;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stores.FolderStore;
import io.saddlebag.stores.HomeStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Opens server, connections, spool and writer in this order, and closes them in the opposite one. */
final class HqStore implements AutoCloseable {
    private static final int CONNECTIONS = 6;
    /** Flyway wants a second one. */
    private static final int MIGRATION_CONNECTIONS = 2;

    private final Settings settings;
    private final Clock clock;
    private PostgresServer server;
    private PostgresWatch watch;
    private DatabaseAddress address;
    private SessionLock lock;
    private Presence presence;
    private HikariDataSource database;
    private PostgresMessageStore messages;
    private SpoolPayloadStore payloads;
    private CommitWriter writer;
    private Map<String, QueueLoad> backlog = Map.of();
    private final Outage outage = new Outage();
    private final Consumer<String> failed;
    private volatile Runnable takenAgain = () -> {};

    private HqStore(Settings settings, Clock clock, Consumer<String> failed) {
        this.settings = settings;
        this.clock = clock;
        this.failed = failed;
    }

    /**
     * Opens everything and repairs what a crash left half done.
     *
     * @param stores of the home, which must be its own
     * @param failed hears, later, that another headquarters has taken the database, so that this one must end
     * @throws SiteStartException when the database or the spool cannot be used; nothing is left open
     */
    static HqStore open(Settings settings, Clock clock, HomeStores stores, Consumer<String> failed)
            throws SiteStartException {
        HqStore store = new HqStore(settings, clock, failed);
        try {
            store.open(stores);
            return store;
        } catch (PostgresException | StoreException | IOException e) {
            store.close();
            throw new SiteStartException(
                    settings.home().folder() + ": the store cannot be opened: " + e.getMessage(), e);
        } catch (SiteStartException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private void open(HomeStores stores) throws PostgresException, StoreException, IOException, SiteStartException {
        if (!settings.text(HqSettings.DATABASE_URL).isEmpty()
                || !DatabaseStore.isWithoutFiles(settings.path(HqSettings.DATABASE_FOLDER))) {
            connect();
        }
        FolderStore spool = FolderStore.vital("spool", settings.path(HqSettings.SPOOL));
        stores.admit(List.of(spool, databaseStore(settings, this::openDatabase)));
        openDatabase();
        presence = presence(stores, spool);
        migrate();
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
        writer.start();
    }

    private void migrate() throws StoreException {
        try (HikariDataSource patient = address.patientPool(MIGRATION_CONNECTIONS)) {
            StoreSchema.migrate(patient);
        }
    }

    /** The database of a home as one of its stores. */
    static DatabaseStore databaseStore(Settings settings, DatabaseStore.Source source) {
        String url = settings.text(HqSettings.DATABASE_URL);
        Path folder = url.isEmpty() ? settings.path(HqSettings.DATABASE_FOLDER) : null;
        return new DatabaseStore(folder == null ? url : folder.toString(), folder, source);
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
        address = server != null
                ? DatabaseAddress.of(server)
                : new DatabaseAddress(url, settings.text(HqSettings.DATABASE_USER), password(settings));
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

    /** The presence of the disks of spool and embedded database. */
    Presence presence() {
        return presence;
    }

    /** The password of the database user, from its file. */
    static String password(Settings settings) throws SiteStartException {
        Path file = settings.path(HqSettings.DATABASE_PASSWORD_FILE);
        try {
            if (Files.exists(file)) {
                requirePrivate(file);
            }
            return Utf8File.readSecret(file).strip();
        } catch (IOException e) {
            throw new SiteStartException(
                    file + ": expected the password of the database user " + settings.text(HqSettings.DATABASE_USER)
                            + ", found no file that can be read. Write it there, mode 0600, or name another in "
                            + HqSettings.DATABASE_PASSWORD_FILE,
                    e);
        }
    }

    private static void requirePrivate(Path file) throws SiteStartException {
        try {
            PrivateFiles.requirePrivate(file, "0600");
        } catch (IOException e) {
            throw new SiteStartException(e.getMessage(), e);
        }
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

    /** Runs the action each time the database is back after an outage, on the lock's thread. */
    void onTakenAgain(Runnable action) {
        takenAgain = action;
    }

    /** Logs an outage of the database once. */
    Outage outage() {
        return outage;
    }

    HikariDataSource database() {
        return database;
    }

    MessageStore messages() {
        return messages;
    }

    /** By queue, how much waited when the store was opened. */
    Map<String, QueueLoad> backlog() {
        return backlog;
    }

    PayloadStore payloads() {
        return payloads;
    }

    /** The bytes of the spool. */
    SpoolBytes spoolBytes() {
        return payloads.bytes();
    }

    /** How often the embedded PostgreSQL was started again; empty without one. */
    OptionalLong postgresRestarts() {
        return watch == null ? OptionalLong.empty() : OptionalLong.of(watch.restarts());
    }

    CommitWriter writer() {
        return writer;
    }

    KeyDirectory keyDirectory(Trust trust) throws SiteStartException {
        try {
            return new KeyDirectory(new KeyBundleStore(database), new EnvelopeVerifier(trust), clock);
        } catch (StoreException e) {
            throw new SiteStartException("The key bundles cannot be read: " + e.getMessage(), e);
        }
    }

    /** For psql, without a secret. */
    String psqlUrl() {
        return server != null
                ? server.psqlUrl()
                : settings.text(HqSettings.DATABASE_URL).replaceFirst("^jdbc:", "");
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
