package io.saddlebag.hq.store.rows;

import io.saddlebag.hq.store.sql.PostgresTransaction;
import java.io.IOException;
import java.util.List;

/** Numbers of payloads that no other headquarters gives, taken from the database by the thousand. Safe for any thread. */
final class PayloadNumbers {
    private static final int BLOCK = 1_000;
    private static final String TAKE = "INSERT INTO payload_number (id, next) VALUES (1, 1 + " + BLOCK + ")"
            + " ON CONFLICT (id) DO UPDATE SET next = payload_number.next + " + BLOCK + " RETURNING next - " + BLOCK;

    private final PayloadDatabase database;
    private long next;
    private long end;

    PayloadNumbers(PayloadDatabase database) {
        this.database = database;
    }

    synchronized long next() throws IOException {
        if (next == end) {
            // A standby that takes over must not give them again: a commit that it may lack fails.
            List<Long> taken = database.run(
                    "give numbers to payloads",
                    connection -> PostgresTransaction.query(connection, TAKE, parameters -> {}, row -> row.getLong(1)));
            next = taken.get(0);
            end = next + BLOCK;
        }
        return next++;
    }
}
