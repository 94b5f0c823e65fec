package io.saddlebag.hq.store.sql;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StoreSchemaTest {
    private final TestDatabase database = TestDatabase.create();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void takesItsOwnTablesAgain() throws StoreException {
        StoreSchema.migrate(database.dataSource());
    }

    @Test
    void refusesTheTablesOfANewerVersion() throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO flyway_schema_history (installed_rank, version, description, type, script,"
                    + " checksum, installed_by, execution_time, success)"
                    + " VALUES (9999, '9999', 'of the future', 'SQL', 'V9999__of_the_future.sql', 1, 'test', 1, true)");
        }
        assertThatThrownBy(() -> StoreSchema.migrate(database.dataSource()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("newer Saddlebag")
                .hasMessageContaining("9999");
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
