package io.saddlebag.hq;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.hq.postgres.DatabaseAddress;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.hq.store.KeptPayloads;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.backup.TableCopy;
import io.saddlebag.hq.store.rows.RowsReader;
import io.saddlebag.hq.store.spool.SpoolReader;
import io.saddlebag.hq.store.sql.DatabaseStore;
import io.saddlebag.hq.store.sql.StoreSchema;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stores.HomeStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/**
 * The database of a headquarters, for an operator's command or an audit. For one thread.
 *
 * <p>A server that already runs is used, and is left running. Otherwise the home is claimed and its embedded server runs as
 * long as this is open.
 */
public final class HqDatabase implements AutoCloseable {
    private static final int CONNECTIONS = 2;

    private final SiteHome home;
    private RunningSite claim;
    private final int scripts;
    private PostgresServer server;
    private DatabaseAddress address;
    private HikariDataSource pool;

    private enum Use {
        READ,
        CHANGE,
        FILL
    }

    private HqDatabase(SiteHome home, int scripts) {
        this.home = home;
        this.scripts = scripts;
    }

    /**
     * For a command that changes rows. The home of a stopped headquarters is claimed, and gets the tables of this version.
     *
     * @throws SiteStartException when the home is none of a headquarters, or its database cannot be reached
     */
    public static HqDatabase open(SiteHome home) throws SiteStartException {
        return open(home, Use.CHANGE);
    }

    /**
     * For an audit, by {@link #snapshot}. Changes no row and no table, and makes no database.
     *
     * @throws SiteStartException when the home is none of a headquarters, or its database cannot be reached
     */
    public static HqDatabase openToRead(SiteHome home) throws SiteStartException {
        return open(home, Use.READ);
    }

    /**
     * Where the database of a headquarters is that takes connections. Starts no server and claims no home.
     *
     * @return empty when the embedded server does not run
     * @throws SiteStartException when the home is none of a headquarters, or its files cannot be read
     */
    public static Optional<DatabaseAddress> running(SiteHome home) throws SiteStartException {
        Settings settings = Settings.load(home, HqSettings.ALL, Map.of());
        String url = settings.text(HqSettings.DATABASE_URL);
        try {
            return url.isEmpty()
                    ? PostgresServer.running(settings.path(HqSettings.DATABASE_FOLDER))
                    : Optional.of(HqStore.address(settings));
        } catch (PostgresException e) {
            throw new SiteStartException(home.folder() + ": " + e.getMessage(), e);
        }
    }

    /**
     * For a restore. The database gets the tables as the version left them that wrote the back-up; {@link #upgrade} makes
     * those of this version. The home of a stopped headquarters is claimed.
     *
     * @param scripts how many scripts made those tables
     * @throws SiteStartException when the home runs, or its database cannot be reached or has rows
     */
    public static HqDatabase openToFill(SiteHome home, int scripts) throws SiteStartException {
        return open(new HqDatabase(home, scripts), Use.FILL);
    }

    private static HqDatabase open(SiteHome home, Use use) throws SiteStartException {
        return open(new HqDatabase(home, 0), use);
    }

