package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stores.FolderStore;
import io.saddlebag.testing.RawStompClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The upkeep of a whole headquarters: old uploads, expired deliveries, limits. */
class HqUpkeepTest {
    @TempDir
    Path folder;

    private RunningHq hq;
    private SiteIdentity lab;

    private void start(Map<String, String> settings) {
        hq = RunningHq.start(folder, settings);
        lab = hq.network().identity("FL-LAB");
    }

    @AfterEach
    void stop() {
        hq.close();
    }

    private static String id(int number) {
        return String.format("FL-LAB_DAT_20251008_%03d", number);
    }

    private static StompFrame answered(RawStompClient client, StompFrame frame) {
        client.send(frame);
        StompFrame answer = client.receive();
        assertThat(answer.command()).as("%s", answer.headers()).isEqualTo(StompCommand.RECEIPT);
        return answer;
    }

    private static void confirmed(RawStompClient client, StompFrame frame) {
        assertThat(answered(client, frame).header(Headers.STATUS)).isNull();
    }

    private RawStompClient subscribed() {
        RawStompClient client = hq.connect("CA-RC");
        client.send(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.DESTINATION, "/queue/ca_rc_queue")
                .header(Headers.ID, "sub")
                .header(Headers.ACK, "client-individual")
                .build());
        return client;
    }

    private static void acknowledge(RawStompClient centre) {
        StompFrame message = centre.receive();
        assertThat(message.command()).isEqualTo(StompCommand.MESSAGE);
        centre.send(StompFrame.of(StompCommand.ACK)
                .header(Headers.ID, message.header(Headers.ACK))
                .build());
    }

    private List<String> spooled(String below) {
        try (Stream<Path> files = Files.walk(hq.home().resolve("spool").resolve(below))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name ->
                            !Set.of("numbers", ".lock", FolderStore.MARKER).contains(name))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theSpoolIsEmptyOnceAllIsAcknowledged() {
        start(Map.of());
        try (RawStompClient client = hq.connect("FL-LAB");
                RawStompClient centre = subscribed()) {
            for (int number = 1; number <= 3; number++) {
                confirmed(client, SignedMessage.of(lab, id(number), "CA-RC").frame(1));
            }
            assertThat(spooled("")).isNotEmpty();
            for (int number = 1; number <= 3; number++) {
                acknowledge(centre);
            }
        }
        await().untilAsserted(() -> assertThat(spooled("")).isEmpty());
        assertThat(hq.database().number("SELECT count(*) FROM message")).isEqualTo(3);
    }

    @Test
    void leavesManifestsToTheReceiversWhenToldSo() {
        start(Map.of("hq.verify-manifests", "false"));
        SignedMessage message = SignedMessage.of(lab, id(1), "CA-RC");
        byte[] forged = new String(message.envelope(), StandardCharsets.UTF_8)
                .replaceFirst("\"sig\":\"..", "\"sig\":\"AA")
                .getBytes(StandardCharsets.UTF_8);
        try (RawStompClient client = hq.connect("FL-LAB");
                RawStompClient other = hq.connect("PA-LAB")) {
            confirmed(
                    client,
                    message.headers(message.part(1, forged, message.body())).build());
            SignedMessage second = SignedMessage.of(lab, id(2), "CA-RC");
            assertThat(answered(other, second.frame(1)).header(Headers.CODE)).isEqualTo("wrong-sender");
        }
        assertThat(hq.database().number("SELECT count(*) FROM message")).isEqualTo(1);
    }

    @Test
    void endsWhatExpiresThoughNobodyConsumesIt() {
        start(Map.of("hq.housekeeping", "50ms"));
        try (RawStompClient client = hq.connect("FL-LAB")) {
            Instant soon = Instant.now().plusMillis(700);
            confirmed(client, SignedMessage.of(lab, id(1), 500, soon, "CA-RC").frame(1));
            assertThat(hq.database().number("SELECT count(*) FROM delivery WHERE expired_time IS NULL"))
                    .isEqualTo(1);
            await().untilAsserted(() -> assertThat(
                            hq.database().number("SELECT count(*) FROM delivery WHERE expired_time IS NOT NULL"))
                    .isEqualTo(1));
            await().untilAsserted(() -> assertThat(spooled("")).isEmpty());
            confirmed(client, SignedMessage.of(lab, id(2), "CA-RC").frame(1));
        }
        try (RawStompClient centre = subscribed()) {
            assertThat(centre.receive().header(Headers.MESSAGE_ID)).isEqualTo(id(2));
        }
    }

    @Test
    void confirmsARepeatThoughTheTopologyLeadsItNowhereAnyMore() throws Exception {
        start(Map.of());
        SignedMessage small = SignedMessage.of(lab, id(1), "NY-RC");
        SignedMessage large = SignedMessage.of(lab, id(2), Manifest.PART_SIZE + 1, null, "NY-RC");
        try (RawStompClient client = hq.connect("FL-LAB")) {
            confirmed(client, small.frame(1));
            confirmed(client, large.frame(1));
            confirmed(client, large.frame(2));

            Path topology = hq.home().resolve("topology.yaml");
            Files.writeString(topology, Files.readString(topology).replaceFirst(".*routing_key: ny_rc,.*\\R", ""));
            AtomicInteger next = new AtomicInteger(3);
            await().untilAsserted(() -> assertThat(answered(
                                    client,
                                    SignedMessage.of(lab, id(next.getAndIncrement()), "NY-RC")
                                            .frame(1))
                            .header(Headers.CODE))
                    .isEqualTo("unknown-destination"));

            confirmed(client, small.frame(1));
            assertThat(answered(client, large.frame(1)).header("next-part")).isEqualTo("3");
            SignedMessage other = SignedMessage.of(lab, id(1), 501, null, "NY-RC");
            assertThat(answered(client, other.frame(1)).header(Headers.CODE)).isEqualTo("unknown-destination");
        }
    }

    @Test
    void givesUpAnUploadThatNobodyGoesOnWith() {
        start(Map.of("hq.housekeeping", "50ms", "hq.upload-age", "200ms"));
        SignedMessage large = SignedMessage.of(lab, id(1), 2 * Manifest.PART_SIZE + 5, null, "CA-RC");
        try (RawStompClient client = hq.connect("FL-LAB")) {
            assertThat(answered(client, large.frame(1)).header("next-part")).isEqualTo("2");
            assertThat(answered(client, large.frame(2)).header("next-part")).isEqualTo("3");
            assertThat(spooled("uploads")).isNotEmpty();
        }
        await().untilAsserted(() -> assertThat(spooled("uploads")).isEmpty());
        try (RawStompClient client = hq.connect("FL-LAB")) {
            assertThat(answered(client, large.frame(1)).header("next-part")).isEqualTo("2");
        }
    }

    @Test
    void keepsNothingOfAMessageWhoseTimeCannotBeStored() {
        start(Map.of());
        Instant never = Instant.parse("1969-12-31T23:59:59Z");
        SignedMessage large = SignedMessage.sentAt(never, lab, id(1), Manifest.PART_SIZE + 5, "CA-RC");
        SignedMessage endless =
                SignedMessage.of(lab, id(2), Manifest.PART_SIZE + 5, Instant.parse("+10000-01-01T00:00:00Z"), "CA-RC");
        try (RawStompClient client = hq.connect("FL-LAB")) {
            for (SignedMessage each : List.of(large, endless)) {
                assertThat(answered(client, each.frame(1)).header(Headers.CODE)).isEqualTo("malformed");
                assertThat(answered(client, each.frame(2)).header(Headers.CODE)).isEqualTo("upload-lost");
            }
        }
        assertThat(spooled("")).isEmpty();
    }

    @Test
    void pushesBackAMessageInPartsBeyondThoseThatAConnectionMayHave() {
        start(Map.of("hq.max-uploads", "1"));
        SignedMessage first = SignedMessage.of(lab, id(1), Manifest.PART_SIZE + 5, null, "CA-RC");
        SignedMessage second = SignedMessage.of(lab, id(2), Manifest.PART_SIZE + 5, null, "CA-RC");
        try (RawStompClient client = hq.connect("FL-LAB")) {
            assertThat(answered(client, first.frame(1)).header("next-part")).isEqualTo("2");
            StompFrame pushedBack = answered(client, second.frame(1));
            assertThat(Refusal.Code.ofText(pushedBack.header(Headers.CODE)).isPassing())
                    .isTrue();
            assertThat(answered(client, first.frame(2)).header("next-part")).isEqualTo("3");
            assertThat(answered(client, second.frame(1)).header("next-part")).isEqualTo("2");
        }
    }

    @Test
    void theConnectionThatSentPartOneLastGoesOnWithTheUpload() {
        start(Map.of());
        SignedMessage large = SignedMessage.of(lab, id(1), 2 * Manifest.PART_SIZE + 5, null, "CA-RC");
        try (RawStompClient first = hq.connect("FL-LAB");
                RawStompClient second = hq.connect("FL-LAB")) {
            answered(first, large.frame(1));
            assertThat(answered(first, large.frame(2)).header("next-part")).isEqualTo("3");
            assertThat(answered(second, large.frame(1)).header("next-part")).isEqualTo("3");
            assertThat(answered(first, large.frame(3)).header(Headers.CODE)).isEqualTo("upload-lost");
            assertThat(answered(second, large.frame(3)).header("next-part")).isEqualTo("4");
            assertThat(answered(first, large.frame(1)).header("next-part")).isEqualTo("4");
        }
        assertThat(hq.database().number("SELECT count(*) FROM message")).isEqualTo(1);
    }

    @Test
    void holdsSendersBackWhenItsCommitQueueIsFullAndLosesNothing() {
        start(Map.of("hq.commit-queue", "1", "hq.in-flight-frames", "2"));
        int messages = 60;
        Set<String> confirmed = new HashSet<>();
        try (RawStompClient one = hq.connect("FL-LAB");
                RawStompClient two = hq.connect("FL-LAB")) {
            for (int number = 1; number <= messages; number++) {
                (number % 2 == 0 ? one : two)
                        .send(SignedMessage.of(lab, id(number), "CA-RC").frame(1));
            }
            for (int number = 1; number <= messages; number++) {
                StompFrame receipt = (number % 2 == 0 ? one : two).receive();
                assertThat(receipt.header(Headers.STATUS)).isNull();
                confirmed.add(receipt.header(Headers.RECEIPT_ID));
            }
        }
        assertThat(confirmed).hasSize(messages);
        assertThat(hq.database().number("SELECT count(*) FROM message")).isEqualTo(messages);
    }
}
