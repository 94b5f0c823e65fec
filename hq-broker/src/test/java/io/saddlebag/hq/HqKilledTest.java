package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.testing.HqProcess;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of a real headquarters while it stores and while it delivers: nothing confirmed is lost, nothing doubled. */
class HqKilledTest {
    private static final int MESSAGES = 300;

    @TempDir
    Path folder;

    @Test
    void losesNothingThatItConfirmedAndSettlesEachDeliveryOnce() throws Exception {
        try (RunningHq hq = RunningHq.start(folder, Map.of())) {
            hq.stop();
            SiteIdentity lab = hq.network().identity("FL-LAB");
            SiteIdentity centre = hq.network().identity("CA-RC");
            List<StompFrame> frames = new ArrayList<>();
            for (int number = 1; number <= MESSAGES; number++) {
                frames.add(SignedMessage.of(lab, String.format("FL-LAB_DAT_20251008_%03d", number), "CA-RC")
                        .frame(1));
            }

            Set<String> confirmed = publishAndKill(hq.home(), lab, frames);
            assertThat(confirmed).isNotEmpty();

            Set<String> acknowledged = new HashSet<>();
            try (HqProcess process = HqProcess.start(hq.home());
                    Centre client = new Centre(process.port(), centre)) {
                for (int i = 0; i < confirmed.size() / 2; i++) {
                    acknowledged.add(client.acknowledge());
                }
                process.kill();
            }

            hq.start();
            try (Centre client = new Centre(hq.port(), centre);
                    RawStompClient sender = RawStompClient.connect(hq.port(), lab)) {
                frames.forEach(sender::send);
                while (acknowledged.size() < MESSAGES) {
                    assertThat(acknowledged.add(client.acknowledge()))
                            .as("a delivery whose acknowledgement was confirmed comes once")
                            .isTrue();
                }
            }
            assertThat(hq.database().number("SELECT count(*) FROM message")).isEqualTo(MESSAGES);
            assertThat(hq.database().number("SELECT count(*) FROM delivery WHERE acknowledged_time IS NOT NULL"))
                    .isEqualTo(MESSAGES);
        }
    }

    private static Set<String> publishAndKill(Path home, SiteIdentity lab, List<StompFrame> frames) throws Exception {
        Set<String> confirmed = new HashSet<>();
        try (HqProcess process = HqProcess.start(home);
                RawStompClient client = RawStompClient.connect(process.port(), lab)) {
            frames.subList(0, MESSAGES * 2 / 3).forEach(client::send);
            for (int i = 0; i < MESSAGES / 3; i++) {
                confirmed.add(client.receive().header(Headers.RECEIPT_ID));
            }
            process.kill();
            while (true) {
                confirmed.add(client.receive().header(Headers.RECEIPT_ID));
            }
        } catch (UncheckedIOException e) {
            return confirmed;
        }
    }

    /** A centre with a window of 1; the next delivery may overtake the receipt of the acknowledgement before. */
    private static final class Centre implements AutoCloseable {
        private final RawStompClient client;
        private final Deque<StompFrame> early = new ArrayDeque<>();

        Centre(int port, SiteIdentity identity) {
            client = RawStompClient.connect(port, identity);
            client.send(StompFrame.of(StompCommand.SUBSCRIBE)
                    .header(Headers.DESTINATION, "/queue/ca_rc_queue")
                    .header(Headers.ID, "1")
                    .header(Headers.ACK, "client-individual")
                    .header(Headers.PREFETCH_COUNT, 1)
                    .build());
        }

        /** The next delivery's message_id, its acknowledgement confirmed. */
        String acknowledge() {
            StompFrame message = early.isEmpty() ? client.receive() : early.remove();
            assertThat(message.command()).isEqualTo(StompCommand.MESSAGE);
            client.send(StompFrame.of(StompCommand.ACK)
                    .header(Headers.ID, message.header(Headers.ACK))
                    .header(Headers.RECEIPT, "a")
                    .build());
            StompFrame answer = client.receive();
            while (answer.command() == StompCommand.MESSAGE) {
                early.add(answer);
                answer = client.receive();
            }
            assertThat(answer.header(Headers.STATUS)).isNull();
            return message.header(Headers.MESSAGE_ID);
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
