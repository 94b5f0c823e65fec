package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two whole headquarters on one database. */
class HqNodesTest {
    @TempDir
    Path folder;

    private RunningHq one;
    private RunningHq other;

    @BeforeEach
    void start() {
        one = RunningHq.start(folder, Map.of("hq.heart-beat", "0s", "hq.node", "n1"));
        other = one.another("dc-hq-2");
    }

    @AfterEach
    void close() {
        one.close();
    }

    private StompFrame message(int number) {
        return SignedMessage.of(
                        one.network().identity("FL-LAB"), String.format("FL-LAB_DAT_20251008_%03d", number), "CA-RC")
                .frame(1);
    }

    private void publish(RunningHq hq, int number) {
        try (RawStompClient lab = hq.connect("FL-LAB")) {
            lab.send(message(number));
            assertThat(lab.receive().command()).isEqualTo(StompCommand.RECEIPT);
        }
    }

    private static StompFrame subscribe() {
        return StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.DESTINATION, "/queue/ca_rc_queue")
                .header(Headers.ID, "1")
                .header(Headers.ACK, "client-individual")
                .header(Headers.PREFETCH_COUNT, 10)
                .build();
    }

    @Test
    void whatOneTookInIsDeliveredByTheOtherAfterItStoppedAndOnce() {
        other.start(Map.of("hq.node", "n2"));
        publish(one, 1);
        publish(other, 2);
        publish(other, 1);
        try (RawStompClient centre = other.connect("CA-RC")) {
            centre.send(subscribe());
            assertThat(centre.receive().header(Headers.MESSAGE_ID)).isEqualTo("FL-LAB_DAT_20251008_002");

            one.stop();

            StompFrame adopted = centre.receive();
            assertThat(adopted.header(Headers.MESSAGE_ID)).isEqualTo("FL-LAB_DAT_20251008_001");
            centre.send(StompFrame.of(StompCommand.ACK)
                    .header(Headers.ID, adopted.header(Headers.ACK))
                    .header(Headers.RECEIPT, "a")
                    .build());
            assertThat(centre.receive().command()).isEqualTo(StompCommand.RECEIPT);
        } finally {
            other.stop();
        }
        assertThat(one.database().number("SELECT count(*) FROM delivery WHERE acknowledged_time IS NOT NULL"))
                .isEqualTo(1);
        assertThat(one.database().number("SELECT count(*) FROM delivery_held")).isEqualTo(1);
        assertThat(one.failures()).isEmpty();
        assertThat(other.failures()).isEmpty();
    }

    @Test
    void aNodeThatOthersEndedCannotGoOn() {
        publish(one, 1);
        one.database().execute("UPDATE hq_node SET ended_time = now()");

        await().until(() -> !one.failures().isEmpty());
        assertThat(one.failures()).singleElement().asString().contains("was ended by another node");
        one.stop();
        one.start(Map.of("hq.node", "n1"));
        try (RawStompClient centre = one.connect("CA-RC")) {
            centre.send(subscribe());
            assertThat(centre.receive().header(Headers.MESSAGE_ID)).isEqualTo("FL-LAB_DAT_20251008_001");
        }
    }

    @Test
    void closesItsDoorWhileTheDatabaseIsAwayAndOpensItAgain() {
        try (RawStompClient lab = one.connect("FL-LAB")) {
            lab.send(message(1));
            assertThat(lab.receive().command()).isEqualTo(StompCommand.RECEIPT);
            one.database().shut();

            assertThat(lab.isClosedByServer()).isTrue();
            assertThatThrownBy(() -> one.connect("FL-LAB").close()).isInstanceOf(RuntimeException.class);
        } finally {
            one.database().open();
        }
        await().ignoreExceptions().untilAsserted(() -> publish(one, 2));
    }

    private void assertRefused(String line, Map<String, String> overrides) {
        assertThatThrownBy(() -> other.start(overrides))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(line);
    }

    @Test
    void refusesWhatDoesNotFitTogetherAndASingleHeadquartersOverNodes() {
        publish(one, 1);
        assertRefused("Expected hq.node n1 to be the name of one node", Map.of());
        assertRefused("small letters, digits and hyphens", Map.of("hq.node", "N 1"));
        assertRefused("one host and port as in hq.addresses", Map.of("hq.node.address", "hq1.example.org"));
        assertRefused("found a b:1", Map.of("hq.node.address", "a b:1"));
        RunningHq third = one.another("dc-hq-3").without("hq.database.url");
        assertThatThrownBy(third::start).hasMessageContaining("expected hq.database.url with hq.node");
        one.stop();
        other.without("hq.node");
        assertRefused("expected at " + one.database().jdbcUrl() + " the store database", Map.of());
        other.adopts("database");
        assertRefused("expected no delivery of a node with hq.node, found 1", Map.of());
        one.database().execute("UPDATE delivery_held SET node = 0");
        one.adopts("database");
        assertThatThrownBy(one::start).hasMessageContaining("expected no delivery of a headquarters without hq.node");
        one.adopts();
        one.database().execute("DELETE FROM delivery_held");
        one.start();
        assertThat(List.copyOf(one.failures())).isEmpty();
    }
}
