package io.saddlebag.hq;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.hq.postgres.PostgresConnections;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.DatabaseStore;
import io.saddlebag.hq.store.sql.StoreSchema;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stores.HomeStores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/**
 * The database of a headquarters, for an operator's command. While headquarters runs, its own server is used; while it
 * does not, the home is claimed and the embedded server runs as long as this is open. For one thread.
 */
public final class HqDatabase implements AutoCloseable {
    private static final int CONNECTIONS = 2;

    private RunningSite claim;
    private PostgresServer server;
    private HikariDataSource database;

    private HqDatabase() {}

    /** @throws SiteStartException when the home is none of a headquarters, or its database cannot be reached */
    public static HqDatabase open(SiteHome home) throws SiteStartException {
        Settings settings = Settings.load(home, HqSettings.ALL, Map.of());
        HqDatabase opened = new HqDatabase();
        try {
            opened.begin(home, settings);
            return opened;
        } catch (PostgresException | StoreException e) {
            opened.close();
            throw new SiteStartException(
                    home.folder() + ": expected headquarters' database, found it out of reach: " + e.getMessage()
                            + ". When headquarters is just starting, try again",
                    e);
        } catch (SiteStartException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void begin(SiteHome home, Settings settings) throws SiteStartException, PostgresException, StoreException {
        claim = RunningSite.isRunning(home) ? null : RunningSite.claim(home, Clock.systemUTC());
        String url = settings.text(HqSettings.DATABASE_URL);
        if (!url.isEmpty()) {
            database = PostgresConnections.openPatient(
                    url, settings.text(HqSettings.DATABASE_USER), HqStore.password(settings), CONNECTIONS);
        } else {
            requireFolder(settings);
            PostgresServer used = claim == null
                    ? PostgresServer.attach(settings.path(HqSettings.DATABASE_FOLDER))
                    : PostgresServer.start(
                            settings.path(HqSettings.DATABASE_FOLDER), settings.port(HqSettings.DATABASE_PORT));
            server = claim == null ? null : used;
            database = PostgresConnections.openPatient(used.jdbcUrl(), used.user(), used.password(), CONNECTIONS);
        }
        if (claim != null) {
            StoreSchema.migrate(database);
        }
    }

    /**
     * A server that is started where its disk is not mounted would make an empty database there.
     *
     * @throws SiteStartException when the home has a database and its folder is absent or empty
     */
    public static void requireFolder(Settings settings) throws SiteStartException {
        Path folder = settings.path(HqSettings.DATABASE_FOLDER);
        try {
            if (DatabaseStore.isWithoutFiles(folder)
                    && HomeStores.open(settings.home(), Set.of()).isMade(DatabaseStore.NAME)) {
                throw new SiteStartException("store database: expected at " + folder + " the database of "
                        + settings.home().folder() + ", found nothing. Mount the disk that belongs there");
            }
        } catch (IOException e) {
            throw new SiteStartException(folder + " cannot be looked at: " + e.getMessage(), e);
        }
    }

    public DataSource dataSource() {
        return database;
    }

    @Override
    public void close() throws SiteStartException {
        if (database != null) {
            database.close();
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
