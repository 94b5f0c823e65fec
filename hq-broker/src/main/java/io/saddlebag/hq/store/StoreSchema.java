package io.saddlebag.hq.store;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings the database's tables to the shape that this version writes; the steps stand in {@code db/migration}. */
public final class StoreSchema {
    private StoreSchema() {}

    /** @throws StoreException when the database is away, or was changed by hand or by a newer version */
    public static void migrate(DataSource database) throws StoreException {
        try {
            Flyway.configure(StoreSchema.class.getClassLoader())
                    .dataSource(database)
                    .locations("classpath:db/migration")
                    .validateMigrationNaming(true)
                    // By default what a newer version did is passed over with a warning.
                    .ignoreMigrationPatterns(new String[0])
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new StoreException(
                    "Cannot bring the database to this version's tables, which must not be changed by hand; what a newer"
                            + " Saddlebag wrote is for that one or a later one to run on: " + e.getMessage(),
                    e);
        }
    }
}
