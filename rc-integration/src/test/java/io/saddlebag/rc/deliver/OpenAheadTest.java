package io.saddlebag.rc.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.Centre;
import io.saddlebag.rc.Letters;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages of several parts, over TLS, that are opened while their parts come in. */
class OpenAheadTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    /** Four parts. */
    private static final byte[] CONTENT = new byte[3_500_000];

    @TempDir
    private Path folder;

    private Centre centre;

    @BeforeEach
    void start() throws Exception {
        new Random(1).nextBytes(CONTENT);
        centre = new Centre(folder);
    }

    @AfterEach
    void close() {
        centre.close();
    }

    @Test
    void publishesTheVeryFileThatWasOpenedBeforeTheLastPartCame() throws Exception {
        centre.start();
        List<StompFrame> frames = centre.letters.frames(letter(1));
        send(frames.subList(0, 3));
        Object ahead = inode(opened(1, 3));
        assertThat(centre.outbox("")).doesNotExist();

        StompFrame ack = centre.deliver(frames.subList(3, 4));

        assertThat(ack.command()).isEqualTo(StompCommand.ACK);
        assertArrived(1);
        assertThat(inode(centre.outbox(ID + ".bin"))).isEqualTo(ahead);
        assertThat(centre.filesInWork()).isEmpty();
    }

    @Test
    void opensTwoThatComeInTurnAhead() throws Exception {
        centre.start();
        List<StompFrame> first = centre.letters.frames(letter(1));
        List<StompFrame> second = centre.letters.frames(letter(2));
        for (int part = 0; part < 3; part++) {
            send(first.subList(part, part + 1));
            send(second.subList(part, part + 1));
        }
        List<Object> ahead = inodes(opened(2, 3));

        assertThat(centre.deliver(second.subList(3, 4)).command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.deliver(first.subList(3, 4)).command()).isEqualTo(StompCommand.ACK);

        assertArrived(1);
        assertArrived(2);
        assertThat(ahead)
                .containsExactlyInAnyOrder(inode(centre.outbox(id(1) + ".bin")), inode(centre.outbox(id(2) + ".bin")));
        assertThat(centre.filesInWork()).isEmpty();
    }

    @Test
    void takesMoreAtOnceThanItOpensAheadOnASingleWorker() throws Exception {
        set("receive.workers=1");
        centre.start();
        List<List<StompFrame>> deliveries = new ArrayList<>();
        for (int number = 1; number <= 7; number++) {
            deliveries.add(centre.letters.frames(letter(number)));
        }
        for (int part = 0; part < 4; part++) {
            for (List<StompFrame> frames : deliveries) {
                send(frames.subList(part, part + 1));
            }
        }

        centre.frame(StompCommand.ACK, 7);

        for (int number = 1; number <= 7; number++) {
            assertArrived(number);
        }
        assertThat(centre.frames(StompCommand.NACK)).isEmpty();
        assertThat(centre.filesInWork()).isEmpty();
    }

    @Test
    void goesOnWithTheParts() throws Exception {
        centre.start();
        Letters.Letter letter = letter(1);
        send(centre.letters.frames(letter).subList(0, 2));
        opened(1, 2);

        centre.connection().close();

        assertThat(centre.frame(StompCommand.SUBSCRIBE, 2).header(Headers.RESUME))
                .isEqualTo(ID + "=3");
        Awaitility.await().untilAsserted(() -> assertThat(centre.filesInWork()).containsExactly(parts()));
        assertThat(centre.deliver(centre.letters.frames(letter, 3)).command()).isEqualTo(StompCommand.ACK);
        assertArrived(1);
        assertThat(centre.filesInWork()).isEmpty();
    }

    @Test
    void beginsAnewWhenAllPartsComeAnewBeforeItKnowsOfTheBreak() throws Exception {
        centre.start();
        Letters.Letter letter = letter(1);
        send(centre.letters.frames(letter).subList(0, 2));
        opened(1, 2);
        centre.connection().close();
        centre.frame(StompCommand.SUBSCRIBE, 2);

        assertThat(centre.deliver(letter).command()).isEqualTo(StompCommand.ACK);

        assertArrived(1);
        assertThat(centre.filesInWork()).isEmpty();
    }

    @Test
    void opensOnceItIsWholeWhatHadAPartTwice() throws Exception {
        centre.start();
        List<StompFrame> frames = centre.letters.frames(letter(1));
        send(frames.subList(0, 2));
        send(frames.subList(1, 3));

        assertThat(centre.deliver(frames.subList(3, 4)).command()).isEqualTo(StompCommand.ACK);

        assertArrived(1);
        assertThat(centre.filesInWork()).isEmpty();
    }

    @Test
    void leavesNothingButThePartsWhenItStops() throws Exception {
        centre.start();
        Letters.Letter letter = letter(1);
        send(centre.letters.frames(letter).subList(0, 2));
        opened(1, 2);

        centre.stop();

        assertThat(centre.filesInWork()).containsExactly(parts());
        centre.start();
        assertThat(centre.frame(StompCommand.SUBSCRIBE, 2).header(Headers.RESUME))
                .isEqualTo(ID + "=3");
        assertThat(centre.deliver(centre.letters.frames(letter, 3)).command()).isEqualTo(StompCommand.ACK);
        assertArrived(1);
    }

    @Test
    void refusesAPartThatWasAltered() throws Exception {
        centre.start();
        Letters.Letter letter = letter(1);
        letter.sealed()[2 * Manifest.PART_SIZE - 9] ^= 1;

        assertRefused(letter, "bad-digest");
    }

    @Test
    void refusesAWellFormedSealThatTheManifestDoesNotName() throws Exception {
        centre.start();
        centre.letters.wrongDigest = Sha256.of(new byte[] {1});
        Letters.Letter letter = letter(1);
        List<StompFrame> frames = centre.letters.frames(letter);
        send(frames.subList(0, 3));
        opened(1, 3);

        assertRefused(frames.subList(3, 4), "bad-digest");
    }

    @Test
    void refusesASealThatWasAlteredBeforeItWasSigned() throws Exception {
        centre.start();
        centre.letters.alteration = seal -> {
            seal[2 * Manifest.PART_SIZE - 9] ^= 1;
            return seal;
        };

        try (LoggedLines log = LoggedLines.of(FaultSteps.class)) {
            assertRefused(letter(1), "bad-seal");

            assertThat(log.at(Level.WARN)).singleElement().asString().contains("bad-seal Expected chunk 32 ");
        }
    }

    @Test
    void refusesASealThatWasCutShortBeforeItWasSigned() throws Exception {
        centre.start();
        centre.letters.alteration = seal -> Arrays.copyOf(seal, 3 * Manifest.PART_SIZE);

        assertRefused(letter(1), "bad-seal");
    }

    @Test
    void refusesASealForAnotherKey() throws Exception {
        centre.start();
        Letters others = new Letters(
                centre.network.identity("FL-LAB"), AgeIdentity.generate().recipient());

        assertRefused(others.letter(ID, ID + ".bin", CONTENT), "bad-seal");
    }

    @Test
    void saysWithTheFirstPartThatItIsNotForThisCentreAndKeepsNothing() throws Exception {
        centre.start();
        centre.letters.recipient = SiteId.of("NY-RC");

        assertRefused(centre.letters.frames(letter(1)).subList(0, 1), "routing-mismatch");
    }

    @Test
    void acknowledgesWhatStandsInTheOutboxAndLeavesItAlone() throws Exception {
        centre.start();
        Letters.Letter letter = letter(1);
        StompFrame first = centre.deliver(letter);
        Object published = inode(centre.outbox(ID + ".bin"));

        StompFrame second = centre.deliver(letter);

        assertThat(second.header(Headers.DELIVERY_RECEIPT)).isEqualTo(first.header(Headers.DELIVERY_RECEIPT));
        assertThat(inode(centre.outbox(ID + ".bin"))).isEqualTo(published);
        assertThat(centre.filesInWork()).isEmpty();
    }

    private void assertRefused(Letters.Letter letter, String code) throws IOException {
        assertRefused(centre.letters.frames(letter), code);
    }

    private void assertRefused(List<StompFrame> frames, String code) throws IOException {
        StompFrame nack = centre.deliver(frames);

        assertThat(nack.command()).isEqualTo(StompCommand.NACK);
        assertThat(nack.header(Headers.REQUEUE)).isEqualTo("false");
        assertThat(nack.header(Headers.REASON)).isEqualTo(code);
        assertThat(centre.frames(StompCommand.NACK)).hasSize(1);
        assertThat(centre.outbox("")).doesNotExist();
        assertThat(centre.filesInWork()).isEmpty();
    }

    private void assertArrived(int number) {
        assertThat(centre.outbox(id(number) + ".bin")).hasBinaryContent(CONTENT);
        assertThat(centre.outbox(id(number) + ".message.json")).exists();
    }

    private void set(String setting) throws IOException {
        Files.writeString(centre.home.settingsFile(), Files.readString(centre.home.settingsFile()) + setting + "\n");
    }

    private void send(List<StompFrame> frames) {
        frames.forEach(centre.connection()::send);
    }

    /** The files that are being opened, once that many have the content of that many parts, without their last chunks. */
    private List<Path> opened(int count, int ofParts) {
        return Awaitility.await()
                .until(
                        () -> {
                            List<Path> far = new ArrayList<>();
                            for (Path file : centre.filesInWork()) {
                                if (!file.toString().endsWith(".parts")
                                        && Files.size(file) > (long) ofParts * Manifest.PART_SIZE - 200_000) {
                                    far.add(file);
                                }
                            }
                            return far;
                        },
                        files -> files.size() == count);
    }

    private static List<Object> inodes(List<Path> files) throws IOException {
        List<Object> inodes = new ArrayList<>();
        for (Path file : files) {
            inodes.add(inode(file));
        }
        return inodes;
    }

    private static Object inode(List<Path> single) throws IOException {
        return inode(single.get(0));
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino");
    }

    private Letters.Letter letter(int number) throws Exception {
        centre.letters.seq = number;
        return centre.letters.letter(id(number), id(number) + ".bin", CONTENT);
    }

    private static String id(int number) {
        return "FL-LAB_DAT_20251008_%03d".formatted(number);
    }

    private Path parts() {
        return centre.home.work().resolve("ca_rc_queue." + ID + ".parts");
    }
}
