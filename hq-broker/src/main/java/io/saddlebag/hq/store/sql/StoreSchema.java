package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.upgrade.ContractScripts;
import io.saddlebag.hq.store.upgrade.ShortWaits;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.exception.FlywayValidateException;

/**
 * Makes the database's tables by the scripts in {@code db/schema}. From version 1.0.0 on none of them changes, and a new
 * one takes an older database over. A database of a version before 1.0.0 is refused; one of a later version serves as long
 * as {@link ContractScripts} allows it.
 */
public final class StoreSchema {
    private static final String OWN_VERSION = StoreSchema.class.getPackage().getImplementationVersion();
    private static final String SCRIPTS = "classpath:db/schema";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final int ATTEMPTS = 60;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private StoreSchema() {}

    /** @throws StoreException when the database is away, was changed by hand, or was made by another version */
    public static void migrate(DataSource database) throws StoreException {
        migrate(database, MigrationVersion.LATEST, OWN_VERSION, SCRIPTS);
    }

    /**
     * Makes the tables as an older version left them, for rows that it wrote.
     *
     * @param scripts how many of the scripts that version had, 1 or more; more than there are counts as all
     * @throws StoreException as {@link #migrate(DataSource)}
     */
    public static void makeOlder(DataSource database, int scripts) throws StoreException {
        migrate(database, MigrationVersion.fromVersion(Integer.toString(scripts)), OWN_VERSION, SCRIPTS);
    }

    /** @param version of this program; null when it is unknown */
    static void migrate(DataSource database, String version, String... scripts) throws StoreException {
        migrate(database, MigrationVersion.LATEST, version, scripts);
    }

    private static void migrate(DataSource database, MigrationVersion last, String version, String... scripts)
            throws StoreException {
        Flyway flyway = Flyway.configure(StoreSchema.class.getClassLoader())
                .dataSource(database)
                .locations(scripts)
                .target(last)
                .validateMigrationNaming(true)
                .ignoreMigrationPatterns("*:future")
                .callbacks(new ShortWaits())
                .load();
        try {
            ContractScripts.requireUsable(names(flyway.info().applied()), version);
            for (int attempt = 1; !isMigrated(flyway, database, attempt); attempt++) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (FlywayValidateException e) {
            throw new StoreException(
                    "Expected the tables of this version of Saddlebag, or an empty database; found " + found(flyway)
                            + ", the tables of an older or newer Saddlebag. None of a version before 1.0.0 is converted: run"
                            + " the version that made it until nothing waits, then give this version an empty database"
                            + " and an empty spool",
                    e);
        } catch (FlywayException e) {
            throw new StoreException(
                    "Cannot bring the database to this version's tables, which must not be changed by hand: "
                            + e.getMessage(),
                    e);
        }
    }

    /** @return false when something else, such as a back-up, holds a table that a script changes */
    private static boolean isMigrated(Flyway flyway, DataSource database, int attempt) throws StoreException {
        List<String> pending = names(flyway.info().pending());
        if (pending.isEmpty()) {
            flyway.validate();
            return true;
        }
        ContractScripts.requireNoOlderNode(pending, database);
        try {
            flyway.migrate();
            return true;
        } catch (FlywayException e) {
            if (isHeld(e) && attempt < ATTEMPTS) {
                return false;
            }
            if (isHeld(e)) {
                throw new StoreException(
                        "Expected a moment in which nobody reads the tables that this version changes, found none in "
                                + ATTEMPTS + " attempts. End the back-up or audit that reads them, or wait for it",
                        e);
            }
            throw e;
        }
    }

    private static boolean isHeld(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof SQLException sql && LOCK_NOT_AVAILABLE.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static List<String> names(MigrationInfo[] scripts) {
        return Arrays.stream(scripts).map(MigrationInfo::getScript).toList();
    }

    /** The applied scripts with their checksums, which tell two versions of one script apart. */
    private static String found(Flyway flyway) {
        return Arrays.stream(flyway.info().applied())
                .map(each -> each.getScript() + " (checksum " + each.getAppliedChecksum() + ")")
                .collect(Collectors.joining(", "));
    }
}
