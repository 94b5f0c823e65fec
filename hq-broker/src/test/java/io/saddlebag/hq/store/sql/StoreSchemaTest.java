package io.saddlebag.hq.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.testing.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StoreSchemaTest {
    private static final String OWN = "classpath:db/schema";
    private static final String EXPAND = "classpath:db/later/expand";
    private static final String CONTRACT = "classpath:db/later/contract";

    private final TestDatabase database = TestDatabase.create();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void takesItsOwnTablesAgain() throws StoreException {
        StoreSchema.migrate(database.dataSource());
    }

    /** A back-up says how many scripts made its tables. */
    @Test
    void numbersTheScriptsWithoutAGap() {
        assertThat(database.number("SELECT count(*) - max(version::integer) FROM flyway_schema_history"
                        + " WHERE version IS NOT NULL"))
                .isZero();
    }

    @Test
    void usesADatabaseToWhichALaterVersionOnlyAdded() throws StoreException {
        StoreSchema.migrate(database.dataSource(), "2.0.0", OWN, EXPAND);

        StoreSchema.migrate(database.dataSource(), "1.1.0", OWN);

        assertThat(database.number("SELECT count(*) FROM of_later")).isZero();
    }

    @Test
    void refusesADatabaseFromWhichALaterVersionTookSomethingAway() throws StoreException {
        StoreSchema.migrate(database.dataSource(), "2.1.0", OWN, EXPAND, CONTRACT);

        assertThatThrownBy(() -> StoreSchema.migrate(database.dataSource(), "1.9.0", OWN))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("found the script V9002__contract_needs_2_0_0.sql in it")
                .hasMessageContaining("needs Saddlebag 2.0.0 or later");
        StoreSchema.migrate(database.dataSource(), "2.0.0-SNAPSHOT", OWN);
        StoreSchema.migrate(database.dataSource(), "2.0.0", OWN, EXPAND);
    }

    @Test
    void takesNothingAwayThatARunningNodeNeeds() throws StoreException {
        database.execute(
                "INSERT INTO hq_node (name, slot, address, version, started_time, beat_time)"
                        + " VALUES ('n1', 1, 'hq:1', '1.9.0', now(), now()), ('n2', 2, 'hq:2', '1.8.0', now(), now() - interval '1 h'), ('n3', 3, 'hq:3', 'unknown', now(), now())");

        assertThatThrownBy(() -> StoreSchema.migrate(database.dataSource(), "2.0.0", OWN, EXPAND, CONTRACT))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("the script V9002__contract_needs_2_0_0.sql is run, found n1 with 1.9.0")
                .hasMessageContaining("Upgrade that node first");
        database.execute("UPDATE hq_node SET ended_time = now() WHERE name = 'n1'");
        StoreSchema.migrate(database.dataSource(), "2.0.0", OWN, EXPAND, CONTRACT);
    }

    /** A back-up reads for hours, and the running node's statements would queue up behind the script. */
    @Test
    void letsOthersGoBeforeWhileSomebodyReads() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        Future<?> migration;
        try (Connection reader = database.dataSource().getConnection();
                Statement reading = reader.createStatement()) {
            reader.setAutoCommit(false);
            reading.execute("SELECT count(*) FROM delivery_held");

            migration = executor.submit(() -> {
                StoreSchema.migrate(database.dataSource(), "2.0.0", OWN, EXPAND);
                return null;
            });
            await().until(() -> waiting() > 0);
            await().until(() -> waiting() == 0);
            database.execute("DELETE FROM delivery_held");
            assertThat(migration).isNotDone();
        }
        migration.get(60, TimeUnit.SECONDS);
        executor.shutdown();
        assertThat(database.number("SELECT count(*) FROM of_later")).isZero();
    }

    private long waiting() {
        return database.number("SELECT count(*) FROM pg_locks WHERE NOT granted"
                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    }

    @Test
    void refusesTheTablesOfAnOlderVersionInOneLineThatSaysWhatToDo() {
        database.execute("UPDATE flyway_schema_history SET checksum = 20251008 WHERE version = '1'");

        assertThatThrownBy(() -> StoreSchema.migrate(database.dataSource()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("Expected the tables of this version of Saddlebag")
                .hasMessageContaining("V1__store.sql (checksum 20251008)")
                .hasMessageContaining("an empty database and an empty spool")
                .message()
                .hasLineCount(1);
    }
}
