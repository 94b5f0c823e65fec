package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Manifest;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that headquarters must refuse, each over real TLS; and that none of it touches the store. */
class HqRefusalsTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";

    @TempDir
    static Path folder;

    private static RunningHq hq;
    private static SiteIdentity lab;

    private RawStompClient client;

    @BeforeAll
    static void start() {
        hq = RunningHq.start(folder, Map.of());
        lab = hq.network().identity("FL-LAB");
    }

    @AfterAll
    static void stop() {
        hq.close();
    }

    @BeforeEach
    void connect() {
        client = hq.connect("FL-LAB");
    }

    @AfterEach
    void nothingWasStored() {
        client.close();
        assertThat(hq.database().number("SELECT count(*) FROM message")).isZero();
    }

    private void assertRefused(String code, StompFrame frame) {
        client.send(frame);
        StompFrame answer = client.receive();
        assertThat(answer.command()).as("%s", answer.headers()).isEqualTo(StompCommand.RECEIPT);
        assertThat(answer.header(Headers.STATUS)).isEqualTo("rejected");
        assertThat(answer.header(Headers.CODE)).isEqualTo(code);
        assertThat(answer.header(Headers.RECEIPT_ID)).isEqualTo(frame.header(Headers.RECEIPT));
        assertThat(answer.header(Headers.REASON)).contains("xpected");
    }

    private static SignedMessage message(String... recipients) {
        return SignedMessage.of(lab, ID, recipients);
    }

    @Test
    void refusesAPublishUnderAnotherSitesName() {
        SignedMessage other = SignedMessage.of(hq.network().identity("PA-LAB"), "PA-LAB_DAT_20251008_001", "CA-RC");
        assertRefused("wrong-sender", other.frame(1));
    }

    @Test
    void refusesASenderIdOfAnotherSite() {
        SignedMessage message = message("CA-RC");
        assertRefused(
                "wrong-sender",
                message.headers(message.part(1).header(Headers.SENDER_ID, "PA-LAB"))
                        .build());
    }

    @Test
    void refusesAManifestThatAnotherSiteSigned() {
        byte[] forged = SignedMessage.sign(
                hq.network().identity("PA-LAB"),
                Manifest.TYPE,
                Json.write(message("CA-RC").manifest()));
        SignedMessage message = message("CA-RC");
        assertRefused(
                "wrong-sender",
                message.headers(message.part(1, forged, message.body())).build());
    }

    @Test
    void refusesAForgedManifest() {
        SignedMessage message = message("CA-RC");
        String json = new String(message.envelope(), StandardCharsets.UTF_8);
        byte[] forged =
                json.replaceFirst("\"payload\":\"eyJ", "\"payload\":\"eyI").getBytes(StandardCharsets.UTF_8);
        assertThat(forged).isNotEqualTo(message.envelope());
        assertRefused(
                "bad-signature",
                message.headers(message.part(1, forged, message.body())).build());
    }

    @Test
    void refusesAManifestOfAnotherNetwork(@TempDir Path elsewhere) {
        SiteIdentity stranger = TestNetwork.create(elsewhere).identity("FL-LAB");
        SignedMessage message = SignedMessage.of(stranger, ID, "CA-RC");
        assertRefused("bad-signature", message.frame(1));
    }

    @Test
    void refusesAnotherBodyAndOneWithOneBitFlippedOrCutShort() {
        SignedMessage message = message("CA-RC");
        byte[] flipped = message.body().clone();
        flipped[100] ^= 1;
        assertRefused(
                "bad-digest",
                message.headers(message.part(1, message.envelope(), flipped)).build());
        byte[] anothers =
                SignedMessage.of(lab, "FL-LAB_DAT_20251008_002", "CA-RC").body();
        assertRefused(
                "bad-digest",
                message.headers(message.part(1, message.envelope(), anothers)).build());
        byte[] cut = Arrays.copyOf(message.body(), 499);
        assertRefused(
                "bad-digest",
                message.headers(message.part(1, message.envelope(), cut)).build());
    }

    @Test
    void refusesAnUnknownExchangeRoutingKeyAndDestination() {
        SignedMessage message = message("CA-RC");
        assertRefused(
                "unknown-destination",
                message.headers(StompFrame.of(StompCommand.SEND)
                                .header(Headers.DESTINATION, "/exchange/none")
                                .header(Headers.MANIFEST_LENGTH, message.envelope().length)
                                .header(Headers.RECEIPT, "r")
                                .body(message.envelope()))
                        .build());
        assertRefused("unknown-destination", SignedMessage.of(lab, ID, "TX-RC").frame(1));
        assertRefused(
                "unknown-destination",
                StompFrame.of(StompCommand.SEND)
                        .header(Headers.DESTINATION, "/queue/ca_rc_queue")
                        .header(Headers.RECEIPT, "r")
                        .build());
    }

    @Test
    void refusesAnExchangeThatTheSiteMayNotPublishTo() {
        SignedMessage message = message("CA-RC");
        assertRefused(
                "not-permitted",
                message.headers(StompFrame.of(StompCommand.SEND)
                                .header(Headers.DESTINATION, "/exchange/other")
                                .header(Headers.MANIFEST_LENGTH, message.envelope().length)
                                .header(Headers.RECEIPT, "r")
                                .body(message.envelope()))
                        .build());
    }

    @Test
    void refusesHeadersThatSayOtherThanTheManifest() {
        SignedMessage message = message("CA-RC");
        assertRefused(
                "routing-mismatch",
                message.headers(message.part(1).header(Headers.ROUTING_KEY, "ny_rc"))
                        .build());
        assertRefused(
                "routing-mismatch",
                message.headers(message.part(1).header(Headers.RECEIVER_CLIENT_ID, "CA-RC,NY-RC"))
                        .build());
        assertRefused(
                "malformed",
                message.headers(message.part(1).header(Headers.MESSAGE_ID, "FL-LAB_DAT_20251008_002"))
                        .build());
        assertRefused(
                "malformed",
                message.headers(message.part(1).header(Headers.SENT_TIMESTAMP, "2025-10-08T09:00:01Z"))
                        .build());
    }

    @Test
    void refusesAMessageWhoseTimeIsOver() {
        SignedMessage message = SignedMessage.of(lab, ID, 500, Instant.parse("2025-10-09T00:00:00Z"), "CA-RC");
        assertRefused("expired", message.frame(1));
    }

    @Test
    void namesBothClocksToASenderWhoseMessageHasExpired() {
        Instant labs = Instant.now().minus(Duration.ofMinutes(90));
        SignedMessage message = SignedMessage.of(lab, ID, 500, labs.plus(Duration.ofHours(1)), "CA-RC");
        try (RawStompClient slow = RawStompClient.connect(
                hq.port(), lab, Map.of(Headers.REJECTIONS, "receipt", Headers.TIME, labs.toString()))) {
            slow.send(message.frame(1));

            String reason = slow.receive().header(Headers.REASON);

            assertThat(reason)
                    .contains("expired, found " + ID)
                    .contains("its sender's clock said " + message.manifest().sentTimestamp() + " when it was taken")
                    .containsPattern("headquarters' says 20\\d\\d-")
                    .containsPattern("the sender's is (89|90) min \\d+ s behind it. Correct the clock that is wrong");
        }
    }

    @Test
    void refusesHeadersThatAreMissingOrMalformed() {
        SignedMessage message = message("CA-RC");
        assertRefused(
                "malformed",
                message.part(1).header(Headers.ROUTING_KEY, "ca_rc").build());
        assertRefused(
                "malformed", message.part(1).header(Headers.MESSAGE_ID, ID).build());
        assertRefused(
                "malformed",
                message.headers(StompFrame.of(StompCommand.SEND)
                                .header(Headers.DESTINATION, "/exchange/labs")
                                .header(Headers.PART, "2/1")
                                .header(Headers.RECEIPT, "r"))
                        .build());
        assertRefused(
                "malformed",
                message.headers(StompFrame.of(StompCommand.SEND)
                                .header(Headers.DESTINATION, "/exchange/labs")
                                .header(Headers.MANIFEST_LENGTH, "9999")
                                .header(Headers.RECEIPT, "r"))
                        .build());
    }

    @Test
    void refusesAPartWhosePartOneNeverCame() {
        SignedMessage large = SignedMessage.of(lab, ID, Manifest.PART_SIZE + 1, null, "CA-RC");
        assertRefused("upload-lost", large.frame(2));
    }

    @Test
    void refusesAnOversizeFrameAndCloses() {
        client.send(StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, "/exchange/labs")
                .header(Headers.CONTENT_LENGTH, 100 << 20)
                .body(new byte[100])
                .build());
        StompFrame answer = client.receive();
        assertThat(answer.command()).isEqualTo(StompCommand.ERROR);
        assertThat(answer.header(Headers.CODE)).isEqualTo("too-large");
        assertThat(client.isClosedByServer()).isTrue();
    }

    @Test
    void refusesTransactions() {
        assertRefused(
                "not-permitted",
                StompFrame.of(StompCommand.BEGIN)
                        .header(Headers.TRANSACTION, "t")
                        .header(Headers.RECEIPT, "r")
                        .build());
    }

    @Test
    void aCentreCannotConsumeOrAcknowledgeAnothersQueue() {
        client.close();
        client = hq.connect("CA-RC");
        assertRefused("not-permitted", subscribe("ny_rc_queue"));
        assertRefused("unknown-destination", subscribe("none_queue"));
        assertRefused(
                "not-permitted",
                StompFrame.of(StompCommand.ACK)
                        .header(Headers.ID, "1-1-1")
                        .header(Headers.RECEIPT, "a")
                        .build());
    }

    @Test
    void aLabCannotConsume() {
        assertRefused("not-permitted", subscribe("ca_rc_queue"));
    }

    @Test
    void aSubscriptionMustAcknowledgeEachDelivery() {
        client.close();
        client = hq.connect("CA-RC");
        assertRefused(
                "malformed",
                StompFrame.of(StompCommand.SUBSCRIBE)
                        .header(Headers.DESTINATION, "/queue/ca_rc_queue")
                        .header(Headers.ID, "1")
                        .header(Headers.RECEIPT, "r")
                        .build());
    }

    @Test
    void refusesASwappedKeyBundle() {
        SiteIdentity centre = hq.network().identity("CA-RC");
        byte[] ofCentre = bundle(centre, "CA-RC");
        assertRefused("not-permitted", keys(ofCentre));
        client.close();
        client = hq.connect("NY-RC");
        assertRefused("wrong-sender", keys(ofCentre));
        assertRefused("wrong-sender", keys(bundle(hq.network().identity("NY-RC"), "CA-RC")));
        assertThat(hq.database().number("SELECT count(*) FROM key_bundle")).isZero();
    }

    @Test
    void aSiteOutsideTheTopologyIsTurnedAway() {
        client.close();
        client = hq.connect("TX-LAB");
        assertRefused("not-permitted", subscribe("ca_rc_queue"));
    }

    @Test
    void aClientThatDidNotAskForRejectionsGetsAnErrorAndIsClosed() {
        client.close();
        client = RawStompClient.connect(hq.port(), lab, Map.of());
        SignedMessage other = SignedMessage.of(hq.network().identity("PA-LAB"), "PA-LAB_DAT_20251008_001", "CA-RC");
        client.send(other.frame(1));
        StompFrame answer = client.receive();
        assertThat(answer.command()).isEqualTo(StompCommand.ERROR);
        assertThat(answer.header(Headers.CODE)).isEqualTo("wrong-sender");
        assertThat(client.isClosedByServer()).isTrue();
    }

    @Test
    void aClientThatDoesNotReadItsRefusalsIsNotReadEither() throws Exception {
        int all = 5_000;
        StompFrame refused = StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, "/nowhere")
                .header(Headers.RECEIPT, "r".repeat(20_000))
                .build();
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger seen = new AtomicInteger(-1);
        AtomicBoolean enough = new AtomicBoolean();
        try (RawStompClient deaf = hq.connect("FL-LAB")) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                while (sent.get() < all && !enough.get()) {
                    deaf.send(refused);
                    sent.incrementAndGet();
                }
            });
            await().pollInterval(Duration.ofSeconds(1)).until(() -> seen.getAndSet(sent.get()) == sent.get());
            enough.set(true);
            assertRefused(
                    "unknown-destination", SignedMessage.of(lab, ID, "TX-RC").frame(1));
            int stuckAt = sent.get();
            for (int answer = 0; answer < stuckAt; answer++) {
                assertThat(deaf.receive().header(Headers.CODE)).isEqualTo("unknown-destination");
            }
            sending.get(1, TimeUnit.MINUTES);
            assertThat(stuckAt).isPositive().isLessThan(all);
        }
    }

    private static StompFrame subscribe(String queue) {
        return StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.DESTINATION, "/queue/" + queue)
                .header(Headers.ID, "1")
                .header(Headers.ACK, "client-individual")
                .header(Headers.RECEIPT, "s")
                .build();
    }

    private static byte[] bundle(SiteIdentity signer, String site) {
        KeyBundle bundle = SignedMessage.keyBundle(signer.trust().networkId(), site, 1);
        return SignedMessage.sign(signer, KeyBundle.TYPE, Json.write(bundle));
    }

    private static StompFrame keys(byte[] envelope) {
        return StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, "/keys")
                .header(Headers.RECEIPT, "k")
                .body(envelope)
                .build();
    }
}
