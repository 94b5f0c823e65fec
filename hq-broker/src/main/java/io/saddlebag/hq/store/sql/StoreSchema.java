package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.StoreException;
import java.util.Arrays;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.exception.FlywayValidateException;

/**
 * Makes the database's tables by the scripts in {@code db/schema}. From version 1.0.0 on none of them changes, and a new
 * one takes an older database over. A database of a version before 1.0.0 or of a later one is refused.
 */
public final class StoreSchema {
    private StoreSchema() {}

    /** @throws StoreException when the database is away, was changed by hand, or was made by another version */
    public static void migrate(DataSource database) throws StoreException {
        migrate(database, MigrationVersion.LATEST);
    }

    /**
     * Makes the tables as an older version left them, for rows that it wrote.
     *
     * @param scripts how many of the scripts that version had, 1 or more; more than there are counts as all
     * @throws StoreException as {@link #migrate(DataSource)}
     */
    public static void makeOlder(DataSource database, int scripts) throws StoreException {
        migrate(database, MigrationVersion.fromVersion(Integer.toString(scripts)));
    }

    private static void migrate(DataSource database, MigrationVersion last) throws StoreException {
        Flyway flyway = Flyway.configure(StoreSchema.class.getClassLoader())
                .dataSource(database)
                .locations("classpath:db/schema")
                .target(last)
                .validateMigrationNaming(true)
                // By default Flyway passes over the steps of a newer version with a warning.
                .ignoreMigrationPatterns(new String[0])
                .load();
        try {
            flyway.migrate();
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

    /** The applied scripts with their checksums, which tell two versions of one script apart. */
    private static String found(Flyway flyway) {
        return Arrays.stream(flyway.info().applied())
                .map(each -> each.getScript() + " (checksum " + each.getAppliedChecksum() + ")")
                .collect(Collectors.joining(", "));
    }
}
