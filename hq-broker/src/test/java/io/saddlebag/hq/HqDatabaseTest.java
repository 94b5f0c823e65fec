package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.access.Modes;
import io.saddlebag.hq.postgres.DatabaseAddress;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Headquarters' database as operators' commands and audits open it. */
class HqDatabaseTest {
    private static final Path BINARIES = Path.of("target", "postgres-binaries");

    @TempDir
    private Path folder;

    private SiteHome home;

    @BeforeEach
    void makeHome() throws Exception {
        home = new SiteHome(folder.resolve("dc-hq"));
        Files.createDirectory(home.folder());
        configure("");
    }

    private void configure(String more) throws Exception {
        Files.writeString(home.settingsFile(), "site.id=DC-HQ\n" + more);
    }

    private List<Path> everything() throws Exception {
        try (Stream<Path> all = Files.walk(home.folder())) {
            // The server's own files come and go while it runs.
            return all.filter(file -> !file.startsWith(home.resolve("postgres/data")))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void makesNothingForAReaderWhereNoHeadquartersEverRan() throws Exception {
        List<Path> before = everything();

        assertThatThrownBy(() -> HqDatabase.openToRead(home))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("there is no database in " + home.resolve("postgres"))
                .hasMessageContaining("start headquarters once");

        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void readsFromARunningServerWithoutAFolderMoreAndWritesNothing() throws Exception {
        try (PostgresServer server = PostgresServer.start(home.resolve("postgres"), BINARIES, 0)) {
            assertThat(server.port()).isPositive();
            List<Path> before = everything();

            try (HqDatabase database = HqDatabase.openToRead(home);
                    Connection snapshot = database.snapshot();
                    Statement statement = snapshot.createStatement()) {
                assertThat(statement.executeQuery("SELECT 1").next()).isTrue();
                assertThatThrownBy(() -> statement.execute("CREATE TABLE x (y int)"))
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("read-only");
            }

            assertThat(everything()).isEqualTo(before);
            assertThat(PostgresServer.running(home.resolve("postgres"))).isPresent();
            fillsADatabaseUntilItHasRows(
                    PostgresServer.running(home.resolve("postgres")).orElseThrow());
        }
    }

    /** A restore that ended early leaves tables. */
    private void fillsADatabaseUntilItHasRows(DatabaseAddress database) throws Exception {
        Path password = Files.createFile(folder.resolve("password"), Modes.PRIVATE_FILE);
        Files.writeString(password, database.password());
        home = new SiteHome(folder.resolve("restored"));
        Files.createDirectory(home.folder());
        configure("hq.database.url=" + database.jdbcUrl() + "\nhq.database.user=" + database.user()
                + "\nhq.database.password-file=" + password + "\n");
        for (boolean isCommitted : List.of(false, true)) {
            try (HqDatabase filled = HqDatabase.openToFill(home, 1);
                    Connection connection = filled.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("INSERT INTO operator_change VALUES (1, 'q')");
                if (isCommitted) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
            }
        }
        assertThatThrownBy(() -> HqDatabase.openToFill(home, 1))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("expected an empty database to restore into, found one with rows");
    }

    @Test
    void refusesAPasswordFileThatOthersMayRead() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "secret\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
        configure("hq.database.url=jdbc:postgresql://127.0.0.1:1/none\nhq.database.password-file=" + password + "\n");

        assertThatThrownBy(() -> HqDatabase.openToRead(home))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(password.toString())
                .hasMessageContaining("0600");
        assertThatThrownBy(() -> HqDatabase.open(home))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("0600");
    }
}
