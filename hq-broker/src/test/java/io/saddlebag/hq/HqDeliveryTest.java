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
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A message from its publish to its end: confirm, store, delivery, settlement; over real TLS and PostgreSQL. */
class HqDeliveryTest {
    @TempDir
    Path folder;

    private RunningHq hq;
    private SiteIdentity lab;

    @BeforeEach
    void start() {
        hq = RunningHq.start(folder, Map.of());
        lab = hq.network().identity("FL-LAB");
    }

    @AfterEach
    void stop() {
        hq.close();
    }

    private static String id(int number) {
        return String.format("FL-LAB_DAT_20251008_%03d", number);
    }

    private static StompFrame confirmed(RawStompClient client, StompFrame frame) {
        client.send(frame);
        StompFrame receipt = client.receive();
        assertThat(receipt.command()).as("%s", receipt.headers()).isEqualTo(StompCommand.RECEIPT);
        assertThat(receipt.header(Headers.STATUS)).as("%s", receipt.headers()).isNull();
        assertThat(receipt.header(Headers.RECEIPT_ID)).isEqualTo(frame.header(Headers.RECEIPT));
        return receipt;
    }

    private SignedMessage publish(int number, String... recipients) {
        SignedMessage message = SignedMessage.of(lab, id(number), recipients);
        try (RawStompClient client = hq.connect("FL-LAB")) {
            confirmed(client, message.frame(1));
        }
        return message;
    }

    private RawStompClient subscribed(String site, int prefetch) {
        return subscribed(site, prefetch, null);
    }

    private RawStompClient subscribed(String site, int prefetch, String resume) {
        RawStompClient client = hq.connect(site);
        client.send(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(
                        Headers.DESTINATION,
                        "/queue/" + site.toLowerCase(Locale.ROOT).replace('-', '_') + "_queue")
                .header(Headers.ID, "sub")
                .header(Headers.ACK, "client-individual")
                .header(Headers.PREFETCH_COUNT, prefetch)
                .header(Headers.RESUME, resume)
                .build());
        return client;
    }

    private static StompFrame message(RawStompClient client) {
        StompFrame frame = client.receive();
        assertThat(frame.command()).as("%s", frame.headers()).isEqualTo(StompCommand.MESSAGE);
        return frame;
    }

    private static StompFrame ack(StompFrame message) {
        return StompFrame.of(StompCommand.ACK)
                .header(Headers.ID, message.header(Headers.ACK))
                .header(Headers.RECEIPT, "ack-" + message.header(Headers.ACK))
                .build();
    }

    private long acknowledged() {
        return hq.database().number("SELECT count(*) FROM delivery WHERE acknowledged_time IS NOT NULL");
    }

    @Test
    void deliversTheVeryBytesToEveryRecipientAndToNobodyElse() {
        SignedMessage message = SignedMessage.of(lab, id(1), "CA-RC", "NY-RC");
        try (RawStompClient client = hq.connect("FL-LAB")) {
            StompFrame.Builder withHeadersOfCamel = message.part(1);
            List.of("CamelFileName", "CamelSqlQuery", "CamelHttpUri", "CamelRedeliveryDelay", "CamelSignatureKey")
                    .forEach(name -> withHeadersOfCamel.header(name, "../../x"));
            confirmed(client, message.headers(withHeadersOfCamel).build());
        }
        for (String site : List.of("CA-RC", "NY-RC")) {
            try (RawStompClient centre = subscribed(site, 5)) {
                StompFrame frame = message(centre);
                int split = Integer.parseInt(frame.header(Headers.MANIFEST_LENGTH));
                assertThat(Arrays.copyOf(frame.body(), split)).isEqualTo(message.envelope());
                assertThat(Arrays.copyOfRange(frame.body(), split, frame.body().length))
                        .isEqualTo(message.body());
                assertThat(frame.headers().keySet()).noneMatch(name -> name.startsWith("Camel"));
                assertThat(frame.headers())
                        .containsEntry(Headers.SUBSCRIPTION, "sub")
                        .containsEntry(Headers.MESSAGE_ID, id(1))
                        .containsEntry(Headers.SENDER_ID, "FL-LAB")
                        .containsEntry(Headers.RECEIVER_CLIENT_ID, site)
                        .containsEntry(Headers.PART, "1/1")
                        .containsEntry(Headers.SENT_TIMESTAMP, "2025-10-08T09:00:00Z");
                confirmed(centre, ack(frame));
            }
        }
        assertThat(acknowledged()).isEqualTo(2);
        assertThat(hq.database().number("SELECT count(*) FROM message")).isEqualTo(1);
    }

