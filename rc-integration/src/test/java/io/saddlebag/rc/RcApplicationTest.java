package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.StandardizedMessage;
import io.saddlebag.rc.deliver.SettleSteps;
import io.saddlebag.rc.keys.KeySteps;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped routes of a centre against the real server side of the wire. */
class RcApplicationTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final byte[] CONTENT = "sample,value\nα,1\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private Centre centre;

    @BeforeEach
    void makeCentre() throws Exception {
        centre = new Centre(folder);
    }

    @AfterEach
    void closeCentre() {
        centre.close();
    }

    @Test
    void publishesPayloadAndStandardizedFileThenAcknowledgesWithASignedReceipt() throws Exception {
        centre.start();
        Letters.Letter letter = letter();

        StompFrame ack = centre.deliver(letter);

        assertThat(ack.command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.outbox(ID + ".csv")).hasBinaryContent(CONTENT);
        JsonNode json = Json.read(Files.readAllBytes(centre.outbox(ID + ".message.json")), JsonNode.class);
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        assertThat(names)
                .startsWith("message_id", "sender_id", "sent_timestamp", "content", "content_encoding", "content_type");
        StandardizedMessage standardized = standardized();
        assertThat(standardized.content()).isEqualTo(new String(CONTENT, StandardCharsets.UTF_8));
        assertThat(standardized.manifestSha256()).isEqualTo(letter.manifestSha256());
        assertThat(standardized.routingKey()).isEqualTo("ca_rc");
        assertThat(standardized.receiverClientId()).isEqualTo(Centre.SITE);
        DeliveryReceipt receipt = receipt(ack);
        assertThat(receipt.manifestSha256()).isEqualTo(letter.manifestSha256());
        assertThat(receipt.contentHmac()).isEqualTo(Letters.SECRET.proof(Sha256.of(CONTENT), CONTENT.length));
        assertThat(centre.filesInWork()).isEmpty();
    }

    @Test
    void assemblesAMessageOfSeveralPartsOnDisk() throws Exception {
        centre.start();
        byte[] content = new byte[2_500_000];
        new Random(1).nextBytes(content);

        StompFrame ack = centre.deliver(centre.letters.letter(ID, ID + ".bin", content));

        assertThat(ack.command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.outbox(ID + ".bin")).hasBinaryContent(content);
        assertThat(standardized().contentEncoding()).isEqualTo(StandardizedMessage.FILE);
        assertThat(standardized().content()).isEqualTo(ID + ".bin");
        assertThat(centre.filesInWork()).isEmpty();
    }

    @Test
    void repeatsAContentInTheStandardizedFileUpToTheLimit() throws Exception {
        centre.start();
        int limit = 64 * 1024;
        String other = "FL-LAB_DAT_20251008_002";

        centre.deliver(centre.letters.letter(ID, ID + ".bin", new byte[limit]));
        centre.deliver(centre.letters.letter(other, other + ".bin", new byte[limit + 1]));

        assertThat(standardized().contentEncoding()).isEqualTo(StandardizedMessage.BASE64);
        byte[] json = Files.readAllBytes(centre.outbox(other + ".message.json"));
        assertThat(Json.read(json, StandardizedMessage.class).contentEncoding()).isEqualTo(StandardizedMessage.FILE);
    }

    @Test
    void acknowledgesADuplicateWithTheSameReceiptAndWritesNothing() throws Exception {
        centre.start();
        Letters.Letter letter = letter();
        StompFrame first = centre.deliver(letter);
        Files.delete(centre.outbox(ID + ".csv"));
        Files.delete(centre.outbox(ID + ".message.json"));

        StompFrame second = centre.deliver(letter);

        assertThat(second.command()).isEqualTo(StompCommand.ACK);
        assertThat(second.header(Headers.DELIVERY_RECEIPT)).isEqualTo(first.header(Headers.DELIVERY_RECEIPT));
        assertThat(centre.outbox(ID + ".csv")).doesNotExist();
    }

    @Test
    void signsAnewForADuplicateUnderTheCertificateThatItHasNow() throws Exception {
        centre.start();
        Letters.Letter letter = letter();
        DeliveryReceipt former = receipt(centre.deliver(letter));
        centre.stop();
        centre.renewIdentity();
        centre.start();

        StompFrame ack = centre.deliver(letter);

        byte[] envelope = Base64.getDecoder().decode(ack.header(Headers.DELIVERY_RECEIPT));
        SiteIdentity identity = centre.network.identity(Centre.SITE);
        assertThat(Envelope.parse(envelope).certificate())
                .isEqualTo(identity.signingCertificate().getEncoded());
        new EnvelopeVerifier(identity.trust()).verify(envelope, DeliveryReceipt.TYPE);
        assertThat(receipt(ack)).isEqualTo(former);
        assertThat(centre.deliver(letter).header(Headers.DELIVERY_RECEIPT))
                .isEqualTo(ack.header(Headers.DELIVERY_RECEIPT));
    }

    @Test
    void givesBackADeliveryWhoseReceiptHeadquartersRefuses() throws Exception {
        centre.start();
        centre.headquarters((connection, frame) -> {
            if (frame.command() != StompCommand.ACK) {
                return null;
            }
            return switch (frame.header(Headers.ID)) {
                case "token-1" -> Centre.rejected(frame, "not-permitted");
                case "token-2" -> Centre.rejected(frame, "bad-signature");
                default -> null;
            };
        });
        Letters.Letter letter = letter();
        assertThat(centre.deliver(letter).command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.deliver(letter).command()).isEqualTo(StompCommand.ACK);

        StompFrame nack = centre.frame(StompCommand.NACK, 1);

        assertReturned(nack);
        assertThat(nack.header(Headers.ID)).isEqualTo("token-2");
        assertThat(nack.header(Headers.REASON)).contains("bad-signature", "as the test says");
        assertThat(centre.deliver(letter).command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.outbox(ID + ".csv")).hasBinaryContent(CONTENT);
    }

    @Test
    void recognisesOnDiskWhatACrashKeptFromTheJournal() throws Exception {
        centre.start();
        Letters.Letter letter = letter();
        centre.deliver(letter);
        centre.stop();
        byte[] json = Files.readAllBytes(centre.outbox(ID + ".message.json"));
        loseJournal();
        centre.adopts("journal");
        centre.start();

        StompFrame ack = centre.deliver(letter);

        assertThat(ack.command()).isEqualTo(StompCommand.ACK);
        assertThat(receipt(ack).contentHmac()).isEqualTo(Letters.SECRET.proof(Sha256.of(CONTENT), CONTENT.length));
        assertThat(centre.outbox(ID + ".message.json")).hasBinaryContent(json);
    }

    @Test
    void completesAPayloadThatACrashLeftWithoutItsStandardizedFile() throws Exception {
        Files.createDirectories(centre.outbox(""));
        Files.write(centre.outbox(ID + ".csv"), CONTENT);
        Files.createDirectories(centre.home.work());
        Files.writeString(centre.home.work().resolve("arrival-7.opened"), "half");
        centre.start();

        StompFrame ack = centre.deliver(letter());

        assertThat(ack.command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.outbox(ID + ".message.json")).exists();
        assertThat(centre.filesInWork()).isEmpty();
    }

    @Test
    void neverOverwritesAnotherFileInTheOutbox() throws Exception {
        Files.createDirectories(centre.outbox(""));
        Files.writeString(centre.outbox(ID + ".csv"), "somebody else's");
        centre.start();

        assertRefused(centre.deliver(letter()), "conflict");
        assertThat(centre.outbox(ID + ".csv")).hasContent("somebody else's");
        assertThat(centre.outbox(ID + ".message.json")).doesNotExist();
        assertThat(centre.filesInWork()).isEmpty();
    }

    @Test
    void refusesAnotherManifestUnderTheSameMessageId() throws Exception {
        centre.start();
        centre.deliver(letter());

        assertRefused(centre.deliver(centre.letters.letter(ID, ID + ".csv", new byte[] {1})), "conflict");
        assertThat(centre.outbox(ID + ".csv")).hasBinaryContent(CONTENT);
    }

    @Test
    void refusesAManifestAlteredAfterSigning() throws Exception {
        centre.start();
        Letters.Letter letter = letter();
        Envelope genuine = Envelope.parse(letter.envelope());
        byte[] altered = new String(genuine.payload(), StandardCharsets.UTF_8)
                .replace("\"seq\":1", "\"seq\":2")
                .getBytes(StandardCharsets.UTF_8);
        byte[] forged = new Envelope(
                        genuine.payloadType(), altered, genuine.keyId(), genuine.signature(), genuine.certificate())
                .write();

        assertRefused(
                centre.deliver(new Letters.Letter(letter.messageId(), altered, forged, letter.sealed())),
                "bad-signature");
        assertNothingPublished();
    }

    @Test
    void refusesAManifestOfAnotherSiteThanItsSigner() throws Exception {
        centre.start();
        Letters forger = new Letters(centre.network.identity("PA-LAB"), centre.ageKey.recipient());
        forger.sender = SiteId.of("FL-LAB");

        assertRefused(centre.deliver(forger.letter(ID, ID + ".csv", CONTENT)), "wrong-sender");
        assertNothingPublished();
    }

    @Test
    void refusesAManifestThatDoesNotNameThisCentre() throws Exception {
        centre.start();
        centre.letters.recipient = SiteId.of("NY-RC");

        assertRefused(centre.deliver(letter()), "routing-mismatch");
        assertNothingPublished();
    }

    @Test
    void refusesASealedMessageWithAFlippedBit() throws Exception {
        centre.start();
        Letters.Letter letter = letter();
        letter.sealed()[letter.sealed().length - 1] ^= 1;

        assertRefused(centre.deliver(letter), "bad-digest");
        assertNothingPublished();
    }

    @Test
    void refusesASealForAnotherKey() throws Exception {
        centre.start();
        Letters other = new Letters(
                centre.network.identity("FL-LAB"), AgeIdentity.generate().recipient());

        assertRefused(centre.deliver(other.letter(ID, ID + ".csv", CONTENT)), "bad-seal");
        assertNothingPublished();
    }

    @Test
    void refusesAPayloadThatWouldPoseAsAStandardizedFile() throws Exception {
        centre.start();

        assertRefused(centre.deliver(centre.letters.letter(ID, ID + ".Message.json", CONTENT)), "bad-name");
        assertNothingPublished();
    }

    @Test
    void takesARefusedMessageWhenItComesAgainInOrder() throws Exception {
        centre.start();
        Letters.Letter letter = letter();
        byte[] damaged = letter.sealed().clone();
        damaged[5] ^= 1;
        centre.deliver(new Letters.Letter(letter.messageId(), letter.manifest(), letter.envelope(), damaged));

        assertThat(centre.deliver(letter).command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.outbox(ID + ".csv")).hasBinaryContent(CONTENT);
    }

    @Test
    void returnsADeliveryWhosePartsAreOutOfOrder() throws Exception {
        centre.start();
        List<StompFrame> frames = centre.letters.frames(centre.letters.letter(ID, ID + ".bin", new byte[2_500_000]));

        assertReturned(centre.deliver(List.of(frames.get(0), frames.get(2))));

        assertThat(centre.filesInWork()).isEmpty();
    }

    @Test
    void registersTheSameSignedKeyBundleWithEveryConnection() throws Exception {
        centre.start();
        StompFrame first = centre.frame(StompCommand.SEND, 1);
        centre.stop();
        centre.start();
        StompFrame second = centre.frame(StompCommand.SEND, 2);

        assertThat(first.header(Headers.DESTINATION)).isEqualTo("/keys");
        assertThat(second.body()).isEqualTo(first.body());
        KeyBundle bundle = bundle(first.body());
        assertThat(bundle.version()).isEqualTo(1);
        assertThat(bundle.current(Instant.now(), false).recipient()).isEqualTo(centre.ageKey.recipient());
    }

    @Test
    void goesOnFromTheBundleThatHeadquartersHoldsAfterItsJournalWasLost() throws Exception {
        centre.start();
        byte[] held = centre.frame(StompCommand.SEND, 1).body();
        centre.stop();
        loseJournal();
        centre.adopts("journal");
        Path keyFile = centre.home.identity().resolve("age.key");
        Files.delete(keyFile);
        AgeIdentity.generate().write(keyFile);
        centre.headquarters((connection, frame) -> {
            if (frame.command() == StompCommand.SEND && bundle(frame.body()).version() == 1) {
                return Centre.rejected(frame, "conflict");
            }
            return "/keys/CA-RC".equals(frame.header(Headers.DESTINATION)) ? keyFrame(held) : null;
        });
        centre.start();

        assertThat(registered(2).previous())
                .isEqualTo(Sha256.of(Envelope.parse(held).payload()));
    }

    /** The bundle of that version; one that headquarters refuses may be registered several times before. */
    private KeyBundle registered(long version) {
        return await().until(
                        () -> centre.frames(StompCommand.SEND).stream()
                                .map(frame -> bundle(frame.body()))
                                .filter(bundle -> bundle.version() == version)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    @Test
    void goesOnFromItsNewestBundleAfterJournalAndKeysWereRestoredOlder() throws Exception {
        centre.start();
        centre.frame(StompCommand.SEND, 1);
        centre.stop();
        Map<Path, byte[]> backUp = journal();
        Path keyFile = centre.home.identity().resolve("age.key");
        byte[] olderKey = Files.readAllBytes(keyFile);
        Files.delete(keyFile);
        AgeIdentity.generate().write(keyFile);
        centre.start();
        byte[] newest = centre.frame(StompCommand.SEND, 2).body();
        centre.stop();
        restore(backUp);
        Files.write(keyFile, olderKey);
        centre.headquarters((connection, frame) -> {
            if (frame.command() == StompCommand.SEND && bundle(frame.body()).version() < 2) {
                return Centre.rejected(frame, "rollback");
            }
            return "/keys/CA-RC".equals(frame.header(Headers.DESTINATION)) ? keyFrame(newest) : null;
        });
        try (LoggedLines log = LoggedLines.of(KeySteps.class)) {
            centre.start();
            KeyBundle next = registered(3);

            assertThat(next.current(Instant.now(), false).recipient()).isEqualTo(centre.ageKey.recipient());
            assertThat(log.at(Level.ERROR))
                    .singleElement()
                    .asString()
                    .contains(
                            "version 2",
                            "this site did not make",
                            "the keys [" + bundle(newest).keys().get(0).keyId() + "] that identity/age.key lacks");
        }
    }

    @Test
    void takesNothingTwiceIntoItsOutboxAfterItsJournalWasRestoredOlder() throws Exception {
        centre.start();
        centre.deliver(letter());
        centre.stop();
        Map<Path, byte[]> backUp = journal();
        centre.start();
        String second = "FL-LAB_DAT_20251008_002";
        Letters.Letter later = centre.letters.letter(second, second + ".csv", CONTENT);
        DeliveryReceipt first = receipt(centre.deliver(later));
        centre.stop();
        restore(backUp);
        byte[] json = Files.readAllBytes(centre.outbox(second + ".message.json"));
        centre.start();

        assertThat(receipt(centre.deliver(later))).isEqualTo(first);
        assertThat(centre.outbox(second + ".message.json")).hasBinaryContent(json);
        assertThat(centre.outbox(second + ".csv.2")).doesNotExist();
    }

    @Test
    void deliversBothMessagesOfAFork() throws Exception {
        centre.start();
        String second = "FL-LAB_DAT_20251008_002";
        try (LoggedLines log = LoggedLines.of(SettleSteps.class)) {
            centre.deliver(letter());
            centre.deliver(centre.letters.letter(second, second + ".csv", CONTENT));

            assertThat(log.at(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("one place in its sequence", ID + " (seq 1)", second + " (seq 1)");
        }
        assertThat(centre.outbox(ID + ".csv")).exists();
        assertThat(centre.outbox(second + ".csv")).exists();
    }

    private Map<Path, byte[]> journal() throws IOException {
        Map<Path, byte[]> files = new HashMap<>();
        try (Stream<Path> found = Files.list(centre.home.journal())) {
            for (Path file : found.toList()) {
                files.put(file, Files.readAllBytes(file));
            }
        }
        return files;
    }

    private void restore(Map<Path, byte[]> backUp) throws IOException {
        loseJournal();
        for (Map.Entry<Path, byte[]> file : backUp.entrySet()) {
            Files.write(file.getKey(), file.getValue());
        }
    }

    @Test
    void startsWithoutHeadquarters() throws Exception {
        centre.server().close();
        try (RcApplication alone = new RcApplication(centre.home, Map.of(), Set.of(), SiteClocks.ofSystem())) {
            alone.start();
            assertThat(alone.facts()).containsEntry("connected", "false");
        }
    }

    @Test
    void saysWhatIsMissingWhenThereIsNoAgeKey() throws Exception {
        Files.delete(centre.home.identity().resolve("age.key"));

        assertThatThrownBy(centre::start).isInstanceOf(SiteStartException.class).hasMessageContaining("age.key");
    }

    @Test
    void asksAgainForAQueueThatWasRefused() throws Exception {
        centre.headquarters((connection, frame) -> frame.command() == StompCommand.SUBSCRIBE
                        && centre.frames(StompCommand.SUBSCRIBE).size() == 1
                ? Centre.rejected(frame, "not-permitted")
                : null);
        centre.start();
        centre.frame(StompCommand.SUBSCRIBE, 2);

        assertThat(centre.deliver(letter()).command()).isEqualTo(StompCommand.ACK);
    }

    @Test
    void passesOverAMessageOfNoSubscription() throws Exception {
        centre.start();
        Letters.Letter letter = letter();
        StompFrame stray = centre.letters.frames(letter).get(0);
        centre.connection()
                .send(StompFrame.of(StompCommand.MESSAGE)
                        .header(Headers.SUBSCRIPTION, "another")
                        .header(Headers.ACK, "stray")
                        .body(stray.body())
                        .build());

        assertThat(centre.deliver(letter).command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.frames(StompCommand.ACK)).hasSize(1);
    }

    @Test
    void endsItsSubscriptionWhenItStops() throws Exception {
        centre.start();
        centre.stop();

        assertThat(centre.frame(StompCommand.UNSUBSCRIBE, 1).header(Headers.ID)).isEqualTo("ca_rc_queue");
    }

    @Test
    void takesMoreThanItsWindowByReadingNoFasterThanItWrites() throws Exception {
        Files.writeString(
                centre.home.settingsFile(),
                Files.readString(centre.home.settingsFile()) + "receive.window-bytes=2KiB\n");
        centre.start();
        List<StompFrame> frames = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            centre.letters.seq = i;
            String id = "FL-LAB_DAT_20251008_%03d".formatted(i);
            frames.addAll(centre.letters.frames(centre.letters.letter(id, id + ".csv", CONTENT)));
        }
        frames.forEach(centre.connection()::send);

        centre.frame(StompCommand.ACK, 40);
        assertThat(centre.frames(StompCommand.NACK)).isEmpty();
    }

    @Test
    void opensWhatWasSealedForAnyOfItsKeys() throws Exception {
        AgeIdentity newer = AgeIdentity.generate();
        Path keyFile = centre.home.identity().resolve("age.key");
        Path other = folder.resolve("newer.key");
        newer.write(other);
        Files.writeString(keyFile, Files.readString(other) + Files.readString(keyFile));
        centre.start();
        KeyBundle bundle = bundle(centre.frame(StompCommand.SEND, 1).body());
        assertThat(bundle.keys())
                .extracting(KeyBundle.Key::recipient)
                .containsExactly(newer.recipient(), centre.ageKey.recipient());
        Letters toNewer = new Letters(centre.network.identity("FL-LAB"), newer.recipient());
        toNewer.seq = 2;

        assertThat(centre.deliver(letter()).command()).isEqualTo(StompCommand.ACK);
        centre.letters.frames(letter());
        String id = "FL-LAB_DAT_20251008_002";
        List<StompFrame> second = centre.letters.frames(toNewer.letter(id, id + ".csv", CONTENT));
        assertThat(centre.deliver(second).command()).isEqualTo(StompCommand.ACK);
    }

    @Test
    void namesFileAndLineOfWhatARouteCannotMean() throws Exception {
        Files.writeString(centre.home.routes().resolve("second.camel.yaml"), """
                - templatedRoute:
                    routeTemplateRef: outbox
                    routeId: again
                    parameters:
                      - {name: queue, value: "ca_rc_queue"}
                      - {name: directory, value: "other"}
                      - {name: prefetch, value: "0"}
                      - {name: accept-from, value: "FL-LAB, fl"}
                """);

        assertThatThrownBy(() -> new RcApplication(centre.home, Map.of(), Set.of(), SiteClocks.ofSystem()).start())
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("second.camel.yaml:5: queue: expected one route a queue")
                .hasMessageContaining("outbox.camel.yaml:6")
                .hasMessageContaining("second.camel.yaml:7: prefetch: Expected a prefetch from 1 to 1000, found '0'")
                .hasMessageContaining("second.camel.yaml:8: accept-from: Expected a site id such as FL-LAB");
    }

    private Letters.Letter letter() throws Exception {
        return centre.letters.letter(ID, ID + ".csv", CONTENT);
    }

    private static StompFrame keyFrame(byte[] envelope) {
        return StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.DESTINATION, "/keys/CA-RC")
                .header(Headers.SUBSCRIPTION, "keys-CA-RC")
                .header(Headers.MESSAGE_ID_OF_STOMP, "1")
                .body(envelope)
                .build();
    }

    private static KeyBundle bundle(byte[] envelope) {
        return Json.read(Envelope.parse(envelope).payload(), KeyBundle.class);
    }

    private void loseJournal() throws IOException {
        try (Stream<Path> files = Files.list(centre.home.journal())) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    private static DeliveryReceipt receipt(StompFrame ack) {
        byte[] envelope = Base64.getDecoder().decode(ack.header(Headers.DELIVERY_RECEIPT));
        return Json.read(Envelope.parse(envelope).payload(), DeliveryReceipt.class);
    }

    private StandardizedMessage standardized() throws IOException {
        return Json.read(Files.readAllBytes(centre.outbox(ID + ".message.json")), StandardizedMessage.class);
    }

    private static void assertRefused(StompFrame nack, String code) {
        assertThat(nack.command()).isEqualTo(StompCommand.NACK);
        assertThat(nack.header(Headers.REQUEUE)).isEqualTo("false");
        assertThat(nack.header(Headers.REASON)).isEqualTo(code);
    }

    private static void assertReturned(StompFrame nack) {
        assertThat(nack.command()).isEqualTo(StompCommand.NACK);
        assertThat(nack.header(Headers.REQUEUE)).isEqualTo("true");
    }

    private void assertNothingPublished() throws IOException {
        assertThat(centre.outbox("")).doesNotExist();
        assertThat(centre.filesInWork()).isEmpty();
    }
}
