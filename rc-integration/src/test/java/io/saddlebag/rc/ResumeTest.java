package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.clock.SteadyClock;
import io.saddlebag.message.Manifest;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.SettableClock;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A delivery of several parts that breaks off, over TLS, and what the next subscription asks for. */
class ResumeTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final byte[] CONTENT = new byte[2_500_000];

    @TempDir
    private Path folder;

    private Centre centre;
    private Letters.Letter letter;

    @BeforeEach
    void start() throws Exception {
        new Random(1).nextBytes(CONTENT);
        centre = new Centre(folder).start();
        letter = centre.letters.letter(ID, ID + ".bin", CONTENT);
    }

    @AfterEach
    void close() {
        centre.close();
    }

    @Test
    void asksForNothingInParticularAtFirst() {
        assertThat(centre.frame(StompCommand.SUBSCRIBE, 1).header(Headers.RESUME))
                .isNull();
    }

    @Test
    void goesOnAtThePartThatItLacksAfterACut() throws Exception {
        sendParts(1, 2);

        centre.connection().close();

        assertThat(centre.frame(StompCommand.SUBSCRIBE, 2).header(Headers.RESUME))
                .isEqualTo(ID + "=3");
        arrives(3);
    }

    @Test
    void goesOnAtThePartThatItLacksAfterARestart() throws Exception {
        sendParts(1);
        centre.stop();
        // A part that was being written.
        Files.write(parts(), new byte[77], StandardOpenOption.APPEND);
        centre.start();

        assertThat(centre.frame(StompCommand.SUBSCRIBE, 2).header(Headers.RESUME))
                .isEqualTo(ID + "=2");
        arrives(2);
    }

    @Test
    void goesOnOnceMoreWhenItBreaksAgain() throws Exception {
        sendParts(1);
        centre.connection().close();
        centre.frame(StompCommand.SUBSCRIBE, 2);
        centre.connection().send(centre.letters.frames(letter, 2).get(0));
        Awaitility.await().until(() -> Files.size(parts()) > 2L * Manifest.PART_SIZE);

        centre.connection().close();

        assertThat(centre.frame(StompCommand.SUBSCRIBE, 3).header(Headers.RESUME))
                .isEqualTo(ID + "=3");
        arrives(3);
    }

    @Test
    void takesAllPartsAnewWhenHeadquartersSendsThem() throws Exception {
        sendParts(1, 2);
        centre.connection().close();
        centre.frame(StompCommand.SUBSCRIBE, 2);

        arrives(1);
    }

    @Test
    void throwsBadPartsAwayAndAsksAnew() throws Exception {
        sendParts(1, 2);
        centre.connection().close();
        try (RandomAccessFile file = new RandomAccessFile(parts().toFile(), "rw")) {
            file.seek(file.length() - 5);
            file.write(file.read() ^ 1);
        }
        centre.frame(StompCommand.SUBSCRIBE, 2);

        StompFrame nack = centre.deliver(centre.letters.frames(letter, 3));

        assertThat(nack.command()).isEqualTo(StompCommand.NACK);
        assertThat(nack.header(Headers.REQUEUE)).isEqualTo("true");
        assertThat(centre.filesInWork()).isEmpty();
        arrives(1);
    }

    @Test
    void refusesWhatHasABadDigestWithoutAnyPartFromBefore() throws Exception {
        letter.sealed()[9] ^= 1;

        StompFrame nack = centre.deliver(letter);

        assertThat(nack.header(Headers.REQUEUE)).isEqualTo("false");
        assertThat(nack.header(Headers.REASON)).isEqualTo("bad-digest");
        assertThat(centre.filesInWork()).isEmpty();
    }

    @Test
    void putsNoTwoMessagesTogether() throws Exception {
        sendParts(1);
        centre.connection().close();
        centre.frame(StompCommand.SUBSCRIBE, 2);
        Letters.Letter other = centre.letters.letter(ID, ID + ".bin", CONTENT);

        assertThat(centre.deliver(centre.letters.frames(other, 2)).header(Headers.REQUEUE))
                .isEqualTo("true");
        assertThat(centre.filesInWork()).isEmpty();
        arrives(1);
    }

    @Test
    void acknowledgesWithoutTheOtherPartsWhatStandsInTheOutbox() throws Exception {
        centre.headquarters((connection, frame) -> {
            if (frame.command() == StompCommand.ACK
                    && connection == centre.server().connections().get(0)) {
                connection.close();
            }
            return null;
        });
        StompFrame first = centre.deliver(letter);

        assertThat(centre.frame(StompCommand.SUBSCRIBE, 2).header(Headers.RESUME))
                .isEqualTo(ID + "=9999999");
        StompFrame second = centre.deliver(centre.letters.frames(letter, 3));

        assertThat(second.command()).isEqualTo(StompCommand.ACK);
        assertThat(second.header(Headers.DELIVERY_RECEIPT)).isEqualTo(first.header(Headers.DELIVERY_RECEIPT));
        assertThat(centre.filesInWork()).isEmpty();
    }

    @Test
    void asksAnewWhenItHasNoPartOfWhatGoesOn() throws Exception {
        assertThat(centre.deliver(centre.letters.frames(letter, 3)).header(Headers.REQUEUE))
                .isEqualTo("true");
        assertThat(centre.deliver(centre.letters.frames(letter, 2)).header(Headers.REQUEUE))
                .isEqualTo("true");

        arrives(1);
    }

    @Test
    void forgetsInTimeWhatDoesNotGoOn() throws Exception {
        SettableClock wall = new SettableClock(Clock.systemUTC());
        SettableClock steady = new SettableClock(new SteadyClock());
        centre.stop();
        centre.clocks(new SiteClocks(wall, steady));
        centre.start();
        centre.frame(StompCommand.SUBSCRIBE, 2);
        sendParts(1);
        wall.advance(Duration.ofDays(8));
        steady.advance(Duration.ofDays(8));
        centre.stop();
        centre.start();

        assertThat(centre.frame(StompCommand.SUBSCRIBE, 3).header(Headers.RESUME))
                .isNull();
        assertThat(centre.filesInWork()).isEmpty();
    }

    /** On the connection of this moment, until they stand in the work folder. */
    private void sendParts(int... numbers) throws Exception {
        List<StompFrame> frames = centre.letters.frames(letter);
        for (int number : numbers) {
            centre.connection().send(frames.get(number - 1));
        }
        Awaitility.await()
                .until(() -> Files.exists(parts()) && Files.size(parts()) > (long) numbers.length * Manifest.PART_SIZE);
    }

    private void arrives(int firstPart) throws Exception {
        assertThat(centre.deliver(centre.letters.frames(letter, firstPart)).command())
                .isEqualTo(StompCommand.ACK);
        assertThat(centre.outbox(ID + ".bin")).hasBinaryContent(CONTENT);
        assertThat(centre.filesInWork()).isEmpty();
    }

    private Path parts() {
        return centre.home.work().resolve("ca_rc_queue." + ID + ".parts");
    }
}
