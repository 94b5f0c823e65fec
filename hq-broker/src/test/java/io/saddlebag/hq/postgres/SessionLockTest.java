package io.saddlebag.hq.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.hq.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionLockTest {
    private static final String HOLDERS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    private final TestDatabase database = TestDatabase.create();
    private final DatabaseAddress address =
            new DatabaseAddress(database.jdbcUrl(), database.user(), database.password());
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final AtomicReference<SQLException> unreachable = new AtomicReference<>();

    private final SessionLock.Listener listener = new SessionLock.Listener() {
        @Override
        public void lost(String reason) {
            heard.add("lost");
        }

        @Override
        public void takenAgain() {
            heard.add("taken again");
        }

        @Override
        public void atWork() {
            heard.add("at work");
        }

        @Override
        public void failed(String reason) {
            heard.add(reason);
        }
    };

    @AfterEach
    void close() {
        database.close();
    }

    private Connection connect() throws SQLException {
        if (unreachable.get() != null) {
            throw unreachable.get();
        }
        return address.connect();
    }

    private void cut() {
        database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND application_name = 'saddlebag-hq-lock'");
    }

    @Test
    void isHeldUntilItIsClosed() throws PostgresException {
        try (SessionLock lock = SessionLock.take(this::connect, listener)) {
            assertThat(lock.term()).isEqualTo(1);
            assertThat(database.number(HOLDERS)).isEqualTo(1);
        }
        await().until(() -> database.number(HOLDERS) == 0);
        assertThat(heard).isEmpty();
    }

    @Test
    void refusesASecondHeadquartersAndNamesTheSessionOfTheFirst() throws PostgresException {
        try (SessionLock lock = SessionLock.take(this::connect, listener)) {
            long pid = database.number("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND application_name = 'saddlebag-hq-lock'");

            assertThatThrownBy(() -> SessionLock.take(this::connect, listener))
                    .isInstanceOf(PostgresException.class)
                    .hasMessageContaining("Expected the database for this headquarters alone")
                    .hasMessageContaining("pid " + pid)
                    .hasMessageContaining("hq.database.url");
            assertThat(lock.term()).isEqualTo(1);
        }
    }

    @Test
    void noticesTheEndOfItsSessionAndTakesItAgain() throws PostgresException {
        try (SessionLock lock = SessionLock.take(this::connect, listener)) {
            cut();

            await().until(() -> lock.term() == 2);
            assertThat(heard).containsExactly("lost", "taken again", "at work");
        }
    }

    @Test
    void isNotHeldWhileTheDatabaseIsAway() throws PostgresException {
        try (SessionLock lock = SessionLock.take(this::connect, listener)) {
            unreachable.set(new SQLException("away", "08001"));
            cut();
            await().until(() -> heard.contains("lost"));
            assertThat(lock.term()).isZero();

            unreachable.set(null);
            await().until(() -> lock.term() == 2);
        }
    }

    @Test
    void endsWhenAnotherTookTheDatabaseMeanwhile() throws Exception {
        try (SessionLock lock = SessionLock.take(this::connect, listener)) {
            unreachable.set(new SQLException("away", "08001"));
            cut();
            await().until(() -> heard.contains("lost"));
            try (SessionLock other = SessionLock.take(address::connect, listener)) {
                unreachable.set(null);

                await().until(() -> heard.size() == 2);
                assertThat(heard.get(1)).contains("found it held by another");
                assertThat(lock.term()).isZero();
                assertThat(other.term()).isEqualTo(1);
            }
        }
    }

    @Test
    void neverShowsThePasswordInItsText() {
        assertThat(address.toString()).doesNotContain(database.password());
    }
}
