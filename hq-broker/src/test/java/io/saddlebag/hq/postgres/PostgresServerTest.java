package io.saddlebag.hq.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
    private static final Path BINARIES = Path.of("target", "postgres-binaries");

    @TempDir
    Path folder;

    private PostgresServer start(int port) throws PostgresException {
        return PostgresServer.start(folder.resolve("a b"), BINARIES, port);
    }

    private static Connection connect(PostgresServer server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
    }

    private static String ask(PostgresServer server, String sql) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void keepsItsContentItsPortAndItsPasswordThroughARestart() throws Exception {
        int port;
        try (PostgresServer server = start(0);
                Connection connection = connect(server);
                Statement statement = connection.createStatement()) {
            port = server.port();
            statement.execute("CREATE TABLE kept AS SELECT 42 AS answer");
        }
        try (PostgresServer again = start(0)) {
            assertThat(again.port()).isEqualTo(port);
            assertThat(ask(again, "SELECT answer FROM kept")).isEqualTo("42");
        }
    }

    @Test
    void syncsWhatItCommitsAndListensOnTheLoopbackOnlyAndKeepsThePassword() throws Exception {
        try (PostgresServer server = start(0)) {
            assertThat(ask(server, "SHOW fsync")).isEqualTo("on");
            assertThat(ask(server, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(ask(server, "SHOW full_page_writes")).isEqualTo("on");
            assertThat(ask(server, "SHOW data_checksums")).isEqualTo("on");
            assertThat(ask(server, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(ask(server, "SHOW unix_socket_directories")).isEmpty();
            assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl(), server.user(), "guess"))
                    .isInstanceOf(SQLException.class);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("a b/pgpass"))))
                    .isEqualTo("rw-------");
            assertThat(server.psqlUrl())
                    .doesNotContain(server.password())
                    .startsWith("postgresql://saddlebag@127.0.0.1:" + server.port() + "/saddlebag?passfile=/")
                    .endsWith("/a%20b/pgpass");
        }
    }

    @Test
    void adoptsTheServerThatAKilledHeadquartersLeft() throws Exception {
        PostgresServer left = start(0);
        String startedAt = ask(left, "SELECT pg_postmaster_start_time()");

        try (PostgresServer adopted = start(0)) {
            assertThat(ask(adopted, "SELECT pg_postmaster_start_time()")).isEqualTo(startedAt);
            assertThat(adopted.port()).isEqualTo(left.port());
        }
        assertThatThrownBy(() -> ask(left, "SELECT 1")).isInstanceOf(SQLException.class);
    }

    @Test
    void startsAfterTheServerItselfWasKilled() throws Exception {
        killMain(start(0));

        try (PostgresServer again = start(0)) {
            assertThat(ask(again, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void endsWhatAKilledServerLeftBehindAndStartsAtOnce() throws Exception {
        PostgresServer server = start(0);
        ProcessHandle child = mainProcess().children().findAny().orElseThrow();
        signal("-STOP", child);
        killMain(server);
        assertThat(child.isAlive()).isTrue();

        try (PostgresServer again = start(0)) {
            assertThat(ask(again, "SELECT 1")).isEqualTo("1");
            // It is dead now, and counts so once its adoptive parent has asked for it.
            await().until(() -> !child.isAlive());
        }
    }

    @Test
    void startsAfterAPowerCutWhenItsNumberIsAnotherProcesssByNow() throws Exception {
        killMain(start(0));
        Process other = new ProcessBuilder("sleep", "600").start();
        try {
            List<String> lines = new ArrayList<>(Files.readAllLines(pidFile()));
            lines.set(0, Long.toString(other.pid()));
            Files.write(pidFile(), lines);

            try (PostgresServer again = start(0)) {
                assertThat(ask(again, "SELECT 1")).isEqualTo("1");
                assertThat(other.isAlive()).isTrue();
            }
        } finally {
            other.destroyForcibly();
        }
    }

    private Path pidFile() {
        return folder.resolve("a b/data/postmaster.pid");
    }

    private ProcessHandle mainProcess() throws IOException {
        long pid = Long.parseLong(Files.readAllLines(pidFile()).get(0));
        return ProcessHandle.of(pid).orElseThrow();
    }

    private void killMain(PostgresServer server) throws Exception {
        ask(server, "SELECT 1");
        ProcessHandle process = mainProcess();
        process.destroyForcibly();
        process.onExit().get();
    }

    private static void signal(String signal, ProcessHandle process) throws Exception {
        assertThat(new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void avoidsATakenPort() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                PostgresServer server = start(taken.getLocalPort())) {
            assertThat(server.port()).isNotEqualTo(taken.getLocalPort());
            assertThat(ask(server, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void saysWhatToDoOnAnotherSystem() {
        assertThatThrownBy(() -> PostgresBinaries.archiveFor("Mac OS X", "aarch64"))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("hq.database.url");
    }
}
