package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.testing.TestDatabase;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;

/** Migrations V21 and V22 over the rows of a database of the version before. */
class HeldDeliveriesMigrationTest {
    private static final String SCHEMA = "earlier";

    @Test
    void takesOverWhereTheMessagesOfWhatIsHeldLie() {
        try (TestDatabase database = TestDatabase.create()) {
            migrate(database, MigrationVersion.fromVersion("20"));
            for (int number = 1; number <= 4; number++) {
                database.execute(
                        "INSERT INTO earlier.message VALUES (" + number + ", 1, 'FL-LAB_DAT_20251008_00" + number
                                + "', 'FL-LAB', 'labs', now(), now(), NULL, 77, '\\x00', '\\x00', '\\x0102030405', 9, 4096)");
            }
            database.execute(
                    "INSERT INTO earlier.delivery (message_number, queue_name, receiver_client_id, routing_key,"
                            + " acknowledged_time, dead_lettered_time, discarded_time) VALUES"
                            + " (1, 'ca', 'CA-RC', 'ca', NULL, NULL, NULL), (1, 'sf', 'SF-RC', 'sf', now(), NULL, NULL),"
                            + " (2, 'ca', 'CA-RC', 'ca', NULL, now(), NULL), (3, 'ca', 'CA-RC', 'ca', NULL, now(), now())");

            migrate(database, MigrationVersion.LATEST);

            assertThat(database.number("SELECT count(*) FROM earlier.delivery WHERE payload_file = 9"
                            + " AND payload_offset = 4096 AND manifest_length = 5 AND body_length = 77"))
                    .as("one that waits and a dead letter that may be requeued")
                    .isEqualTo(2);
            assertThat(database.number("SELECT count(*) FROM earlier.delivery_held"))
                    .isEqualTo(2);
            assertThat(database.number("SELECT count(*) FROM earlier.delivery_ended"
                            + " WHERE (message_number = 1 AND acknowledged_time IS NOT NULL)"
                            + " OR (message_number = 3 AND discarded_time IS NOT NULL)"))
                    .as("one that was acknowledged and a dead letter that was discarded")
                    .isEqualTo(2);
            assertThat(database.number("SELECT count(*) FROM earlier.delivery WHERE payload_file IS NULL"))
                    .isEqualTo(2);
        }
    }

    private static void migrate(TestDatabase database, MigrationVersion target) {
        Flyway.configure(StoreSchema.class.getClassLoader())
                .dataSource(database.dataSource())
                .locations("classpath:db/migration")
                .defaultSchema(SCHEMA)
                .target(target)
                .load()
                .migrate();
    }
}