    @Test
    void confirmsARepeatAgainDeliversItOnceAndRefusesAnotherManifestUnderItsName() {
        SignedMessage message = publish(1, "CA-RC");
        try (RawStompClient client = hq.connect("FL-LAB");
                RawStompClient centre = subscribed("CA-RC", 5)) {
            confirmed(client, message.frame(1));
            client.send(SignedMessage.of(lab, id(1), 501, null, "CA-RC").frame(1));
            assertThat(client.receive().header(Headers.CODE)).isEqualTo("conflict");
            confirmed(centre, ack(message(centre)));
            confirmed(client, message.frame(1));
            confirmed(client, SignedMessage.of(lab, id(2), "CA-RC").frame(1));
            assertThat(message(centre).header(Headers.MESSAGE_ID)).isEqualTo(id(2));
        }
    }

    @Test
    void aCentreThatComesLateGetsItsBacklogInOrderWithinItsWindow() {
        try (RawStompClient client = hq.connect("FL-LAB")) {
            for (int number = 1; number <= 50; number++) {
                client.send(SignedMessage.of(lab, id(number), "CA-RC").frame(1));
            }
            for (int number = 1; number <= 50; number++) {
                assertThat(client.receive().command()).isEqualTo(StompCommand.RECEIPT);
            }
        }
        try (RawStompClient centre = subscribed("CA-RC", 1)) {
            for (int number = 1; number <= 50; number++) {
                StompFrame frame = message(centre);
                assertThat(frame.header(Headers.MESSAGE_ID)).isEqualTo(id(number));
                centre.send(StompFrame.of(StompCommand.ACK)
                        .header(Headers.ID, frame.header(Headers.ACK))
                        .build());
            }
            await().untilAsserted(() -> assertThat(acknowledged()).isEqualTo(50));
        }
    }

    @Test
    void aBrokenConnectionGivesItsDeliveriesBackAtOnce() {
        publish(1, "CA-RC");
        RawStompClient broken = subscribed("CA-RC", 5);
        assertThat(message(broken).header("attempt")).isEqualTo("1");
        try (RawStompClient centre = subscribed("CA-RC", 5)) {
            broken.close();
            StompFrame again = message(centre);
            assertThat(again.header("attempt")).isEqualTo("2");
            confirmed(centre, ack(again));
        }
    }

    @Test
    void aCentreCannotAcknowledgeWhatAnotherConnectionHasInFlight() {
        publish(1, "CA-RC");
        try (RawStompClient holder = subscribed("CA-RC", 5);
                RawStompClient other = hq.connect("NY-RC")) {
            StompFrame frame = message(holder);
            other.send(ack(frame));
            assertThat(other.receive().header(Headers.CODE)).isEqualTo("not-permitted");
            assertThat(acknowledged()).isZero();
            confirmed(holder, ack(frame));
        }
    }

    @Test
    void aRejectedDeliveryComesAgainAndOneRejectedForGoodIsADeadLetter() {
        publish(1, "CA-RC");
        try (RawStompClient centre = subscribed("CA-RC", 5)) {
            StompFrame first = message(centre);
            confirmed(centre, nack(first, "true", "disk full"));
            StompFrame second = message(centre);
            assertThat(second.header("attempt")).isEqualTo("2");
            confirmed(centre, nack(second, "false", "bad-seal: altered"));
        }
        assertThat(hq.database()
                        .number("SELECT count(*) FROM delivery WHERE dead_lettered_time IS NOT NULL"
                                + " AND reason = 'bad-seal: altered'"))
                .isEqualTo(1);
    }

