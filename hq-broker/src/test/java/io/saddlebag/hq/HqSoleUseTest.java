package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** One headquarters a database. */
class HqSoleUseTest {

    @TempDir
    Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private RunningHq hq;

    @BeforeEach
    void start() {
        hq = RunningHq.start(folder, Map.of("hq.heart-beat", "0s"));
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void close() {
        logger().detachAppender(log);
        hq.close();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.saddlebag.hq");
    }

    private StompFrame message(int number) {
        return SignedMessage.of(
                        hq.network().identity("FL-LAB"), String.format("FL-LAB_DAT_20251008_%03d", number), "CA-RC")
                .frame(1);
    }

    private void publish(int number) {
        try (RawStompClient lab = hq.connect("FL-LAB")) {
            lab.send(message(number));
            assertThat(lab.receive().command()).isEqualTo(StompCommand.RECEIPT);
        }
    }

    private long linesOf(Level level) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel() == level)
                .count();
    }

    @Test
    void aSecondOneOnTheSameDatabaseRefusesToStartAndTouchesNothing() {
        publish(1);
        HqApplication second = new HqApplication(
                new SiteHome(hq.home()),
                Map.of("hq.spool", folder.resolve("other").toString()),
                Set.of(),
                SiteClocks.ofSystem());

        assertThatThrownBy(second::start)
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("Expected the database for this headquarters alone");

        assertThat(hq.database()
                        .number("SELECT count(*) FROM delivery WHERE dead_lettered_time IS NULL"
                                + " AND payload_missing_time IS NULL"))
                .isEqualTo(1);
        publish(2);
    }

    @Test
    void goesOnAfterAFailOverWithOneLineOfError() throws Exception {
        publish(1);
        try (RawStompClient centre = hq.connect("CA-RC")) {
            centre.send(StompFrame.of(StompCommand.SUBSCRIBE)
                    .header(Headers.DESTINATION, "/queue/ca_rc_queue")
                    .header(Headers.ID, "1")
                    .header(Headers.ACK, "client-individual")
                    .header(Headers.PREFETCH_COUNT, 10)
                    .build());
            assertThat(centre.receive().header(Headers.MESSAGE_ID)).isEqualTo("FL-LAB_DAT_20251008_001");
            hq.database().shut();
            await().until(() -> linesOf(Level.ERROR) == 1);
            for (int number = 2; number <= 6; number++) {
                try (RawStompClient lab = hq.connect("FL-LAB")) {
                    lab.send(message(number));
                    assertThat(lab.receive().command()).isEqualTo(StompCommand.ERROR);
                }
            }

            hq.database().open();

            await().until(() -> linesOf(Level.ERROR) == 1
                    && List.copyOf(log.list).stream()
                            .anyMatch(event -> event.getFormattedMessage().startsWith("database outage ended")));
            publish(2);
            assertThat(centre.receive().header(Headers.MESSAGE_ID)).isEqualTo("FL-LAB_DAT_20251008_002");
            assertThat(linesOf(Level.ERROR)).as("one line for the fail-over").isEqualTo(1);
        }
    }

    @Test
    void failsAPublicationWhileTheDatabaseIsFrozenAndConfirmsItsRepeat() throws Exception {
        publish(1);
        ProcessHandle server = databaseServer();
        signal(server, "STOP");
        try (RawStompClient lab = hq.connect("FL-LAB")) {
            lab.send(message(2));

            assertThat(lab.receive().command()).as("while it is frozen").isEqualTo(StompCommand.ERROR);
        } finally {
            signal(server, "CONT");
        }

        await().until(() -> List.copyOf(log.list).stream()
                .anyMatch(event -> event.getFormattedMessage().startsWith("database outage ended")));
        publish(2);
        assertThat(hq.failures()).isEmpty();
        assertThat(hq.database().number("SELECT count(*) FROM message")).isEqualTo(2);
    }

    private ProcessHandle databaseServer() {
        return ProcessHandle.of(hq.database().number("SELECT pg_backend_pid()"))
                .flatMap(ProcessHandle::parent)
                .orElseThrow();
    }

    /** To every process of the server, which ends no connection. */
    private static void signal(ProcessHandle server, String signal) throws Exception {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal, Long.toString(server.pid())));
        server.descendants().forEach(process -> command.add(Long.toString(process.pid())));
        new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    @Test
    void stopsWhenAnotherHasTakenTheDatabaseMeanwhile() throws Exception {
        publish(1);
        List<String> failures = hq.failures();
        try (Connection other = DriverManager.getConnection(
                        hq.database().jdbcUrl(),
                        hq.database().user(),
                        hq.database().password());
                Statement statement = other.createStatement()) {
            // Waits in the server's own queue, thus comes before the one that was cut off.
            Thread waits = new Thread(() -> take(statement));
            waits.start();
            await().until(() -> hq.database()
                            .number("SELECT count(*) FROM pg_locks WHERE NOT granted"
                                    + " AND locktype = 'advisory' AND objid = 6013812")
                    == 1);
            hq.database()
                    .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
                            + " current_database() AND application_name = 'saddlebag-hq-lock'");

            await().until(() -> !failures.isEmpty());
            waits.join();
        }
        assertThat(failures).singleElement().asString().contains("found it held by another");
        try (RawStompClient lab = hq.connect("FL-LAB")) {
            lab.send(message(2));
            assertThat(lab.receive().command()).as("confirms nothing").isEqualTo(StompCommand.ERROR);
        }
    }

    private static void take(Statement statement) {
        try {
            statement.execute("SELECT pg_advisory_lock(6013812)");
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