    private static HqDatabase open(HqDatabase opened, Use use) throws SiteStartException {
        Settings settings = Settings.load(opened.home, HqSettings.ALL, Map.of());
        if (!settings.text(HqSettings.NODE).isEmpty()) {
            NodeStore.requireSettings(settings);
        }
        try {
            opened.begin(settings, use);
            return opened;
        } catch (PostgresException | StoreException e) {
            opened.close();
            throw opened.outOfReach(e);
        } catch (SiteStartException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void begin(Settings settings, Use use) throws SiteStartException, PostgresException, StoreException {
        if (use != Use.READ && (use == Use.FILL || !RunningSite.isRunning(home))) {
            claim = RunningSite.claim(home, Clock.systemUTC());
        }
        String url = settings.text(HqSettings.DATABASE_URL);
        address = url.isEmpty() ? embedded(settings, use) : HqStore.address(settings);
        if (use != Use.READ) {
            pool = address.patientPool(CONNECTIONS);
            if (use == Use.FILL) {
                requireEmpty();
                StoreSchema.makeOlder(pool, scripts);
            } else if (claim != null) {
                StoreSchema.migrate(pool);
            }
        }
    }

    private void requireEmpty() throws SiteStartException {
        try (Connection connection = pool.getConnection()) {
            if (!TableCopy.isEmpty(connection)) {
                throw new SiteStartException(address + ": expected an empty database to restore into, found one with"
                        + " rows. Name another in hq.database.url");
            }
        } catch (SQLException e) {
            throw outOfReach(e);
        }
    }

    private DatabaseAddress embedded(Settings settings, Use use) throws SiteStartException, PostgresException {
        Path folder = settings.path(HqSettings.DATABASE_FOLDER);
        if (claim == null) {
            Optional<DatabaseAddress> running = PostgresServer.running(folder);
            if (running.isPresent()) {
                return running.get();
            }
            if (!Files.isDirectory(folder.resolve("data"))) {
                throw new PostgresException("there is no database in " + folder + " yet; start headquarters once");
            }
            if (RunningSite.isRunning(home)) {
                throw new PostgresException("the PostgreSQL of " + folder + " takes no connection");
            }
            claim = RunningSite.claim(home, Clock.systemUTC());
        }
        if (use != Use.FILL) {
            requireFolder(settings);
        }
        server = PostgresServer.start(folder, settings.port(HqSettings.DATABASE_PORT));
        return DatabaseAddress.of(server);
    }

    /**
     * A server that is started where its disk is not mounted would make an empty database there.
     *
     * @throws SiteStartException when the home has a database and its folder is absent or empty
     */
    private void requireFolder(Settings settings) throws SiteStartException {
        Path folder = settings.path(HqSettings.DATABASE_FOLDER);
        try {
            if (DatabaseStore.isWithoutFiles(folder)
                    && HomeStores.open(home, Set.of()).isMade(DatabaseStore.NAME)) {
                throw new SiteStartException("store database: expected at " + folder + " the database of "
                        + home.folder() + ", found nothing. Mount the disk that belongs there");
            }
        } catch (IOException e) {
            throw new SiteStartException(folder + " cannot be looked at: " + e.getMessage(), e);
        }
    }

    /** After a restore: brings the filled tables to this version. */
    public void upgrade() throws SiteStartException {
        try {
            StoreSchema.migrate(pool);
        } catch (StoreException e) {
            throw outOfReach(e);
        }
    }

    /** Connections of {@link #open}. */
    public DataSource dataSource() {
        return pool;
    }

    /** A read-only connection that sees the database as it is now until it is closed; times are UTC. */
    public Connection snapshot() throws SiteStartException {
        try {
            Connection connection = address.connectPatiently();
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL TIME ZONE 'UTC'");
            }
            return connection;
        } catch (SQLException e) {
            throw outOfReach(e);
        }
    }

    /** The sealed messages that a snapshot names. */
    public KeptPayloads payloads(Connection snapshot) throws SiteStartException {
        Settings settings = Settings.load(home, HqSettings.ALL, Map.of());
        return settings.text(HqSettings.NODE).isEmpty()
                ? new SpoolReader(settings.path(HqSettings.SPOOL))
                : new RowsReader(snapshot);
    }

    private SiteStartException outOfReach(Exception cause) {
        return new SiteStartException(
                home.folder() + ": expected headquarters' database, found it out of reach: " + cause.getMessage()
                        + ". When headquarters is just starting, try again",
                cause);
    }

    @Override
    public void close() throws SiteStartException {
        if (pool != null) {
            pool.close();
        }
        if (server != null) {
            server.close();
        }
        if (claim != null) {
            try {
                claim.close();
            } catch (IOException e) {
                throw new SiteStartException("The home's run folder cannot be cleared: " + e.getMessage(), e);
            }
        }
    }
}