    private static StompFrame nack(StompFrame message, String requeue, String reason) {
        return StompFrame.of(StompCommand.NACK)
                .header(Headers.ID, message.header(Headers.ACK))
                .header(Headers.REQUEUE, requeue)
                .header(Headers.REASON, reason)
                .header(Headers.RECEIPT, "nack")
                .build();
    }

    @Test
    void aManifestAloneAsksWhereToGoOn() {
        SignedMessage large = SignedMessage.of(lab, id(1), 2 * Manifest.PART_SIZE + 77, null, "CA-RC");
        StompFrame question =
                large.headers(large.part(1, large.envelope(), new byte[0])).build();
        try (RawStompClient client = hq.connect("FL-LAB")) {
            assertThat(confirmed(client, question).header("next-part")).isEqualTo("1");
            assertThat(confirmed(client, large.frame(1)).header("next-part")).isEqualTo("2");
            assertThat(confirmed(client, large.frame(2)).header("next-part")).isEqualTo("3");
        }
        try (RawStompClient client = hq.connect("FL-LAB")) {
            assertThat(confirmed(client, question).header("next-part")).isEqualTo("3");
            assertThat(confirmed(client, large.frame(3)).header("next-part")).isEqualTo("4");
            assertThat(confirmed(client, question).header("next-part")).isEqualTo("4");
        }
        try (RawStompClient centre = subscribed("CA-RC", 5)) {
            assertThat(message(centre).header(Headers.PART)).isEqualTo("1/3");
        }
    }

