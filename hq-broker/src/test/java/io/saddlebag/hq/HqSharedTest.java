package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.hq.store.shared.TopologyStore;
import io.saddlebag.hq.store.sql.DeadLetters;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.TreeHead;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever comes to one of two headquarters on a database is known at the other within seconds. */
class HqSharedTest {
    private static final String ID = "FL-LAB_DAT_20251008_";

    @TempDir
    static Path folder;

    private static RunningHq one;
    private static RunningHq other;
    private static SiteIdentity lab;

    @BeforeAll
    static void start() {
        one = RunningHq.start(folder, Map.of("hq.node", "n1", "hq.proof-log-interval", "200ms"));
        other = one.another("dc-hq-2");
        other.start(Map.of("hq.node", "n2"));
        lab = one.network().identity("FL-LAB");
    }

    @AfterAll
    static void stop() {
        other.stop();
        one.close();
    }

    private static StompFrame follow(String destination) {
        return StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.DESTINATION, destination)
                .header(Headers.ID, "f")
                .header(Headers.RECEIPT, "f")
                .build();
    }

    /** Sends it; what comes before the receipt is passed over. */
    private static void ask(RawStompClient client, StompFrame frame) {
        client.send(frame);
        StompFrame answer = client.receive();
        while (answer.command() == StompCommand.MESSAGE) {
            answer = client.receive();
        }
        assertThat(answer.command()).isEqualTo(StompCommand.RECEIPT);
        assertThat(answer.header(Headers.STATUS)).isNull();
    }

    private static SignedMessage publish(RunningHq hq, int number, String centre) {
        SignedMessage message =
                SignedMessage.inChain(lab, ID + "%03d".formatted(number), Map.of(centre, (long) number));
        try (RawStompClient sender = hq.connect("FL-LAB")) {
            ask(sender, message.frame(1));
        }
        return message;
    }

    @Test
    void aKeyBundleReachesThoseWhoFollowItAtTheOther() {
        SiteIdentity centre = one.network().identity("CA-RC");
        byte[] bundle = SignedMessage.sign(
                centre,
                KeyBundle.TYPE,
                Json.write(SignedMessage.keyBundle(centre.trust().networkId(), "CA-RC", 1)));
        try (RawStompClient follower = other.connect("FL-LAB");
                RawStompClient owner = one.connect("CA-RC")) {
            ask(follower, follow("/keys/CA-RC"));
            ask(
                    owner,
                    StompFrame.of(StompCommand.SEND)
                            .header(Headers.DESTINATION, "/keys")
                            .header(Headers.RECEIPT, "k")
                            .body(bundle)
                            .build());
            assertThat(follower.receive().body()).isEqualTo(bundle);
        }
    }

    @Test
    void aLaboratoryThatMovedHearsHowItsDeliveriesEnd() {
        publish(one, 1, "NY-RC");
        try (RawStompClient sender = other.connect("FL-LAB");
                RawStompClient centre = one.connect("NY-RC")) {
            ask(sender, follow("/receipts/FL-LAB"));
            ask(
                    sender,
                    StompFrame.of(StompCommand.SEND)
                            .header(Headers.DESTINATION, "/receipts")
                            .header(Headers.RECEIPT, "q")
                            .body(Json.write(List.of(ID + "001")))
                            .build());
            centre.send(consume("ny_rc_queue"));
            StompFrame delivery = centre.receive();
            ask(
                    centre,
                    StompFrame.of(StompCommand.ACK)
                            .header(Headers.ID, delivery.header(Headers.ACK))
                            .header(Headers.RECEIPT, "a")
                            .build());
            assertThat(Json.read(sender.receive().body(), DeliveryOutcome[].class))
                    .extracting(DeliveryOutcome::state)
                    .containsExactly(DeliveryOutcome.ACKNOWLEDGED);
        }
    }

    private static StompFrame consume(String queue) {
        return StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.DESTINATION, "/queue/" + queue)
                .header(Headers.ID, "1")
                .header(Headers.ACK, "client-individual")
                .header(Headers.PREFETCH_COUNT, 10)
                .build();
    }

    private static StompFrame delivery(RawStompClient centre, String messageId) {
        StompFrame frame = centre.receive();
        while (!messageId.equals(frame.header(Headers.MESSAGE_ID))) {
            frame = centre.receive();
        }
        return frame;
    }

    @Test
    void whatAnOperatorRequeuesIsHandedOutByTheNodeThatTookIt() throws Exception {
        publish(one, 31, "CA-RC");
        String id = ID + "031";
        try (RawStompClient centre = one.connect("CA-RC")) {
            centre.send(consume("ca_rc_queue"));
            centre.send(StompFrame.of(StompCommand.NACK)
                    .header(Headers.ID, delivery(centre, id).header(Headers.ACK))
                    .header(Headers.REQUEUE, "false")
                    .header(Headers.REASON, "bad-name")
                    .build());
            DeadLetters letters = new DeadLetters(one.database().dataSource(), "anna");
            DeadLetters.Choice choice = new DeadLetters.Choice(null, List.of(id));
            await().until(() -> !letters.list(choice).isEmpty());
            assertThat(letters.requeue(choice)).hasSize(1);
            assertThat(delivery(centre, id).header(Headers.ATTEMPT)).isEqualTo("1");
        }
    }

    @Test
    void theChainIsAnsweredWhicheverTookTheMessage() {
        SignedMessage first = publish(one, 11, "CA-RC");
        assertThat(newest(other)).contains(first.envelope());
        SignedMessage second = publish(other, 12, "CA-RC");
        assertThat(newest(one)).contains(second.envelope()).doesNotContain(first.envelope());
    }

    private static List<byte[]> newest(RunningHq hq) {
        try (RawStompClient sender = hq.connect("FL-LAB")) {
            sender.send(follow("/chain/FL-LAB"));
            List<byte[]> manifests = new ArrayList<>();
            StompFrame frame = sender.receive();
            while (frame.command() == StompCommand.MESSAGE) {
                manifests.add(frame.body());
                frame = sender.receive();
            }
            return manifests;
        }
    }

    @Test
    void aHeadOfTheLogReachesThoseWhoFollowAtTheOther() {
        try (RawStompClient follower = other.connect("PA-LAB")) {
            ask(follower, follow("/log/PA-LAB"));
            publish(one, 21, "CA-RC");
            long size = Json.read(Envelope.parse(follower.receive().body()).payload(), TreeHead.class)
                    .log()
                    .size();
            assertThat(size).isPositive();
        }
    }

    @Test
    void aRevocationListInOneHomeReachesTheOther() throws Exception {
        TestNetwork network = one.network();
        network.identity("NY-LAB");
        network.authority().revoke(SiteId.of("NY-LAB"));
        Path list = network.authorityFolder().resolve("ca.crl");
        Path put = one.home().resolve("identity/ca.crl");
        Files.copy(list, put.resolveSibling("part"));
        try (RawStompClient follower = other.connect("FL-LAB")) {
            ask(follower, follow("/revocations"));
            Files.move(put.resolveSibling("part"), put);
            assertThat(follower.receive().body()).isEqualTo(Files.readAllBytes(list));
            assertThat(other.home().resolve("identity/ca.crl")).hasSameBinaryContentAs(list);
        }
    }

    @Test
    void bothTakeUpAChangedTopology() throws Exception {
        String changed = RunningHq.TOPOLOGY.replace("other]", "more]");
        TopologyStore store = new TopologyStore(one.database().dataSource());
        store.add(2, changed.getBytes(StandardCharsets.UTF_8), "anna");

        await().untilAsserted(() -> {
            assertThat(one.home().resolve("topology.yaml")).hasContent(changed);
            assertThat(other.home().resolve("topology.yaml")).hasContent(changed);
            assertThat(one.database()
                            .number("SELECT count(*) FROM hq_node WHERE ended_time IS NULL AND topology_sha256 = '\\x"
                                    + Sha256.of(changed.getBytes(StandardCharsets.UTF_8))
                                            .hex() + "'"))
                    .isEqualTo(2);
        });
    }
}
