package io.saddlebag.hq.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.hq.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SeveralHostsTest {
    private static final TestDatabase DATABASE = TestDatabase.create();

    private final List<Socket> taken = new CopyOnWriteArrayList<>();
    private ServerSocket frozen;

    @BeforeEach
    void takesConnectionsAndAnswersNothing() throws IOException {
        frozen = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    taken.add(frozen.accept());
                }
            } catch (IOException e) {
                // The test is over.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void close() throws IOException {
        frozen.close();
        for (Socket socket : taken) {
            socket.close();
        }
    }

    @AfterAll
    static void closeDatabase() {
        DATABASE.close();
    }

    /** Without TLS, which the driver would ask for by a connection of its own. */
    private DatabaseAddress behind(int port) {
        String url = DATABASE.jdbcUrl().replace("://", "://127.0.0.1:" + port + ",") + "?sslmode=disable";
        return new DatabaseAddress(url, DATABASE.user(), DATABASE.password());
    }

    @Test
    void aPoolAsksAHostThatHangsOnce() throws Exception {
        try (HikariDataSource pool = behind(frozen.getLocalPort()).pool(2, "saddlebag-hq n1", connection -> {});
                Connection first = pool.getConnection();
                Connection second = pool.getConnection()) {
            assertThat(first.isValid(1)).isTrue();
            assertThat(second.isValid(1)).isTrue();
        }
        assertThat(taken).hasSize(1);
    }

    @Test
    void anyPoolAndConnectionGetsPastAHostThatHangs() throws Exception {
        DatabaseAddress address = behind(frozen.getLocalPort());
        try (HikariDataSource patient = address.patientPool(2);
                Connection ofPool = patient.getConnection();
                Connection held = address.connect();
                Connection outside = address.connectPatiently()) {
            assertThat(ofPool.isValid(1)).isTrue();
            assertThat(held.isValid(1)).isTrue();
            assertThat(outside.isValid(1)).isTrue();
        }
    }

    @Test
    void aLeaseBeginsWithTheHostAfterTheOneThatFailed() throws Exception {
        SessionLock.Opening opening = behind(frozen.getLocalPort()).connections();
        opening.open().close();
        assertThat(taken).hasSize(1);

        try (Connection again = opening.open()) {
            assertThat(again.isValid(1)).isTrue();
        }
        assertThat(taken).hasSize(2);
    }

    @Test
    void aHostThatRefusesIsPassedOver() throws Exception {
        int port = frozen.getLocalPort();
        frozen.close();
        try (Connection connection = behind(port).connections().open()) {
            assertThat(connection.isValid(1)).isTrue();
        }
    }

    @Test
    void aConnectionThatIsRefusedByTheCheckEndsTheAttemptWhenNoHostIsLeft() {
        DatabaseAddress address = new DatabaseAddress(DATABASE.jdbcUrl(), DATABASE.user(), DATABASE.password());
        try (HikariDataSource pool = address.pool(2, "saddlebag-hq n1", connection -> {
            throw new SQLException("deposed", "08006");
        })) {
            pool.setConnectionTimeout(1_000);
            assertThatThrownBy(pool::getConnection).rootCause().hasMessage("deposed");
        }
    }
}
