package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Manifest;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole centre with a real link to each of two nodes of headquarters, which deliver the same messages. */
class SeveralNodesTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final int PARTS = 6;
    private static final byte[] CONTENT = new byte[PARTS * Manifest.PART_SIZE - 500_000];

    @TempDir
    private Path folder;

    private Centre centre;

    @BeforeEach
    void start() throws Exception {
        new Random(1).nextBytes(CONTENT);
        centre = new Centre(folder, 2).start();
        await().until(() -> subscribed(0) && subscribed(1));
    }

    @AfterEach
    void close() {
        centre.close();
    }

    private static ConditionFactory await() {
        return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10));
    }

    private boolean subscribed(int node) {
        return centre.nodes().get(node).frames().stream()
                .anyMatch(frame ->
                        frame.command() == StompCommand.SUBSCRIBE && "ca_rc_queue".equals(frame.header(Headers.ID)));
    }

    private StompConnection connection(int node) {
        List<StompConnection> connections = centre.nodes().get(node).connections();
        return connections.get(connections.size() - 1);
    }

    private Letters.Letter large() throws Exception {
        return centre.letters.letter(ID, ID + ".bin", CONTENT);
    }

    private List<String> receipts() {
        return centre.frames(StompCommand.ACK).stream()
                .map(ack -> ack.header(Headers.DELIVERY_RECEIPT))
                .toList();
    }

    private List<StompFrame> settledAt(int node) {
        return centre.nodes().get(node).frames().stream()
                .filter(frame -> frame.command() == StompCommand.ACK || frame.command() == StompCommand.NACK)
                .toList();
    }

    private void assertOneFile(String ending, byte[] content) throws Exception {
        assertThat(centre.outbox(ID + ending)).hasBinaryContent(content);
        try (var files = Files.list(centre.outbox("").toAbsolutePath())) {
            assertThat(files).hasSize(2);
        }
        assertThat(centre.filesInWork()).isEmpty();
    }

    /** Many messages, so that some meet in the same moment. */
    @Test
    void oneDeliveryOnBothLinksAtOnceIsOneFileOneReceiptAndTwoAcknowledgements() throws Exception {
        List<List<StompFrame>> first = new ArrayList<>();
        List<List<StompFrame>> second = new ArrayList<>();
        int count = 40;
        for (int i = 1; i <= count; i++) {
            String id = "FL-LAB_DAT_20251008_%03d".formatted(i);
            Letters.Letter letter = centre.letters.letter(id, id + ".csv", id.getBytes());
            first.add(centre.letters.frames(letter));
            second.add(centre.letters.frames(letter));
        }
        pushTogether(
                first.stream().flatMap(List::stream).toList(),
                second.stream().flatMap(List::stream).toList());

        await().until(() -> settledAt(0).size() == count && settledAt(1).size() == count);
        assertThat(centre.frames(StompCommand.NACK)).isEmpty();
        assertThat(receipts()).hasSize(2 * count);
        assertThat(receipts().stream().distinct()).hasSize(count);
        try (var files = Files.list(centre.outbox("").toAbsolutePath())) {
            assertThat(files).hasSize(2 * count);
        }
    }

    private void pushTogether(List<StompFrame> first, List<StompFrame> second) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Thread other = new Thread(() -> {
            go.countDown();
            second.forEach(connection(1)::send);
        });
        other.start();
        go.await();
        first.forEach(connection(0)::send);
        other.join();
    }

    @Test
    void oneDeliveryInPartsOnBothLinksAtOnceIsOneFile() throws Exception {
        Letters.Letter letter = large();

        pushTogether(centre.letters.frames(letter), centre.letters.frames(letter));

        assertThat(centre.settlement("token-1").command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.settlement("token-2").command()).isEqualTo(StompCommand.ACK);
        assertThat(receipts().stream().distinct()).hasSize(1);
        assertOneFile(".bin", CONTENT);
    }

    @Test
    void aDeliveryInPartsGoesOnOverTheOtherLinkWhenOneDiesMidway() throws Exception {
        Letters.Letter letter = large();
        List<StompFrame> first = centre.letters.frames(letter);
        List<StompFrame> second = centre.letters.frames(letter);
        first.subList(0, 4).forEach(connection(0)::send);
        second.subList(0, 2).forEach(connection(1)::send);
        awaitParts(4);

        centre.nodes().get(0).close();
        second.subList(2, second.size()).forEach(connection(1)::send);

        assertThat(centre.settlement("token-2").command()).isEqualTo(StompCommand.ACK);
        assertOneFile(".bin", CONTENT);

        // Its keys are registered with whichever node answers.
        int registered = registeredAt(1);
        connection(1).close();
        await().until(() -> registeredAt(1) > registered);
    }

    private int registeredAt(int node) {
        return (int) centre.nodes().get(node).frames().stream()
                .filter(frame -> Headers.KEYS.equals(frame.header(Headers.DESTINATION)))
                .count();
    }

    /** The other link stays up, so that no new connection of it registers them. */
    @Test
    void registersItsKeysWithAnotherNodeWhenTheOneThatWasAskedDies() {
        int registered = registeredAt(1);
        centre.headquarters((connection, frame) -> {
            if (Headers.KEYS.equals(frame.header(Headers.DESTINATION))
                    && centre.nodes().get(0).connections().contains(connection)) {
                connection.close();
            }
            return null;
        });

        connection(0).close();

        await().until(() -> registeredAt(1) > registered);
    }

    /** The second node begins anew, as one does that took up the delivery. */
    @Test
    void aDeliveryInPartsBeginsOnTheOtherLinkAfterOneDied() throws Exception {
        Letters.Letter letter = large();
        centre.letters.frames(letter).subList(0, 4).forEach(connection(0)::send);
        awaitParts(4);
        centre.nodes().get(0).close();

        centre.letters.frames(letter).forEach(connection(1)::send);

        assertThat(centre.settlement("token-2").command()).isEqualTo(StompCommand.ACK);
        assertOneFile(".bin", CONTENT);
    }

    @Test
    void tellsTheOtherNodeWhichPartsItHas() throws Exception {
        Letters.Letter letter = large();
        centre.letters.frames(letter).subList(0, 4).forEach(connection(0)::send);
        awaitParts(4);

        centre.nodes().get(0).close();

        StompFrame told = await().until(
                        () -> centre.nodes().get(1).frames().stream()
                                .filter(frame -> "/resume".equals(frame.header(Headers.DESTINATION)))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        assertThat(told.header(Headers.SUBSCRIPTION)).isEqualTo("ca_rc_queue");
        assertThat(told.header(Headers.RESUME)).isEqualTo(ID + "=5");
        centre.letters.frames(letter, 5).forEach(connection(1)::send);
        assertThat(centre.settlement("token-2").command()).isEqualTo(StompCommand.ACK);
        assertOneFile(".bin", CONTENT);
    }

    @Test
    void badPartsOfOneNodeAreThrownAwayAndAskedForAnew() throws Exception {
        Letters.Letter letter = large();
        List<StompFrame> bad = centre.letters.frames(letter);
        StompFrame third = bad.get(2);
        third.body()[99] ^= 1;
        List<StompFrame> good = centre.letters.frames(letter);
        bad.subList(0, 3).forEach(connection(0)::send);
        awaitParts(3);

        good.forEach(connection(1)::send);
        StompFrame returned = centre.settlement("token-2");
        assertThat(returned.command()).isEqualTo(StompCommand.NACK);
        assertThat(returned.header(Headers.REQUEUE)).isEqualTo("true");
        centre.nodes().get(0).close();

        List<StompFrame> again = centre.letters.frames(letter);
        again.forEach(connection(1)::send);
        assertThat(centre.settlement("token-3").command()).isEqualTo(StompCommand.ACK);
        assertOneFile(".bin", CONTENT);
    }

    /** The first continues after the second has thrown its parts away, and a third brings them anew. */
    @Test
    void aDeliveryWhosePartsWereThrownAwayWritesNoneIntoThoseOfTheNext() throws Exception {
        Letters.Letter letter = large();
        List<StompFrame> first = centre.letters.frames(letter);
        first.subList(0, 2).forEach(connection(0)::send);
        awaitParts(2);
        List<StompFrame> second = centre.letters.frames(letter);
        connection(1).send(second.get(0));
        connection(1).send(second.get(1));
        connection(1).send(shortened(second.get(2)));
        assertThat(centre.settlement("token-2").command()).isEqualTo(StompCommand.NACK);
        List<StompFrame> third = centre.letters.frames(letter);
        third.subList(0, 4).forEach(connection(1)::send);
        awaitParts(4);

        connection(0).send(first.get(2));
        StompFrame returned = centre.settlement("token-1");
        third.subList(4, third.size()).forEach(connection(1)::send);

        assertThat(returned.header(Headers.REQUEUE)).isEqualTo("true");
        assertThat(centre.settlement("token-3").command()).isEqualTo(StompCommand.ACK);
        assertOneFile(".bin", CONTENT);
    }

    private static StompFrame shortened(StompFrame part) {
        return new StompFrame(part.command(), part.headers(), Arrays.copyOf(part.body(), 1000));
    }

    /** The second is still to come when the first was acknowledged; its parts are none of a repeat's. */
    @Test
    void aDeliveryThatAnotherCompletedIsAcknowledgedAndLeavesTheRestAlone() throws Exception {
        Letters.Letter letter = large();
        List<StompFrame> first = centre.letters.frames(letter);
        List<StompFrame> second = centre.letters.frames(letter);
        first.subList(0, 3).forEach(connection(0)::send);
        second.subList(0, 2).forEach(connection(1)::send);
        awaitParts(3);
        first.subList(3, first.size()).forEach(connection(0)::send);
        assertThat(centre.settlement("token-1").command()).isEqualTo(StompCommand.ACK);

        List<StompFrame> repeat = centre.letters.frames(letter);
        repeat.subList(0, 2).forEach(connection(0)::send);
        awaitParts(2);
        second.subList(2, second.size()).forEach(connection(1)::send);
        assertThat(centre.settlement("token-2").command()).isEqualTo(StompCommand.ACK);
        repeat.subList(2, repeat.size()).forEach(connection(0)::send);

        assertThat(centre.settlement("token-3").command()).isEqualTo(StompCommand.ACK);
        assertThat(receipts().stream().distinct()).hasSize(1);
        assertOneFile(".bin", CONTENT);
    }

    @Test
    void aDeliveryOnOneLinkIsNotDisturbedBySubscribingOnTheOther() throws Exception {
        Letters.Letter letter = large();
        List<StompFrame> frames = centre.letters.frames(letter);
        frames.subList(0, 1).forEach(connection(0)::send);
        awaitParts(1);
        int subscriptions = centre.frames(StompCommand.SUBSCRIBE).size();

        connection(1).close();
        StompFrame again = centre.frame(StompCommand.SUBSCRIBE, subscriptions + 1);
        frames.subList(1, frames.size()).forEach(connection(0)::send);

        assertThat(again).isNotNull();
        assertThat(centre.settlement("token-1").command()).isEqualTo(StompCommand.ACK);
        assertOneFile(".bin", CONTENT);
    }

    private void awaitParts(int count) {
        Path parts = centre.home.work().resolve("ca_rc_queue." + ID + ".parts");
        await().until(() -> Files.exists(parts) && Files.size(parts) > (long) count * Manifest.PART_SIZE);
    }
}
