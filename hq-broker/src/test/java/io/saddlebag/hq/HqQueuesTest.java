package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.hq.store.sql.DeadLetters;
import io.saddlebag.hq.store.sql.DeadLetters.Choice;
import io.saddlebag.hq.store.sql.DeadLetters.DeadLetter;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Json;
import io.saddlebag.message.Priority;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stores.FolderStore;
import io.saddlebag.testing.RawStompClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues as operators expect them, over real TLS, PostgreSQL and spool. */
class HqQueuesTest {
    @TempDir
    Path folder;

    private RunningHq hq;
    private SiteIdentity lab;
    /** Deliveries that came before a receipt that was waited for. */
    private final Queue<StompFrame> early = new ArrayDeque<>();

    private void start(Map<String, String> settings) {
        hq = RunningHq.start(folder, settings);
        lab = hq.network().identity("FL-LAB");
    }

    @AfterEach
    void stop() {
        hq.close();
    }

    /** Says more of CA-RC's queue, and waits until headquarters has heard it. */
    private void rule(String rules) throws Exception {
        hq.stop();
        Files.writeString(
                hq.home().resolve("topology.yaml"),
                RunningHq.TOPOLOGY.replace("site: CA-RC}\n  - {name", "site: CA-RC, " + rules + "}\n  - {name"));
        hq.start();
    }

    private static String id(int number) {
        return String.format("FL-LAB_DAT_20251008_%03d", number);
    }

    private StompFrame answered(RawStompClient client, StompFrame frame) {
        client.send(frame);
        StompFrame answer = client.receive();
        while (answer.command() == StompCommand.MESSAGE) {
            early.add(answer);
            answer = client.receive();
        }
        assertThat(answer.command()).as("%s", answer.headers()).isEqualTo(StompCommand.RECEIPT);
        return answer;
    }

    private void confirmed(RawStompClient client, StompFrame frame) {
        assertThat(answered(client, frame).header(Headers.CODE)).isNull();
    }

    private RawStompClient subscribed(int prefetch) {
        RawStompClient client = hq.connect("CA-RC");
        subscribe(client, prefetch);
        return client;
    }

