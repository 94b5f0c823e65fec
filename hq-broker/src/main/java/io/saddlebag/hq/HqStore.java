package io.saddlebag.hq;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.files.Presence;
import io.saddlebag.files.Utf8File;
import io.saddlebag.hq.node.Node;
import io.saddlebag.hq.postgres.DatabaseAddress;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.publish.FreeSpace;
import io.saddlebag.hq.session.Sessions;
import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.QueueLoad;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.hq.store.spool.SpoolBytes;
import io.saddlebag.hq.store.sql.DatabaseStore;
import io.saddlebag.hq.store.sql.StoreSchema;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.message.Sha256;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stores.HomeStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/** The opened stores of a headquarters: the single one of a database, or a node. */
abstract class HqStore implements AutoCloseable {
    static final int CONNECTIONS = 6;
    /** Flyway wants a second one. */
    static final int MIGRATION_CONNECTIONS = 2;

    final Settings settings;
    final Clock clock;
    final Outage outage = new Outage();
    final Consumer<String> failed;
    DatabaseAddress address;
    HikariDataSource database;
    MessageStore messages;
    CommitWriter writer;
    volatile Runnable takenAgain = () -> {};

    HqStore(Settings settings, Clock clock, Consumer<String> failed) {
        this.settings = settings;
        this.clock = clock;
        this.failed = failed;
    }

    /**
     * Opens everything, and repairs what a crash of a single headquarters left half done.
     *
     * @param stores of the home, which must be its own
     * @param networkId of the identity
     * @param failed hears, later, that another headquarters has taken the database, or has ended this node, so that this one must
     *     end
     * @throws SiteStartException when the database or the spool cannot be used; nothing is left open
     */
    static HqStore open(Settings settings, Sha256 networkId, Clock clock, HomeStores stores, Consumer<String> failed)
            throws SiteStartException {
        HqStore store = settings.text(HqSettings.NODE).isEmpty()
                ? new SingleStore(settings, clock, failed)
                : new NodeStore(settings, networkId, clock, failed);
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

    abstract void open(HomeStores stores) throws PostgresException, StoreException, IOException, SiteStartException;

    final void migrate() throws StoreException {
        try (HikariDataSource patient = address.patientPool(MIGRATION_CONNECTIONS)) {
            StoreSchema.migrate(patient);
        }
    }

    /** The database of a home as one of its stores. */
    static DatabaseStore databaseStore(Settings settings, DatabaseStore.Source source) {
        String url = settings.text(HqSettings.DATABASE_URL);
        Path folder = url.isEmpty() ? settings.path(HqSettings.DATABASE_FOLDER) : null;
        return new DatabaseStore(folder == null ? DatabaseAddress.shown(url) : folder.toString(), folder, source);
    }

    /** The database of {@code hq.database.url}. */
    static DatabaseAddress address(Settings settings) throws SiteStartException {
        String url = settings.text(HqSettings.DATABASE_URL);
        if (url.matches("[^/?]*//[^/?]*@.*")) {
            throw new SiteStartException(settings.home().settingsFile() + ": expected " + HqSettings.DATABASE_URL
                    + " without a user or password before the host, found one. Set " + HqSettings.DATABASE_USER
                    + ", and put the password into " + settings.path(HqSettings.DATABASE_PASSWORD_FILE));
        }
        if (!DatabaseAddress.isUrl(url)) {
            throw new SiteStartException(settings.home().settingsFile() + ": expected " + HqSettings.DATABASE_URL
                    + " such as jdbc:postgresql://HOST:PORT/NAME, found " + DatabaseAddress.shown(url));
        }
        return new DatabaseAddress(url, settings.text(HqSettings.DATABASE_USER), password(settings));
    }

    /** The password of the database user, from its file. */
    private static String password(Settings settings) throws SiteStartException {
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

    /**
     * The deliveries that the others leave are given to this from now on.
     *
     * @param adopted takes them into the queues; must not block
     */
    void adoptInto(Consumer<Collection<QueuedDelivery>> adopted) {}

    /** Closes the connections of sites that are better off at another headquarters, from now on. */
    void leaveWhenAway(Sessions sessions, ScheduledExecutorService later) {}

    /** True while they are. */
    boolean isAway() {
        return false;
    }

    /** The presence of the disks of spool and embedded database. */
    abstract Presence presence();

    /** By queue, how much waited when the store was opened. */
    abstract Map<String, QueueLoad> backlog();

    abstract PayloadStore payloads();

    /** The bytes of the spool. */
    abstract SpoolBytes spoolBytes();

    /** The room for messages. */
    abstract FreeSpace space();

    /** How often the embedded PostgreSQL was started again; empty without one. */
    OptionalLong postgresRestarts() {
        return OptionalLong.empty();
    }

    /** For psql, without a secret. */
    String psqlUrl() {
        return address.psqlUrl();
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

    CommitWriter writer() {
        return writer;
    }

    /** The node that it is; empty for the single headquarters. */
    Optional<Node> node() {
        return Optional.empty();
    }

    /** A node tells the others by which topology it works. */
    void worksBy(Sha256 topology) {}

    @Override
    public abstract void close();
}
