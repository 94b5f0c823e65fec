package io.saddlebag.stomp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real connection: what is paused is not read. */
class IntakeTest {
    @Test
    void holdsTheOtherEndBackAboveTheLimitAndReadsOnBelowHalfOfIt(@TempDir Path folder) throws InterruptedException {
        TestNetwork network = TestNetwork.create(folder);
        Intake intake = new Intake(1000);
        try (ScriptedServer server =
                        ScriptedServer.start(network.identity(TestNetwork.HQ), (connection, frame) -> null);
                RawStompClient client = RawStompClient.connect(server.port(), network.identity("CA-RC"))) {
            client.send(frame());
            Awaitility.await().until(() -> server.frames().size() == 1);
            StompConnection connection = server.connections().get(0);

            intake.take(connection, 600);
            client.send(frame());
            Awaitility.await().until(() -> server.frames().size() == 2);
            intake.take(connection, 600);
            // The pause is applied on the event loop; a frame sent before that may still be read.
            CountDownLatch paused = new CountDownLatch(1);
            connection.afterAnswers(paused::countDown);
            paused.await();
            client.send(frame());
            Awaitility.await()
                    .during(Duration.ofMillis(200))
                    .until(() -> server.frames().size() == 2);
            intake.release(600);
            Awaitility.await()
                    .during(Duration.ofMillis(200))
                    .until(() -> server.frames().size() == 2);
            intake.release(600);

            Awaitility.await().until(() -> server.frames().size() == 3);
            assertThat(intake.waiting()).isZero();
        }
    }

    @Test
    void severalConnectionsShareTheLimitAndEachIsReadOn(@TempDir Path folder) {
        TestNetwork network = TestNetwork.create(folder);
        Intake intake = new Intake(1000);
        try (ScriptedServer server =
                        ScriptedServer.start(network.identity(TestNetwork.HQ), (connection, frame) -> null);
                RawStompClient one = RawStompClient.connect(server.port(), network.identity("CA-RC"));
                RawStompClient two = RawStompClient.connect(server.port(), network.identity("SF-RC"))) {
            one.send(frame());
            two.send(frame());
            Awaitility.await().until(() -> server.connections().size() == 2);
            server.connections().forEach(connection -> intake.take(connection, 600));
            intake.take(server.connections().get(0), 600);
            assertThat(server.connections()).noneMatch(StompConnection::isReading);

            intake.release(1300);

            assertThat(server.connections()).allMatch(StompConnection::isReading);
        }
    }

    private static StompFrame frame() {
        return StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, "/keys")
                .body(new byte[] {1})
                .build();
    }
}