    private static void subscribe(RawStompClient client, int prefetch) {
        client.send(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.DESTINATION, "/queue/ca_rc_queue")
                .header(Headers.ID, "sub")
                .header(Headers.ACK, "client-individual")
                .header(Headers.PREFETCH_COUNT, prefetch)
                .build());
    }

    private StompFrame message(RawStompClient client) {
        StompFrame frame = early.isEmpty() ? client.receive() : early.remove();
        assertThat(frame.command()).as("%s", frame.headers()).isEqualTo(StompCommand.MESSAGE);
        return frame;
    }

    private static StompFrame ack(StompFrame message) {
        return StompFrame.of(StompCommand.ACK)
                .header(Headers.ID, message.header(Headers.ACK))
                .header(Headers.RECEIPT, "ack-" + message.header(Headers.ACK))
                .build();
    }

    private static StompFrame nack(StompFrame message, String requeue, String reason) {
        return StompFrame.of(StompCommand.NACK)
                .header(Headers.ID, message.header(Headers.ACK))
                .header(Headers.REQUEUE, requeue)
                .header(Headers.REASON, reason)
                .header(Headers.RECEIPT, "nack")
                .build();
    }

    private boolean spoolIsEmpty() throws IOException {
        try (Stream<Path> files = Files.walk(hq.home().resolve("spool"))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .allMatch(Set.of("numbers", ".lock", FolderStore.MARKER)::contains);
        }
    }

    private DeadLetters letters() {
        return new DeadLetters(hq.database().dataSource(), "operator");
    }

    @Test
    void aDeadLetterGoesOutAgainWhenAnOperatorSaysSoAndIsGoneWhenHeDiscardsIt() throws Exception {
        start(Map.of());
        rule("delivery_limit: 2, redelivery_delay: 10ms");
        try (RawStompClient client = hq.connect("FL-LAB");
                RawStompClient centre = subscribed(5)) {
            confirmed(client, SignedMessage.of(lab, id(1), "CA-RC").frame(1));
            confirmed(centre, nack(message(centre), "true", "disk full"));
            confirmed(centre, nack(message(centre), "true", "disk broken"));
            assertThat(letters().list(new Choice(null, List.of())))
                    .singleElement()
                    .satisfies(letter -> {
                        assertThat(letter.messageId()).isEqualTo(id(1));
                        assertThat(letter.queueName()).isEqualTo("ca_rc_queue");
                        assertThat(letter.attempts()).isEqualTo(2);
                        assertThat(letter.reason()).contains("delivery_limit");
                        assertThat(letter.lastError()).isEqualTo("disk broken");
                    });
            assertThat(letters().requeue(new Choice("ny_rc_queue", List.of()))).isEmpty();
            assertThat(letters().requeue(new Choice("ca_rc_queue", List.of(id(1)))))
                    .hasSize(1);
            StompFrame again = message(centre);
            assertThat(again.header("attempt")).isEqualTo("1");
            confirmed(centre, nack(again, "false", "bad-seal: altered"));
            assertThat(spoolIsEmpty()).isFalse();
            try (HqDatabase database = HqDatabase.open(new SiteHome(hq.home()))) {
                assertThat(new DeadLetters(database.dataSource(), "operator")
                                .discard(new Choice(null, List.of(id(1))), "sent anew"))
                        .extracting(DeadLetter::reason)
                        .containsExactly("bad-seal: altered");
            }
            await().until(this::spoolIsEmpty);
        }
        assertThat(letters().list(new Choice(null, List.of()))).isEmpty();
        assertThat(
                        hq.database()
                                .number(
                                        "SELECT count(*) FROM delivery JOIN message USING (message_number)"
                                                + " WHERE reason = 'bad-seal: altered; discarded: sent anew' AND discarded_time IS NOT NULL"))
                .isEqualTo(1);
    }

    /** A delivery at its receiver ends by the word of that; any other ends here, and its sender hears why. */
    @Test
    void discardsWhatWaitsAndTellsTheSender() throws Exception {
        start(Map.of());
        try (RawStompClient client = hq.connect("FL-LAB");
                RawStompClient sender = hq.connect("FL-LAB");
                RawStompClient centre = subscribed(2)) {
            sender.send(StompFrame.of(StompCommand.SUBSCRIBE)
                    .header(Headers.DESTINATION, "/receipts/FL-LAB")
                    .header(Headers.ID, "receipts")
                    .header(Headers.RECEIPT, "r")
                    .build());
            sender.receive();
            for (int number = 1; number <= 4; number++) {
                confirmed(client, SignedMessage.of(lab, id(number), "CA-RC").frame(1));
            }
            StompFrame first = message(centre);
            StompFrame second = message(centre);

            assertThat(letters().discardWaiting(new Choice(null, List.of(id(1), id(2), id(3))), "wrong recipients"))
                    .extracting(DeadLetter::messageId)
                    .containsExactly(id(1), id(2), id(3));

            assertThat(outcome(sender))
                    .containsExactly(id(3), "discarded", "Discarded by an operator of headquarters: wrong recipients");
            confirmed(centre, ack(first));
            assertThat(outcome(sender)).startsWith(id(1), "acknowledged");
            confirmed(centre, nack(second, "true", "later"));
            assertThat(outcome(sender)).startsWith(id(2), "discarded");
            confirmed(centre, ack(message(centre)));
            assertThat(outcome(sender)).startsWith(id(4), "acknowledged");
            confirmed(client, SignedMessage.of(lab, id(5), "NY-RC").frame(1));
        }
        hq.stop();
        try (HqDatabase database = HqDatabase.open(new SiteHome(hq.home()))) {
            new DeadLetters(database.dataSource(), "operator").discardWaiting(new Choice(null, List.of(id(5))), "late");
        }
        hq.start();
        assertThat(spoolIsEmpty()).isTrue();
        assertThat(hq.database()
                        .number("SELECT count(*) FROM delivery_ended WHERE discarded_time IS NOT NULL AND reason LIKE"
                                + " 'Discarded by an operator of headquarters: %'"))
                .isEqualTo(3);
    }

    private static List<String> outcome(RawStompClient sender) {
        DeliveryOutcome outcome = Json.read(sender.receive().body(), DeliveryOutcome[].class)[0];
        return Stream.of(outcome.messageId().value(), outcome.state(), outcome.reason())
                .filter(Objects::nonNull)
                .toList();
    }

    @Test
    void aDeadLetterOutlastsARestartAndMayBeRequeuedWhileHeadquartersIsStopped() throws Exception {
        start(Map.of());
        try (RawStompClient client = hq.connect("FL-LAB");
                RawStompClient centre = subscribed(5)) {
            confirmed(client, SignedMessage.of(lab, id(1), "CA-RC").frame(1));
            confirmed(client, SignedMessage.of(lab, id(2), "CA-RC").frame(1));
            StompFrame first = message(centre);
            StompFrame second = message(centre);
            confirmed(centre, nack(first, "false", "bad-seal"));
            confirmed(centre, nack(second, "false", "bad-seal"));
            // It waits, in the newest commit and next to the others in the spool.
            confirmed(client, SignedMessage.of(lab, id(3), "CA-RC").frame(1));
            message(centre);
        }
        hq.stop();
        hq.start();
        hq.stop();
        letters().requeue(new Choice(null, List.of(id(1), id(2))));
        hq.start();
        try (RawStompClient centre = subscribed(5)) {
            for (int number = 1; number <= 3; number++) {
                StompFrame again = message(centre);
                assertThat(again.header(Headers.MESSAGE_ID)).isEqualTo(id(number));
                confirmed(centre, ack(again));
            }
        }
    }

    @Test
    void aDeadLetterOfAnEarlierRunGoesOutAgainWhenItIsRequeuedWhileHeadquartersRuns() throws Exception {
        start(Map.of());
        try (RawStompClient client = hq.connect("FL-LAB");
                RawStompClient centre = subscribed(5)) {
            confirmed(client, SignedMessage.of(lab, id(1), "CA-RC").frame(1));
            confirmed(centre, nack(message(centre), "false", "bad-seal"));
        }
        hq.stop();
        hq.start();
        try (RawStompClient client = hq.connect("FL-LAB");
                RawStompClient centre = subscribed(5)) {
            assertThat(letters().requeue(new Choice(null, List.of()))).hasSize(1);
            StompFrame again = message(centre);
            assertThat(again.header(Headers.MESSAGE_ID)).isEqualTo(id(1));
            confirmed(centre, ack(again));
            confirmed(client, SignedMessage.of(lab, id(2), "CA-RC").frame(1));
            assertThat(message(centre).header(Headers.MESSAGE_ID)).isEqualTo(id(2));
        }
    }

    @Test
    void moreDeadLettersThanMemoryHoldsAllGoOutAgainInTheirOldOrder() throws Exception {
        start(Map.of("hq.index-capacity", "4"));
        int count = 30;
        try (RawStompClient client = hq.connect("FL-LAB");
                RawStompClient centre = subscribed(5)) {
            for (int number = 1; number <= count; number++) {
                confirmed(client, SignedMessage.of(lab, id(number), "CA-RC").frame(1));
                confirmed(centre, nack(message(centre), "false", "bad-seal"));
            }
        }
        hq.stop();
        hq.start();
        try (RawStompClient centre = subscribed(1)) {
            assertThat(letters().requeue(new Choice(null, List.of()))).hasSize(count);
            for (int number = 1; number <= count; number++) {
                StompFrame again = message(centre);
                assertThat(again.header(Headers.MESSAGE_ID)).isEqualTo(id(number));
                confirmed(centre, ack(again));
            }
        }
        await().until(this::spoolIsEmpty);
    }

    @Test
    void attemptsOutlastARestart() {
        start(Map.of());
        try (RawStompClient client = hq.connect("FL-LAB");
                RawStompClient centre = subscribed(5)) {
            confirmed(client, SignedMessage.of(lab, id(1), "CA-RC").frame(1));
            confirmed(centre, nack(message(centre), "true", "disk full"));
        }
        hq.stop();
        hq.start();
        try (RawStompClient centre = subscribed(5)) {
            assertThat(Integer.parseInt(message(centre).header("attempt"))).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void aHighMessageOvertakesABacklogAndALowOneWaits() {
        start(Map.of("hq.index-capacity", "4"));
        try (RawStompClient client = hq.connect("FL-LAB")) {
            for (int number = 1; number <= 20; number++) {
                Priority priority = number == 1 ? Priority.LOW : number == 20 ? Priority.HIGH : null;
                confirmed(
                        client,
                        SignedMessage.of(lab, id(number), priority, "CA-RC").frame(1));
            }
        }
        hq.stop();
        hq.start();
        List<String> order = new ArrayList<>();
        try (RawStompClient centre = subscribed(1)) {
            for (int number = 1; number <= 20; number++) {
                StompFrame next = message(centre);
                order.add(next.header(Headers.MESSAGE_ID));
                centre.send(StompFrame.of(StompCommand.ACK)
                        .header(Headers.ID, next.header(Headers.ACK))
                        .build());
            }
        }
        assertThat(order.indexOf(id(20))).isLessThan(3);
        assertThat(order.indexOf(id(1))).isBetween(5, 15);
    }

    @Test
    void aFullQueuePushesBackAndTakesTheSameMessageOnceThereIsRoom() throws Exception {
        start(Map.of());
        rule("max_messages: 2");
        SignedMessage third = SignedMessage.of(lab, id(3), "CA-RC");
        try (RawStompClient client = hq.connect("FL-LAB")) {
            confirmed(client, SignedMessage.of(lab, id(1), "CA-RC").frame(1));
            confirmed(client, SignedMessage.of(lab, id(2), "CA-RC").frame(1));
            StompFrame refused = answered(client, third.frame(1));
            assertThat(refused.header(Headers.CODE)).isEqualTo("queue-full");
            assertThat(refused.header(Headers.REASON)).contains("ca_rc_queue", "max_messages 2", "CA-RC");
            confirmed(client, SignedMessage.of(lab, id(4), "NY-RC").frame(1));
            hq.stop();
            hq.start();
        }
        try (RawStompClient client = hq.connect("FL-LAB");
                RawStompClient centre = subscribed(5)) {
            assertThat(answered(client, third.frame(1)).header(Headers.CODE)).isEqualTo("queue-full");
            StompFrame first = message(centre);
            assertThat(message(centre).header(Headers.MESSAGE_ID)).isEqualTo(id(2));
            confirmed(centre, ack(first));
            confirmed(client, third.frame(1));
        }
    }

    @Test
    void aConsumerThatIsStuckLosesItsDeliveries() {
        start(Map.of("hq.heart-beat", "200ms"));
        try (RawStompClient client = hq.connect("FL-LAB")) {
            confirmed(client, SignedMessage.of(lab, id(1), "CA-RC").frame(1));
        }
        try (RawStompClient stuck = RawStompClient.connect(
                        hq.port(), hq.network().identity("CA-RC"), Map.of(Headers.HEART_BEAT, "200,0"));
                RawStompClient alive = hq.connect("CA-RC")) {
            subscribe(stuck, 5);
            assertThat(message(stuck).header("attempt")).isEqualTo("1");
            subscribe(alive, 5);
            StompFrame again = message(alive);
            assertThat(again.header("attempt")).isEqualTo("2");
            confirmed(alive, ack(again));
        }
    }

    @Test
    void aSiteKeepsToItsRateAndItsConnectionsAndLosesNothing() throws Exception {
        start(Map.of());
        hq.stop();
        Files.writeString(
                hq.home().resolve("topology.yaml"),
                RunningHq.TOPOLOGY.replace("{id: FL-LAB, ", "{id: FL-LAB, rate: 20, connections: 1, "));
        hq.start();
        try (RawStompClient client = hq.connect("FL-LAB")) {
            assertThatThrownBy(() -> hq.connect("FL-LAB")).hasMessageContaining("at most 1 connections of FL-LAB");
            long begin = System.nanoTime();
            for (int number = 1; number <= 35; number++) {
                confirmed(client, SignedMessage.of(lab, id(number), "CA-RC").frame(1));
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(600));
        }
        assertThat(hq.database().number("SELECT count(*) FROM message")).isEqualTo(35);
    }

    @Test
    void withTooLittleRoomOnTheDiskPublishesArePushedBackAndAcknowledgementsGoOn() {
        start(Map.of());
        try (RawStompClient client = hq.connect("FL-LAB")) {
            confirmed(client, SignedMessage.of(lab, id(1), "CA-RC").frame(1));
        }
        hq.stop();
        hq.start(Map.of("hq.min-free-space", "1000000GiB"));
        try (RawStompClient client = hq.connect("FL-LAB");
                RawStompClient centre = subscribed(5)) {
            StompFrame refused =
                    answered(client, SignedMessage.of(lab, id(2), "CA-RC").frame(1));
            assertThat(refused.header(Headers.CODE)).isEqualTo("storage-low");
            confirmed(centre, ack(message(centre)));
        }
    }
}