    @Test
    void aLargeMessageTravelsInPartsAndGoesOnWhereItBrokeOff() {
        SignedMessage large = SignedMessage.of(lab, id(1), 2 * Manifest.PART_SIZE + 77, null, "CA-RC");
        try (RawStompClient client = hq.connect("FL-LAB")) {
            assertThat(confirmed(client, large.frame(1)).header("next-part")).isEqualTo("2");
            assertThat(confirmed(client, large.frame(2)).header("next-part")).isEqualTo("3");
        }
        try (RawStompClient client = hq.connect("FL-LAB")) {
            assertThat(confirmed(client, large.frame(1)).header("next-part")).isEqualTo("3");
            assertThat(confirmed(client, large.frame(3)).header("next-part")).isEqualTo("4");
            assertThat(confirmed(client, large.frame(1)).header("next-part")).isEqualTo("4");
        }
        try (RawStompClient centre = subscribed("CA-RC", 5)) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            StompFrame frame = message(centre);
            int split = Integer.parseInt(frame.header(Headers.MANIFEST_LENGTH));
            body.write(frame.body(), split, frame.body().length - split);
            for (int part = 2; part <= 3; part++) {
                frame = message(centre);
                assertThat(frame.header(Headers.PART)).isEqualTo(part + "/3");
                body.writeBytes(frame.body());
            }
            assertThat(body.toByteArray()).isEqualTo(large.body());
            confirmed(centre, ack(frame));
        }
    }

    @Test
    void aDeliveryThatBrokeOffGoesOnAtThePartThatTheCentreLacks() {
        SignedMessage large = SignedMessage.of(lab, id(1), 2 * Manifest.PART_SIZE + 77, null, "CA-RC");
        try (RawStompClient client = hq.connect("FL-LAB")) {
            for (int part = 1; part <= 3; part++) {
                confirmed(client, large.frame(part));
            }
        }
        try (RawStompClient centre = subscribed("CA-RC", 5)) {
            assertThat(message(centre).header(Headers.PART)).isEqualTo("1/3");
            assertThat(message(centre).header(Headers.PART)).isEqualTo("2/3");
        }
        try (RawStompClient centre = subscribed("CA-RC", 5, id(1) + "=3," + id(2) + "=7")) {
            StompFrame last = message(centre);
            assertThat(last.header(Headers.PART)).isEqualTo("3/3");
            int split = Integer.parseInt(last.header(Headers.MANIFEST_LENGTH));
            assertThat(Arrays.copyOf(last.body(), split)).isEqualTo(large.envelope());
            assertThat(Arrays.copyOfRange(last.body(), split, last.body().length))
                    .isEqualTo(Arrays.copyOfRange(large.body(), 2 * Manifest.PART_SIZE, large.body().length));
            confirmed(centre, ack(last));
        }
        assertThat(acknowledged()).isEqualTo(1);
    }

    /** As of a centre with a link to each node. */
    @Test
    void aDeliveryThatBrokeOffGoesOnOverAnotherConnectionThatIsOpen() {
        SignedMessage large = SignedMessage.of(lab, id(1), 2 * Manifest.PART_SIZE + 77, null, "CA-RC");
        try (RawStompClient client = hq.connect("FL-LAB")) {
            for (int part = 1; part <= 3; part++) {
                confirmed(client, large.frame(part));
            }
        }
        RawStompClient first = subscribed("CA-RC", 5);
        assertThat(message(first).header(Headers.PART)).isEqualTo("1/3");
        try (RawStompClient second = subscribed("CA-RC", 5)) {
            confirmed(
                    second,
                    StompFrame.of(StompCommand.SEND)
                            .header(Headers.DESTINATION, Headers.RESUMES)
                            .header(Headers.SUBSCRIPTION, "sub")
                            .header(Headers.RESUME, id(1) + "=3")
                            .header(Headers.RECEIPT, "resume")
                            .build());

            first.close();

            StompFrame last = message(second);
            assertThat(last.header(Headers.PART)).isEqualTo("3/3");
            assertThat(last.header(Headers.MANIFEST_LENGTH)).isNotNull();
            confirmed(second, ack(last));
        }
        assertThat(acknowledged()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x=1", "FL-LAB_DAT_20251008_001", "FL-LAB_DAT_20251008_001=0", "SIX"})
    void refusesToResumeWhatItCannotMean(String header) {
        String value = header.equals("SIX")
                ? IntStream.rangeClosed(1, 6)
                        .mapToObj(number -> id(number) + "=2")
                        .collect(Collectors.joining(","))
                : header;
        try (RawStompClient centre = subscribed("CA-RC", 5, value)) {
            StompFrame error = centre.receive();
            assertThat(error.header(Headers.CODE)).isEqualTo("malformed");
            assertThat(new String(error.body(), StandardCharsets.UTF_8))
                    .contains("Expected in the header resume at most prefetch-count (5)");
        }
    }

    @Test
    void aLargeMessageWithOneBitFlippedIsRefusedAndMayBeSentAnew() {
        SignedMessage large = SignedMessage.of(lab, id(1), Manifest.PART_SIZE + 77, null, "CA-RC");
        byte[] flipped = large.body().clone();
        flipped[5] ^= 1;
        try (RawStompClient client = hq.connect("FL-LAB")) {
            confirmed(
                    client,
                    large.headers(large.part(1, large.envelope(), flipped)).build());
            client.send(large.headers(large.part(2, large.envelope(), flipped)).build());
            assertThat(client.receive().header(Headers.CODE)).isEqualTo("bad-digest");
            assertThat(confirmed(client, large.frame(1)).header("next-part")).isEqualTo("2");
            confirmed(client, large.frame(2));
        }
        assertThat(hq.database().number("SELECT count(*) FROM message")).isEqualTo(1);
    }

    @Test
    void whatWaitedIsDeliveredAfterARestart() {
        publish(1, "CA-RC", "NY-RC");
        try (RawStompClient centre = subscribed("NY-RC", 5)) {
            confirmed(centre, ack(message(centre)));
        }
        hq.stop();
        hq.start();
        try (RawStompClient centre = subscribed("CA-RC", 5)) {
            confirmed(centre, ack(message(centre)));
        }
        assertThat(acknowledged()).isEqualTo(2);
    }

    @Test
    void handsOutKeyBundlesAtOnceAndWhenTheyChange() {
        SiteIdentity centre = hq.network().identity("CA-RC");
        try (RawStompClient owner = hq.connect("CA-RC");
                RawStompClient early = hq.connect("FL-LAB")) {
            early.send(follow("CA-RC"));
            byte[] first = bundle(centre, 1);
            confirmed(owner, keys(first));
            assertThat(message(early).body()).isEqualTo(first);
            confirmed(owner, keys(first));
            byte[] second = bundle(centre, 2);
            confirmed(owner, keys(second));
            StompFrame changed = message(early);
            assertThat(changed.body()).isEqualTo(second);
            assertThat(changed.headers())
                    .containsEntry("site_id", "CA-RC")
                    .containsEntry("key-version", "2")
                    .containsEntry(Headers.DESTINATION, "/keys/CA-RC");
            owner.send(keys(first));
            assertThat(owner.receive().header(Headers.CODE)).isEqualTo("rollback");
        }
        hq.stop();
        hq.start();
        try (RawStompClient late = hq.connect("FL-LAB")) {
            late.send(follow("CA-RC"));
            assertThat(message(late).header("key-version")).isEqualTo("2");
        }
    }

    private static StompFrame follow(String site) {
        return StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.DESTINATION, "/keys/" + site)
                .header(Headers.ID, "keys-" + site)
                .build();
    }

    private static StompFrame keys(byte[] envelope) {
        return StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, "/keys")
                .header(Headers.RECEIPT, "k")
                .body(envelope)
                .build();
    }

    private static byte[] bundle(SiteIdentity signer, long version) {
        KeyBundle bundle = SignedMessage.keyBundle(signer.trust().networkId(), "CA-RC", version);
        return SignedMessage.sign(signer, KeyBundle.TYPE, Json.write(bundle));
    }

    @Test
    void takesUpAChangedTopologyWithoutARestart() throws Exception {
        try (RawStompClient client = hq.connect("IL-LAB")) {
            client.send(follow("CA-RC"));
            assertThat(client.receive().command()).isIn(StompCommand.RECEIPT, StompCommand.ERROR);
        }
        Files.writeString(
                hq.home().resolve("topology.yaml"), "  - {id: IL-LAB, publish: [labs]}\n", StandardOpenOption.APPEND);
        SiteIdentity newcomer = hq.network().identity("IL-LAB");
        SignedMessage message = SignedMessage.of(newcomer, "IL-LAB_RPT_20251008_175", "CA-RC");
        await().untilAsserted(() -> {
            try (RawStompClient client = hq.connect("IL-LAB")) {
                client.send(message.frame(1));
                assertThat(client.receive().header(Headers.STATUS)).isNull();
            }
        });
    }

    @Test
    void confirmsNothingWhileTheDatabaseIsAwayAndGoesOnWhenItIsBack() {
        SignedMessage message = SignedMessage.of(lab, id(1), "CA-RC");
        hq.database().shut();
        try (RawStompClient client = hq.connect("FL-LAB")) {
            client.send(message.frame(1));
            StompFrame answer = client.receive();
            assertThat(answer.command()).isEqualTo(StompCommand.ERROR);
            assertThat(answer.header(Headers.CODE)).isEqualTo("internal");
        } finally {
            hq.database().open();
        }
        await().ignoreExceptions().untilAsserted(() -> {
            try (RawStompClient client = hq.connect("FL-LAB")) {
                confirmed(client, message.frame(1));
            }
        });
        // The test's own pool may have to find first that a connection was cut.
        await().ignoreExceptions().untilAsserted(() -> assertThat(hq.database().number("SELECT count(*) FROM message"))
                .isEqualTo(1));
    }
}
