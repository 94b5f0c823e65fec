package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The delivery receipt on an ACK, over real TLS. */
class HqReceiptsTest {
    @TempDir
    static Path folder;

    private static RunningHq hq;
    private static SiteIdentity lab;
    private static SiteIdentity centre;
    private static int published;

    private SignedMessage message;
    private RawStompClient client;
    private StompFrame delivery;

    @BeforeAll
    static void start() {
        hq = RunningHq.start(folder, Map.of());
        lab = hq.network().identity("FL-LAB");
        centre = hq.network().identity("CA-RC");
    }

    @AfterAll
    static void stop() {
        hq.close();
    }

    @BeforeEach
    void deliverOne() {
        message = SignedMessage.of(lab, String.format("FL-LAB_DAT_20251008_%03d", ++published), "CA-RC");
        try (RawStompClient sender = hq.connect("FL-LAB")) {
            sender.send(message.frame(1));
            assertThat(sender.receive().header(Headers.STATUS)).isNull();
        }
        client = hq.connect("CA-RC");
        client.send(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.DESTINATION, "/queue/ca_rc_queue")
                .header(Headers.ID, "sub")
                .header(Headers.ACK, "client-individual")
                .build());
        delivery = client.receive();
        assertThat(delivery.command()).isEqualTo(StompCommand.MESSAGE);
    }

    /** Whatever was refused, the delivery stayed in flight and can still be settled. */
    @AfterEach
    void settles() {
        if (acknowledged() < published) {
            assertThat(acknowledge(signed(centre, receipt())).header(Headers.STATUS))
                    .isNull();
        }
        assertThat(acknowledged()).isEqualTo(published);
        client.close();
    }

    private long acknowledged() {
        return hq.database().number("SELECT count(*) FROM delivery WHERE acknowledged_time IS NOT NULL");
    }

    private DeliveryReceipt receipt() {
        return receipt(message.manifest().messageId().value(), "FL-LAB", "CA-RC", manifestSha256(message));
    }

    private static Sha256 manifestSha256(SignedMessage of) {
        return Sha256.of(Json.write(of.manifest()));
    }

    private DeliveryReceipt receipt(String messageId, String sender, String receiver, Sha256 manifest) {
        return DeliveryReceipt.received(
                centre.trust().networkId(),
                MessageId.of(messageId),
                SiteId.of(sender),
                SiteId.of(receiver),
                manifest,
                Sha256.of(new byte[0]),
                Instant.parse("2025-10-08T09:00:01Z"),
                1,
                1);
    }

    private static byte[] signed(SiteIdentity signer, DeliveryReceipt receipt) {
        return SignedMessage.sign(signer, DeliveryReceipt.TYPE, Json.write(receipt));
    }

    private StompFrame acknowledge(byte[] envelope) {
        return acknowledge(Base64.getEncoder().encodeToString(envelope));
    }

    private StompFrame acknowledge(String header) {
        client.send(StompFrame.of(StompCommand.ACK)
                .header(Headers.ID, delivery.header(Headers.ACK))
                .header(Headers.DELIVERY_RECEIPT, header)
                .header(Headers.RECEIPT, "ack")
                .build());
        return client.receive();
    }

    private void assertRefused(String code, byte[] envelope) {
        long before = acknowledged();
        StompFrame answer = acknowledge(envelope);
        assertThat(answer.header(Headers.STATUS)).isEqualTo(Headers.STATUS_REJECTED);
        assertThat(answer.header(Headers.CODE))
                .as(answer.header(Headers.REASON))
                .isEqualTo(code);
        assertThat(acknowledged()).isEqualTo(before);
    }

    @Test
    void keepsAReceiptThatHolds() {
        assertThat(acknowledge(signed(centre, receipt())).header(Headers.STATUS))
                .isNull();
        assertThat(hq.database().number("SELECT count(*) FROM delivery WHERE delivery_receipt IS NOT NULL"))
                .isPositive();
    }

    @Test
    void settlesWithoutAReceiptToo() {
        assertThat(acknowledge((String) null).header(Headers.STATUS)).isNull();
    }

    @Test
    void refusesAnothersSignature() {
        assertRefused("wrong-sender", signed(hq.network().identity("NY-RC"), receipt()));
        assertRefused("bad-signature", signed(lab, receipt()));
    }

    @Test
    void refusesAReceiptThatNamesAnotherReceiver() {
        String id = message.manifest().messageId().value();
        assertRefused("wrong-sender", signed(centre, receipt(id, "FL-LAB", "NY-RC", manifestSha256(message))));
    }

    @Test
    void refusesAReceiptOfAnotherMessageSenderOrManifest() {
        String id = message.manifest().messageId().value();
        Sha256 manifest = manifestSha256(message);
        assertRefused("bad-signature", signed(centre, receipt("FL-LAB_DAT_20251008_999", "FL-LAB", "CA-RC", manifest)));
        assertRefused("bad-signature", signed(centre, receipt(id, "PA-LAB", "CA-RC", manifest)));
        assertRefused("bad-signature", signed(centre, receipt(id, "FL-LAB", "CA-RC", Sha256.of(new byte[1]))));
    }

    @Test
    void refusesAnAlteredReceiptAndAnotherKindOfEnvelope() {
        byte[] altered = signed(centre, receipt());
        String json = new String(altered, java.nio.charset.StandardCharsets.UTF_8);
        assertRefused(
                "bad-signature",
                json.replaceFirst("\"payload\":\"eyJ", "\"payload\":\"eyI")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertRefused("bad-signature", SignedMessage.sign(centre, Manifest.TYPE, Json.write(receipt())));
    }

    @Test
    void refusesAHeaderThatIsNoEnvelope() {
        StompFrame answer = acknowledge("not base64!");
        assertThat(answer.header(Headers.CODE)).isEqualTo("malformed");
    }

    @Test
    void aClientThatDidNotAskForRejectionsIsClosedAndTheDeliveryComesAgain() {
        client.close();
        try (RawStompClient plain = RawStompClient.connect(hq.port(), centre, Map.of())) {
            plain.send(StompFrame.of(StompCommand.SUBSCRIBE)
                    .header(Headers.DESTINATION, "/queue/ca_rc_queue")
                    .header(Headers.ID, "sub")
                    .header(Headers.ACK, "client-individual")
                    .build());
            plain.send(StompFrame.of(StompCommand.ACK)
                    .header(Headers.ID, plain.receive().header(Headers.ACK))
                    .header(
                            Headers.DELIVERY_RECEIPT,
                            Base64.getEncoder()
                                    .encodeToString(signed(hq.network().identity("NY-RC"), receipt())))
                    .build());
            assertThat(plain.receive().header(Headers.CODE)).isEqualTo("wrong-sender");
            assertThat(plain.isClosedByServer()).isTrue();
        }
        client = hq.connect("CA-RC");
        client.send(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.DESTINATION, "/queue/ca_rc_queue")
                .header(Headers.ID, "sub")
                .header(Headers.ACK, "client-individual")
                .build());
        delivery = client.receive();
    }
}
