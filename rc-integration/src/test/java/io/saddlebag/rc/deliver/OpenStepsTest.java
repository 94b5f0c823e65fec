package io.saddlebag.rc.deliver;

import static io.saddlebag.rc.StepCentre.ID;
import static io.saddlebag.rc.StepCentre.LAB;
import static io.saddlebag.rc.StepCentre.NOW;
import static io.saddlebag.rc.StepCentre.SITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.StandardizedMessage;
import io.saddlebag.rc.Letters;
import io.saddlebag.rc.StepCentre;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.rc.records.JournalledDelivery;
import io.saddlebag.rc.records.Placement;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.testing.SettableClock;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Exchange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenStepsTest {
    private static final byte[] CONTENT = {1, 2, 3};
    private static final Sha256 HMAC = Letters.SECRET.proof(Sha256.of(CONTENT), CONTENT.length);
    private static final MessageId MESSAGE = MessageId.of(ID);

    @TempDir
    private Path folder;

    private StepCentre centre;
    private OpenSteps steps;
    private Letters.Letter letter;

    @BeforeEach
    void open() throws Exception {
        centre = new StepCentre(folder, new Outbox.Extras(false, false));
        steps = centre.openSteps();
        letter = centre.letters.letter(ID, ID + ".bin", CONTENT);
    }

    @AfterEach
    void close() {
        centre.close();
    }

    @Test
    void readsTheManifestOfItsSigner() throws Exception {
        Exchange exchange = centre.verified(centre.assembled(letter), letter);

        steps.readManifest(exchange);

        Arrival arrival = Arrival.of(exchange);
        assertThat(arrival.manifest()).isEqualTo(Json.read(letter.manifest(), Manifest.class));
        assertThat(arrival.manifestSha256()).isEqualTo(letter.manifestSha256());
        assertThat(arrival.messageId()).isEqualTo(MESSAGE);
        assertThat(arrival.sender()).isEqualTo(LAB);
    }

    @Test
    void refusesAManifestThatAnotherSiteSigned() throws Exception {
        Exchange exchange = centre.verified(centre.assembled(letter), letter);
        exchange.setProperty(SignatureProperties.SIGNER, SiteId.of("PA-LAB"));

        assertRefused(Refusal.Code.WRONG_SENDER, () -> steps.readManifest(exchange));
    }

    @Test
    void refusesAManifestThatNamesAnotherKey() throws Exception {
        Exchange exchange = centre.verified(centre.assembled(letter), letter);
        exchange.setProperty(SignatureProperties.SIGNER_FINGERPRINT, Sha256.of(CONTENT));

        assertRefused(Refusal.Code.BAD_SIGNATURE, () -> steps.readManifest(exchange));
    }

    @Test
    void refusesAManifestOfAnotherNetwork() throws Exception {
        TestNetwork other = TestNetwork.create(folder.resolve("other"));
        Letters.Letter foreign =
                new Letters(other.identity("FL-LAB"), centre.ageKey.recipient()).letter(ID, ID + ".bin", CONTENT);
        Exchange exchange = centre.verified(centre.assembled(foreign), foreign);
        exchange.setProperty(
                SignatureProperties.SIGNER_FINGERPRINT, other.identity("FL-LAB").signingFingerprint());

        assertRefused(Refusal.Code.BAD_SIGNATURE, () -> steps.readManifest(exchange));
    }

    private Exchange arrived() throws Exception {
        Exchange exchange = centre.arrival(centre.letters.frames(letter).get(0));
        Arrival.of(exchange).verified(Json.read(letter.manifest(), Manifest.class), letter.manifestSha256());
        return exchange;
    }

    @Test
    void takesEverySenderUnlessTheOutboxNamesSome() throws Exception {
        steps.checkSender(arrived());
        centre.takeQueue("&acceptFrom=PA-LAB,FL-LAB");
        steps.checkSender(arrived());
    }

    @Test
    void refusesASenderThatTheOutboxDoesNotName() throws Exception {
        centre.takeQueue("&acceptFrom=PA-LAB");
        Exchange foreign = arrived();

        assertRefused(Refusal.Code.NOT_PERMITTED, () -> steps.checkSender(foreign));
    }

    private Exchange expiring(Instant expires) throws Exception {
        centre.letters.expires = expires;
        letter = centre.letters.letter(ID, ID + ".bin", CONTENT);
        return arrived();
    }

    @Test
    void refusesAMessageFromItsExpiryOn() throws Exception {
        steps.checkExpiry(expiring(null));
        steps.checkExpiry(expiring(NOW.plusMillis(1)));
        Exchange late = expiring(NOW);

        assertRefused(Refusal.Code.EXPIRED, () -> steps.checkExpiry(late));
    }

    @Test
    void doesNotTakeAStepOfTheClockForAnExpiry() throws Exception {
        SettableClock wall = SettableClock.still(NOW);
        RunningTime time = new RunningTime(wall, SettableClock.still(NOW));
        OpenSteps stepping = centre.openSteps(centre.ageKey, time);
        Exchange exchange = expiring(NOW.plusSeconds(60));
        wall.advance(Duration.ofHours(2));

        assertRefused(Refusal.Code.CLOCK_DOUBTFUL, () -> stepping.checkExpiry(exchange));
    }

    @Test
    void refusesTheManifestOfAnotherMessageThanTheFrames() throws Exception {
        Letters.Letter other = centre.letters.letter("FL-LAB_DAT_20251008_002", "x.bin", CONTENT);
        Exchange exchange = centre.verified(centre.assembled(letter), other);

        assertRefused(Refusal.Code.CONFLICT, () -> steps.readManifest(exchange));
    }

    @Test
    void refusesASignedTextThatIsNoManifest() throws Exception {
        Exchange exchange = centre.verified(centre.assembled(letter), letter);
        exchange.getMessage().setBody(new byte[] {'{'});

        assertRefused(Refusal.Code.MALFORMED, () -> steps.readManifest(exchange));
    }

    @Test
    void passesAMessageForThisCentreAndNoOther() throws Exception {
        steps.checkRecipient(read(letter));

        centre.letters.recipient = SiteId.of("NY-RC");
        Exchange other = read(centre.letters.letter(ID, ID + ".bin", CONTENT));

        assertRefused(Refusal.Code.ROUTING_MISMATCH, () -> steps.checkRecipient(other));
    }

    @Test
    void findsNothingEarlierOfANewMessage() throws Exception {
        Exchange exchange = read(letter);

        steps.findEarlier(exchange);

        assertThat(Arrival.of(exchange).isEarlier()).isFalse();
        assertThat(Arrival.of(exchange).placement()).isNull();
    }

    @Test
    void givesTheReceiptOfAJournalledMessageAgain() throws Exception {
        byte[] receipt = ownReceipt();
        publish(letter.manifestSha256(), receipt);
        Exchange exchange = read(letter);

        steps.findEarlier(exchange);

        Arrival arrival = Arrival.of(exchange);
        assertThat(arrival.isEarlier()).isTrue();
        assertThat(arrival.receipt()).isEqualTo(receipt);
        assertThat(arrival.placement().contentSha256()).isEqualTo(Sha256.of(CONTENT));
        assertThat(arrival.placement().receivedTime()).isEqualTo(NOW);
    }

    @Test
    void signsAnewWhatWasReceiptedUnderAnotherCertificate() throws Exception {
        publish(letter.manifestSha256(), receipt(CONTENT));
        Exchange exchange = read(letter);

        steps.findEarlier(exchange);

        assertThat(Arrival.of(exchange).isEarlier()).isTrue();
        assertThat(Arrival.of(exchange).receipt()).isNull();
    }

    @Test
    void takesAMessageForPlacedThatWasSentAgainUnderAnotherManifest() throws Exception {
        Sha256 former = Sha256.of(CONTENT);
        publish(former, ownReceipt());
        Exchange exchange = read(letter);

        steps.findEarlier(exchange);
        assertThat(Arrival.of(exchange).isEarlier())
                .as("not before it is opened")
                .isFalse();
        steps.openSeal(exchange);

        Arrival arrival = Arrival.of(exchange);
        assertThat(arrival.isEarlier()).isTrue();
        assertThat(arrival.receipt()).as("signed anew, for this manifest").isNull();
        assertThat(arrival.placement().manifestSha256()).isEqualTo(letter.manifestSha256());
        assertThat(arrival.placement().receivedTime()).isEqualTo(NOW);
        assertThat(centre.inWork()).isEmpty();
    }

    @Test
    void refusesAnotherContentUnderAJournalledName() throws Exception {
        publish(Sha256.of(CONTENT), ownReceipt());
        Exchange exchange = read(centre.letters.letter(ID, ID + ".bin", new byte[] {1}));

        steps.findEarlier(exchange);

        assertRefused(Refusal.Code.CONFLICT, () -> steps.openSeal(exchange));
        assertThat(Arrival.of(exchange).isEarlier()).isFalse();
    }

    @Test
    void findsAMessageByItsStandardizedFile() throws Exception {
        placeStandardizedFile(letter);
        Exchange exchange = read(letter);

        steps.findEarlier(exchange);

        Arrival arrival = Arrival.of(exchange);
        assertThat(arrival.isEarlier()).isTrue();
        assertThat(arrival.receipt()).isNull();
        assertThat(arrival.placement().contentSize()).isEqualTo(CONTENT.length);
        assertThat(arrival.placement().contentSha256()).isEqualTo(Sha256.of(CONTENT));
    }

    @Test
    void comparesTheContentWithThatOfAStandardizedFile() throws Exception {
        placeStandardizedFile(letter);
        centre.letters.seq = 2;
        Exchange again = read(centre.letters.letter(ID, ID + ".bin", CONTENT));
        steps.findEarlier(again);
        steps.openSeal(again);
        assertThat(Arrival.of(again).isEarlier()).isTrue();

        Exchange other = read(centre.letters.letter(ID, ID + ".bin", new byte[] {1}));
        steps.findEarlier(other);

        assertRefused(Refusal.Code.CONFLICT, () -> steps.openSeal(other));
    }

    @Test
    void refusesAMessageWhoseNameAnotherFileHas() throws Exception {
        centre.outbox.requireRoom(LAB, 0);
        Files.writeString(centre.inOutbox(ID + ".message.json"), "{}");
        Exchange exchange = read(letter);

        assertRefused(Refusal.Code.CONFLICT, () -> steps.findEarlier(exchange));
    }

    @Test
    void takesAnAnnouncedMessageThatIsGoneForReadAndNoOther() throws Exception {
        centre.journal.announce(List.of(new Placement(
                LAB, MESSAGE, letter.manifestSha256(), Sha256.of(CONTENT), CONTENT.length, HMAC, ID + ".bin", NOW)));
        centre.outbox.requireRoom(LAB, 0);
        Path payload = Files.write(centre.inOutbox(ID + ".bin"), CONTENT);
        Exchange left = read(letter);
        steps.findEarlier(left);
        assertThat(Arrival.of(left).isEarlier()).isFalse();
        Files.delete(payload);
        Exchange gone = read(letter);

        steps.findEarlier(gone);

        assertThat(Arrival.of(gone).isEarlier()).isTrue();
        assertThat(Arrival.of(gone).placement().receivedTime()).isEqualTo(NOW);
        centre.letters.seq = 2;
        Exchange other = read(centre.letters.letter(ID, ID + ".bin", new byte[] {1}));
        steps.findEarlier(other);
        assertRefused(Refusal.Code.CONFLICT, () -> steps.openSeal(other));
    }

    @Test
    void passesTheSealedMessageThatTheManifestNames() throws Exception {
        steps.checkDigest(read(letter));
    }

    @Test
    void refusesASealedMessageOfAnotherDigest() throws Exception {
        centre.letters.wrongDigest = Sha256.of(CONTENT);
        Exchange exchange = read(centre.letters.letter(ID, ID + ".bin", CONTENT));

        assertRefused(Refusal.Code.BAD_DIGEST, () -> steps.checkDigest(exchange));
    }

    @Test
    void refusesASealedMessageOfAnotherSize() throws Exception {
        Letters.Letter other = centre.letters.letter(ID, ID + ".bin", new byte[10]);
        Exchange exchange = centre.verified(centre.assembled(letter), other);
        steps.readManifest(exchange);

        assertRefused(Refusal.Code.BAD_DIGEST, () -> steps.checkDigest(exchange));
    }

    @Test
    void asksAgainForPartsThatDoNotFit() throws Exception {
        Letters.Letter large = centre.letters.letter(ID, ID + ".bin", new byte[Manifest.PART_SIZE]);
        Exchange exchange =
                centre.assembled(large, centre.letters.frames(large, 2).get(0));
        steps.readManifest(centre.verified(exchange, large));

        assertThatThrownBy(() -> steps.checkDigest(exchange)).isInstanceOf(IOException.class);
    }

    @Test
    void opensTheSealIntoAFileThatTheDeliveryOwns() throws Exception {
        Exchange exchange = read(letter);

        steps.openSeal(exchange);

        Arrival arrival = Arrival.of(exchange);
        assertThat(arrival.openedFile()).hasBinaryContent(CONTENT);
        assertThat(arrival.content()).isEqualTo(CONTENT);
        assertThat(arrival.placement())
                .isEqualTo(new Placement(
                        LAB,
                        MESSAGE,
                        letter.manifestSha256(),
                        Sha256.of(CONTENT),
                        CONTENT.length,
                        HMAC,
                        ID + ".bin",
                        NOW));
        arrival.discardWork();
        assertThat(centre.inWork()).isEmpty();
    }

    @Test
    void keepsALongContentInItsFileOnly() throws Exception {
        Exchange exchange = read(centre.letters.letter(ID, ID + ".bin", new byte[1001]));

        steps.openSeal(exchange);

        assertThat(Arrival.of(exchange).content()).isNull();
        assertThat(Arrival.of(exchange).openedFile()).hasSize(1001);
    }

    @Test
    void leavesNoFileOfASealThatItCannotOpen() throws Exception {
        Exchange exchange = read(letter);
        OpenSteps other = centre.openSteps(AgeIdentity.generate());

        assertRefused(Refusal.Code.BAD_SEAL, () -> other.openSeal(exchange));
        assertThat(centre.inWork()).isEmpty();
    }

    @Test
    void refusesANameOfTheOutboxAndLeavesTheFileToBeDiscarded() throws Exception {
        Exchange exchange = read(centre.letters.letter(ID, ID + ".message.json", CONTENT));

        assertRefused(Refusal.Code.BAD_NAME, () -> steps.openSeal(exchange));

        Arrival.of(exchange).discardWork();
        assertThat(centre.inWork()).isEmpty();
    }

    private Exchange read(Letters.Letter of) throws IOException {
        Exchange exchange = centre.verified(centre.assembled(of), of);
        steps.readManifest(exchange);
        return exchange;
    }

    private void publish(Sha256 manifest, byte[] receipt) {
        JournalledDelivery delivery = new JournalledDelivery(
                LAB,
                MESSAGE,
                StepCentre.QUEUE,
                manifest,
                1,
                null,
                Sha256.of(CONTENT),
                CONTENT.length,
                HMAC,
                NOW,
                receipt,
                null,
                List.of());
        assertThat(centre.journal.publish(List.of(delivery)).get(0)).isCompleted();
    }

    private static byte[] receipt(byte[] certificate) {
        byte[] signature = new byte[Envelope.SIGNATURE_LENGTH];
        return new Envelope(DeliveryReceipt.TYPE, CONTENT, Sha256.of(CONTENT), signature, certificate).write();
    }

    private byte[] ownReceipt() throws Exception {
        return receipt(centre.identity.signingCertificate().getEncoded());
    }

    private void placeStandardizedFile(Letters.Letter of) throws IOException {
        OutboxSteps outbox = new OutboxSteps(SITE, null, centre.room, centre.journal, null);
        Exchange exchange = centre.opened(of);
        outbox.placePayload(exchange);
        outbox.composeStandardizedMessage(exchange);
        exchange.getMessage().setBody(Json.write(exchange.getMessage().getBody(StandardizedMessage.class)));
        outbox.stageStandardizedMessage(exchange);
        centre.outbox.nameStandardizedFile(LAB, MESSAGE);
    }

    private static void assertRefused(Refusal.Code code, ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.code())
                .isEqualTo(code));
    }
}
