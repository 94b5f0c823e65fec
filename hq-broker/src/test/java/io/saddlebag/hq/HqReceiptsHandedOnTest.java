package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.verdict.Verdict;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts as senders get them, over real TLS and from a real store. */
class HqReceiptsHandedOnTest {
    @TempDir
    static Path folder;

    private static RunningHq hq;
    private static SiteIdentity lab;
    private static SiteIdentity centre;
    private static int published;

    private RawStompClient sender;
    private RawStompClient receiver;
    private final List<StompFrame> received = new ArrayList<>();
    private RawStompClient judging;

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
    void connect() {
        sender = hq.connect("FL-LAB");
        receiver = hq.connect("CA-RC");
        receiver.send(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.DESTINATION, "/queue/ca_rc_queue")
                .header(Headers.ID, "sub")
                .header(Headers.ACK, "client-individual")
                .build());
    }

    @AfterEach
    void disconnect() {
        sender.close();
        receiver.close();
        if (judging != null) {
            judging.close();
        }
    }

    private SignedMessage publish() {
        SignedMessage message = SignedMessage.of(lab, String.format("FL-LAB_DAT_20251008_%03d", ++published), "CA-RC");
        sender.send(message.frame(1));
        assertThat(sender.receive().header(Headers.STATUS)).isNull();
        return message;
    }

    private byte[] acknowledge(SignedMessage message) {
        byte[] receipt = SignedMessage.sign(
                centre,
                DeliveryReceipt.TYPE,
                Json.write(DeliveryReceipt.received(
                        centre.trust().networkId(),
                        message.manifest().messageId(),
                        lab.site(),
                        centre.site(),
                        Sha256.of(Json.write(message.manifest())),
                        Sha256.of(new byte[0]),
                        Instant.parse("2025-10-08T09:00:01Z"),
                        1,
                        1)));
        settle(StompFrame.of(StompCommand.ACK)
                .header(Headers.DELIVERY_RECEIPT, Base64.getEncoder().encodeToString(receipt)));
        return receipt;
    }

    private void settle(StompFrame.Builder frame) {
        StompFrame delivery = next(StompCommand.MESSAGE);
        receiver.send(frame.header(Headers.ID, delivery.header(Headers.ACK))
                .header(Headers.RECEIPT, "settled")
                .build());
        assertThat(next(StompCommand.RECEIPT).header(Headers.STATUS)).isNull();
    }

    /** The next delivery may come before the word on the one before it. */
    private StompFrame next(StompCommand command) {
        while (received.stream().noneMatch(frame -> frame.command() == command)) {
            received.add(receiver.receive());
        }
        StompFrame found = received.stream()
                .filter(frame -> frame.command() == command)
                .findFirst()
                .orElseThrow();
        received.remove(found);
        return found;
    }

    private StompFrame subscribe(String site) {
        sender.send(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.DESTINATION, Headers.RECEIPTS_PREFIX + site)
                .header(Headers.ID, "receipts-of-" + site)
                .header(Headers.RECEIPT, "subscribed")
                .build());
        return sender.receive();
    }

    private void ask(Object messageIds) {
        byte[] body = Json.write(messageIds);
        sender.send(StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, Headers.RECEIPTS)
                .header(Headers.RECEIPT, "asked")
                .header(Headers.CONTENT_LENGTH, body.length)
                .body(body)
                .build());
    }

    private List<DeliveryOutcome> told() {
        StompFrame frame = sender.receive();
        assertThat(frame.command()).isEqualTo(StompCommand.MESSAGE);
        assertThat(frame.header(Headers.DESTINATION)).isEqualTo("/receipts/FL-LAB");
        assertThat(frame.header(Headers.SUBSCRIPTION)).isEqualTo("receipts-of-FL-LAB");
        return Arrays.asList(Json.read(frame.body(), DeliveryOutcome[].class));
    }

    private static void assertReceipt(DeliveryOutcome outcome, SignedMessage message, byte[] receipt) {
        assertThat(outcome.messageId()).isEqualTo(message.manifest().messageId());
        assertThat(outcome.receiverClientId()).isEqualTo(SiteId.of("CA-RC"));
        assertThat(outcome.state()).isEqualTo(DeliveryOutcome.ACKNOWLEDGED);
        assertThat(outcome.receipt()).isEqualTo(receipt);
    }

    @Test
    void tellsASenderThatListensOnceTheAcknowledgementIsCommittedManyInAFrame() {
        assertThat(subscribe("FL-LAB").header(Headers.STATUS)).isNull();
        SignedMessage first = publish();
        SignedMessage second = publish();
        byte[] receipt = acknowledge(first);
        byte[] other = acknowledge(second);

        List<DeliveryOutcome> told = told();
        if (told.size() == 1) {
            told = List.of(told.get(0), told().get(0));
        }
        assertReceipt(told.get(0), first, receipt);
        assertReceipt(told.get(1), second, other);
    }

    @Test
    void answersASenderThatWasAwayAlsoAfterARestart() {
        SignedMessage message = publish();
        byte[] receipt = acknowledge(message);
        SignedMessage waiting = publish();
        disconnect();
        hq.stop();
        hq.start();
        connect();
        subscribe("FL-LAB");
        ask(List.of(message.manifest().messageId(), waiting.manifest().messageId(), "PA-LAB_DAT_20251008_001"));

        List<DeliveryOutcome> told = told();
        assertReceipt(told.get(0), message, receipt);
        assertThat(told.subList(1, told.size()))
                .containsExactly(DeliveryOutcome.unknown(MessageId.of("PA-LAB_DAT_20251008_001")));
        assertThat(sender.receive().header(Headers.RECEIPT_ID)).isEqualTo("asked");
        acknowledge(waiting);
    }

    @Test
    void tellsWhyADeliveryWasGivenUp() {
        subscribe("FL-LAB");
        SignedMessage message = publish();
        byte[] detail = new byte[ReceiptSecret.SEALED_DETAIL];
        detail[7] = 7;
        settle(StompFrame.of(StompCommand.NACK)
                .header(Headers.REQUEUE, "false")
                .header(Headers.REASON, "bad-name")
                .header(Headers.REFUSAL_DETAIL, Base64.getEncoder().encodeToString(detail)));

        DeliveryOutcome told = told().get(0);
        assertThat(told.messageId()).isEqualTo(message.manifest().messageId());
        assertThat(told.state()).isEqualTo(DeliveryOutcome.DEAD_LETTERED);
        assertThat(told.reason()).isEqualTo("bad-name");
        assertThat(told.detail()).isEqualTo(detail);
        assertThat(told.receipt()).isNull();
        ask(List.of(message.manifest().messageId()));
        assertThat(told()).singleElement().extracting(DeliveryOutcome::detail).isEqualTo(detail);
    }

    @Test
    void tellsNobodyOfAnothersDeliveries() {
        assertThat(subscribe("PA-LAB").header(Headers.CODE)).isEqualTo("not-permitted");
        SignedMessage message = publish();
        acknowledge(message);
        try (RawStompClient other = hq.connect("PA-LAB")) {
            RawStompClient own = sender;
            sender = other;
            subscribe("PA-LAB");
            ask(List.of(message.manifest().messageId()));
            assertThat(Json.read(sender.receive().body(), DeliveryOutcome[].class))
                    .containsExactly(DeliveryOutcome.unknown(message.manifest().messageId()));
            assertThat(sender.receive().header(Headers.RECEIPT_ID)).isEqualTo("asked");
            sender = own;
        }
    }

    @Test
    void refusesAQuestionWithoutASubscriptionOrOfOtherThings() {
        ask(List.of("FL-LAB_DAT_20251008_001"));
        assertThat(sender.receive().header(Headers.CODE)).isEqualTo("not-permitted");
        subscribe("FL-LAB");
        assertThat(subscribe("FL-LAB").header(Headers.CODE)).isEqualTo("malformed");
        ask(Map.of("message", "x"));
        assertThat(sender.receive().header(Headers.CODE)).isEqualTo("malformed");
        ask(Collections.nCopies(300, "FL-LAB_DAT_20251008_001"));
        assertThat(sender.receive().header(Headers.CODE)).isEqualTo("too-large");
    }

    private byte[] verdict(SignedMessage message, String kind, String code, Sha256 manifest) {
        return SignedMessage.sign(
                centre,
                Verdict.TYPE,
                Json.write(new Verdict(
                        kind,
                        centre.trust().networkId(),
                        message.manifest().messageId(),
                        lab.site(),
                        centre.site(),
                        manifest,
                        Sha256.of(new byte[0]),
                        Instant.parse("2025-10-08T10:00:00Z"),
                        code,
                        null)));
    }

    private StompFrame judge(RawStompClient client, byte[] verdict) {
        client.send(StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, Headers.VERDICTS)
                .header(Headers.RECEIPT, "judged")
                .header(Headers.CONTENT_LENGTH, verdict.length)
                .body(verdict)
                .build());
        return client.receive();
    }

    private void follow(String verdicts) {
        sender.send(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.DESTINATION, Headers.RECEIPTS_PREFIX + "FL-LAB")
                .header(Headers.ID, "receipts")
                .header(Headers.VERDICTS_WANTED, verdicts)
                .header(Headers.RECEIPT, "subscribed")
                .build());
        assertThat(sender.receive().command()).isEqualTo(StompCommand.RECEIPT);
    }

    private void take(Sha256... digests) {
        byte[] body = Json.write(digests);
        sender.send(StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, Headers.VERDICTS_NEXT)
                .header(Headers.RECEIPT, "taken")
                .header(Headers.CONTENT_LENGTH, body.length)
                .body(body)
                .build());
        assertThat(sender.receive().header(Headers.STATUS)).isNull();
    }

    @Test
    void handsAVerdictOnUntilItsSenderHasIt() {
        SignedMessage message = publish();
        Sha256 manifest = Sha256.of(Json.write(message.manifest()));
        byte[] verdict = verdict(message, "rejected", "bad-columns", manifest);
        assertThat(judge(receiver(), verdict).header(Headers.CODE)).isEqualTo("not-permitted");
        byte[] receipt = acknowledge(message);
        assertThat(judge(receiver(), verdict(message, "rejected", null, Sha256.of(new byte[1])))
                        .header(Headers.CODE))
                .isEqualTo("bad-digest");
        try (RawStompClient other = hq.connect("NY-RC")) {
            assertThat(judge(other, verdict).header(Headers.CODE)).isEqualTo("wrong-sender");
        }

        assertThat(judge(receiver(), verdict).header(Headers.STATUS)).isNull();
        assertThat(judge(receiver(), verdict).header(Headers.STATUS))
                .as("a repeat")
                .isNull();
        StompFrame second = judge(receiver(), verdict(message, "accepted", null, manifest));
        assertThat(second.header(Headers.CODE)).isEqualTo("conflict");
        assertThat(second.header(Headers.REASON)).contains("says accepted after one that says rejected (bad-columns)");

        follow(null);
        sender.close();
        sender = hq.connect("FL-LAB");
        follow("true");
        DeliveryOutcome told = Json.read(sender.receive().body(), DeliveryOutcome[].class)[0];
        assertThat(told.messageId()).isEqualTo(message.manifest().messageId());
        assertThat(told.state()).isEqualTo(DeliveryOutcome.ACKNOWLEDGED);
        assertThat(told.receipt()).isEqualTo(receipt);
        assertThat(told.verdict()).isEqualTo(verdict);

        Sha256 digest = Sha256.of(Envelope.parse(verdict).payload());
        take(digest);
        assertThat(hq.database().number("SELECT count(*) FROM verdict WHERE taken_time IS NULL"))
                .isZero();

        SignedMessage next = publish();
        acknowledge(next);
        DeliveryOutcome received = Json.read(sender.receive().body(), DeliveryOutcome[].class)[0];
        assertThat(received.verdict()).isNull();
        byte[] accepted = verdict(next, "accepted", null, Sha256.of(Json.write(next.manifest())));
        assertThat(judge(receiver(), accepted).header(Headers.STATUS)).isNull();
        assertThat(Json.read(sender.receive().body(), DeliveryOutcome[].class)[0].verdict())
                .isEqualTo(accepted);
        take(Sha256.of(Envelope.parse(accepted).payload()));
    }

    /** A connection of the receiver without deliveries. */
    private RawStompClient receiver() {
        if (judging == null) {
            judging = hq.connect("CA-RC");
        }
        return judging;
    }
}
