package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.files.FileTree;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A headquarters whose spool or database is another one's or not there, at its start and while it runs. */
class HqStoresTest {
    private static final String WAITING = "SELECT count(*) FROM delivery WHERE payload_file IS NOT NULL";

    @TempDir
    private Path folder;

    private RunningHq hq;
    private SiteIdentity lab;

    @BeforeEach
    void publishOne() {
        hq = RunningHq.start(folder.resolve("one"), Map.of("hq.free-space-check", "50ms"));
        lab = hq.network().identity("FL-LAB");
        assertThat(publish(1)).isNull();
    }

    @AfterEach
    void close() {
        hq.close();
    }

    private static String id(int number) {
        return String.format("FL-LAB_DAT_20251008_%03d", number);
    }

    /** Returns the code of the refusal; null when it is confirmed. */
    private String publish(int number) {
        try (RawStompClient client = hq.connect("FL-LAB")) {
            client.send(SignedMessage.of(lab, id(number), "CA-RC").frame(1));
            StompFrame answer = client.receive();
            return answer.header(Headers.CODE);
        }
    }

    private void stop() {
        hq.stop();
    }

    private void start() {
        hq.start();
    }

    private void refused(String store) {
        assertThatThrownBy(hq::start)
                .hasMessageContaining("store " + store + ": expected at ")
                .hasMessageContaining("--adopt " + store);
    }

    private Path spool() {
        return hq.home().resolve("spool");
    }

    private Path aside() {
        return folder.resolve("unmounted");
    }

    private String delivered() {
        try (RawStompClient client = hq.connect("CA-RC")) {
            client.send(StompFrame.of(StompCommand.SUBSCRIBE)
                    .header(Headers.DESTINATION, "/queue/ca_rc_queue")
                    .header(Headers.ID, "sub")
                    .header(Headers.ACK, "client-individual")
                    .build());
            return client.receive().header(Headers.MESSAGE_ID);
        }
    }

    @Test
    void aSpoolThatIsNotMountedStopsTheStartAndNothingIsLost() throws Exception {
        stop();
        Files.move(spool(), aside());
        refused("spool");
        assertThat(spool()).doesNotExist();
        Files.createDirectory(spool());
        refused("spool");

        Files.delete(spool());
        Files.move(aside(), spool());
        start();
        assertThat(delivered()).isEqualTo(id(1));
    }

    @Test
    void theSpoolOfAnotherHeadquartersStopsTheStart() throws Exception {
        stop();
        try (RunningHq other = RunningHq.start(folder.resolve("two"), Map.of())) {
            other.stop();
            Files.move(spool(), aside());
            Files.move(other.home().resolve("spool"), spool());
            refused("spool");
            FileTree.delete(spool());
            Files.move(aside(), spool());
        }
        start();
        assertThat(delivered()).isEqualTo(id(1));
    }

    @Test
    void theDatabaseOfAnotherHeadquartersStopsTheStart() throws Exception {
        stop();
        try (RunningHq other = RunningHq.start(folder.resolve("two"), Map.of())) {
            other.stop();
            assertThatThrownBy(() ->
                            hq.start(Map.of("hq.database.url", other.database().jdbcUrl())))
                    .hasMessageContaining(
                            "store database: expected at " + other.database().jdbcUrl())
                    .hasMessageContaining("--adopt database");
        }
        start();
        assertThat(delivered()).isEqualTo(id(1));
    }

    @Test
    void anEmptyDatabaseBesideAFullSpoolStopsTheStart() throws Exception {
        stop();
        try (var empty = io.saddlebag.hq.testing.TestDatabase.create()) {
            assertThatThrownBy(() -> hq.start(Map.of("hq.database.url", empty.jdbcUrl())))
                    .hasMessageContaining("store database: ")
                    .hasMessageContaining("found an empty one");
        }
        start();
        assertThat(delivered()).isEqualTo(id(1));
    }

    @Test
    void aSpoolThatIsAdoptedIsMadeAnew() throws Exception {
        stop();
        FileTree.delete(spool());
        hq.adopts("spool");
        start();
        assertThat(publish(2)).isNull();
        assertThat(delivered()).isEqualTo(id(2));
    }

    @Test
    void aSpoolThatGoesWhileHeadquartersRunsPushesPublicationsBackUntilItIsBack() throws Exception {
        Files.move(spool(), aside());
        Files.createDirectory(spool());
        await().until(() -> "storage-low".equals(publish(2)));
        assertThat(spool()).isEmptyDirectory();
        assertThat(hq.database().number(WAITING)).isEqualTo(1);

        Files.delete(spool());
        Files.move(aside(), spool());
        await().until(() -> publish(3) == null);
        stop();
        start();
        assertThat(delivered()).isEqualTo(id(1));
    }
}
