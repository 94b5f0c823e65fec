package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.saddlebag.message.FolderFacts;
import io.saddlebag.rc.intake.QueueConsumer;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Disks that are full or cannot be written to: nothing is taken until they can be, and then all of it. */
class FullDiskTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";

    @TempDir
    private Path folder;

    private final Deque<Path> mounts = new ArrayDeque<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Centre centre;

    @BeforeEach
    void makeCentre() throws Exception {
        centre = new Centre(folder);
        log.start();
        logger().addAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(QueueConsumer.class);
    }

    @AfterEach
    void close() throws Exception {
        logger().detachAppender(log);
        centre.close();
        while (!mounts.isEmpty()) {
            run("umount", mounts.pop().toString());
        }
    }

    @Test
    void takesNothingWhileItsOutboxIsNoFolderAndGoesOnByItself() throws Exception {
        Path outbox = Files.writeString(centre.home.folder().resolve("outbox"), "a file where the folder should be");
        centre.start();
        Letters.Letter letter = letter(1, 10);
        centre.letters.frames(letter).forEach(centre.connection()::send);
        Letters.Letter second = letter(2, 10);
        centre.letters.frames(second).forEach(centre.connection()::send);

        assertThat(centre.frame(StompCommand.UNSUBSCRIBE, 1).header(Headers.ID)).isEqualTo("ca_rc_queue");
        Files.delete(outbox);
        centre.frame(StompCommand.SUBSCRIBE, 2);

        arrives(letter);
        arrives(second);
        assertThat(centre.frames(StompCommand.NACK)).isEmpty();
        assertThat(said(Level.ERROR)).singleElement().asString().contains("takes no deliveries now", "outbox");
        assertThat(said(Level.INFO))
                .filteredOn(text -> text.contains("takes deliveries again"))
                .hasSize(1);
    }

    @Test
    void staysSuspendedAcrossConnections() throws Exception {
        Path outbox = Files.writeString(centre.home.folder().resolve("outbox"), "a file where the folder should be");
        centre.start();
        Letters.Letter letter = letter(1, 10);
        centre.letters.frames(letter).forEach(centre.connection()::send);
        centre.frame(StompCommand.UNSUBSCRIBE, 1);
        // The keys, which every connection begins with; with the second connection's the count is two.
        centre.frame(StompCommand.SEND, 1);

        centre.connection().close();
        centre.frame(StompCommand.SEND, 2);
        assertThat(centre.frames(StompCommand.SUBSCRIBE)).hasSize(1);
        Files.delete(outbox);

        centre.frame(StompCommand.SUBSCRIBE, 2);
        arrives(letter);
    }

    @Test
    void waitsForRoomInAFullOutbox() throws Exception {
        Path outbox = mount("outbox", "2m");
        Path filler = Files.write(outbox.resolve("filler"), new byte[1_900_000]);
        centre.start();
        Letters.Letter letter = letter(1, 400_000);
        centre.letters.frames(letter).forEach(centre.connection()::send);

        centre.frame(StompCommand.UNSUBSCRIBE, 1);
        assertThat(centre.filesInWork()).isEmpty();
        Files.delete(filler);
        centre.frame(StompCommand.SUBSCRIBE, 2);

        arrives(letter);
    }

    @Test
    void waitsUntilTheWholeMessageFitsIntoItsWorkFolderAndGoesOnWithTheParts() throws Exception {
        Path work = mount("work", "12m");
        centre.start();
        Letters.Letter letter = letter(1, 2_500_000);
        List<StompFrame> frames = centre.letters.frames(letter);
        frames.subList(0, 2).forEach(centre.connection()::send);
        Path parts = work.resolve("ca_rc_queue." + ID + ".parts");
        Awaitility.await().until(() -> Files.exists(parts) && Files.size(parts) > 2 << 20);
        // The parts' file and the opened file lie there together.
        Path filler = Files.write(work.resolve("filler"), new byte[8_000_000]);
        centre.connection().send(frames.get(2));

        centre.frame(StompCommand.UNSUBSCRIBE, 1);
        assertThat(centre.frames(StompCommand.SUBSCRIBE)).hasSize(1);
        Files.delete(filler);

        assertThat(centre.frame(StompCommand.SUBSCRIBE, 2).header(Headers.RESUME))
                .isEqualTo(ID + "=3");
        assertThat(centre.deliver(centre.letters.frames(letter, 3)).command()).isEqualTo(StompCommand.ACK);
        assertThat(said(Level.ERROR)).singleElement().asString().contains("work");
    }

    @Test
    void looksForRoomBeforeItTakesTheFirstPart() throws Exception {
        Path work = mount("work", "16m");
        Path filler = Files.write(work.resolve("filler"), new byte[12_000_000]);
        centre.start();
        Letters.Letter letter = letter(1, 2_500_000);
        centre.connection().send(centre.letters.frames(letter).get(0));

        centre.frame(StompCommand.UNSUBSCRIBE, 1);

        assertThat(said(Level.ERROR))
                .singleElement()
                .asString()
                .contains("expected room for " + 2 * letter.sealed().length + " bytes");
        assertThat(centre.filesInWork()).containsExactly(filler);
        Files.delete(filler);
        centre.frame(StompCommand.SUBSCRIBE, 2);
        arrives(letter);
    }

    @Test
    void refusesWhatItsDiskCouldNeverHoldAndTakesWhatComesBehindIt() throws Exception {
        mount("work", "4m");
        centre.start();

        Letters.Letter large = letter(1, 2_500_000);
        StompFrame nack = centre.deliver(large);

        assertThat(nack.command()).isEqualTo(StompCommand.NACK);
        assertThat(nack.header(Headers.REQUEUE)).isEqualTo("false");
        assertThat(nack.header(Headers.REASON)).isEqualTo("too-large");
        assertThat(nack.header(Headers.REFUSAL_DETAIL)).as("no seal was opened").isNull();
        Letters others = new Letters(centre.network.identity("PA-LAB"), centre.ageKey.recipient());
        String other = "PA-LAB_RPT_20251008_125";
        StompFrame ack = centre.deliver(others.letter(other, other + ".txt", new byte[10]));
        assertThat(ack.command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.home.folder().resolve("outbox/PA-LAB/" + other + ".message.json"))
                .exists();
        assertThat(centre.frames(StompCommand.UNSUBSCRIBE)).isEmpty();
        assertThat(centre.filesInWork()).isEmpty();
    }

    @Test
    void refusesAFolderThatItsDiskHoldsButNotWhatIsUnpackedOfIt() throws Exception {
        Path work = mount("work", "8m");
        Path outbox = Files.createDirectories(work.resolve("outbox"));
        Files.createSymbolicLink(centre.home.folder().resolve("outbox"), outbox);
        centre.start();

        // Nothing of the tar is read.
        byte[] tar = new byte[2_800_000];
        StompFrame nack = centre.deliver(centre.letters.letter(ID, ID, tar, new FolderFacts(1, tar.length, false)));

        assertThat(nack.header(Headers.REQUEUE)).isEqualTo("false");
        assertThat(nack.header(Headers.REASON)).isEqualTo("too-large");
        assertThat(centre.frames(StompCommand.UNSUBSCRIBE)).isEmpty();
        arrives(letter(2, 10));
        assertThat(centre.filesInWork()).containsExactly(outbox);
    }

    @Test
    void refusesMoreThanItsOperatorWants() throws Exception {
        Files.writeString(centre.home.settingsFile(), "receive.max-bytes=2MiB\n", StandardOpenOption.APPEND);
        centre.start();

        StompFrame nack = centre.deliver(letter(1, 2_500_000));

        assertThat(nack.header(Headers.REQUEUE)).isEqualTo("false");
        assertThat(nack.header(Headers.REASON)).isEqualTo("too-large");
        arrives(letter(2, 2_000_000));
    }

    @Test
    void refusesASinglePartOfMoreThanItsOperatorWants() throws Exception {
        Files.writeString(centre.home.settingsFile(), "receive.max-bytes=4KiB\n", StandardOpenOption.APPEND);
        centre.start();

        StompFrame nack = centre.deliver(letter(1, 4096));

        assertThat(nack.header(Headers.REASON)).isEqualTo("too-large");
        arrives(letter(2, 2000));
    }

    @Test
    void waitsWhileItsOutboxIsReadOnly() throws Exception {
        Path outbox = mount("outbox", "4m");
        run("mount", "-o", "remount,ro", outbox.toString());
        centre.start();
        Letters.Letter letter = letter(1, 10);
        centre.letters.frames(letter).forEach(centre.connection()::send);

        centre.frame(StompCommand.UNSUBSCRIBE, 1);
        run("mount", "-o", "remount,rw", outbox.toString());
        centre.frame(StompCommand.SUBSCRIBE, 2);

        arrives(letter);
        assertThat(said(Level.ERROR)).singleElement().asString().contains("Read-only file system");
    }

    /** A small file system there; skipped where this test may not mount one. */
    private Path mount(String name, String size) throws Exception {
        Path place = Files.createDirectories(centre.home.folder().resolve(name));
        boolean isMounted = run("mount", "-t", "tmpfs", "-o", "size=" + size, "saddlebag-test", place.toString()) == 0;
        assumeTrue(isMounted, "mounting a tmpfs needs root and CAP_SYS_ADMIN");
        mounts.push(place);
        return place;
    }

    private static int run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        }
    }

    private Letters.Letter letter(int number, int size) throws Exception {
        centre.letters.seq = number;
        byte[] content = new byte[size];
        new Random(number).nextBytes(content);
        String id = "FL-LAB_DAT_20251008_%03d".formatted(number);
        return centre.letters.letter(id, id + ".bin", content);
    }

    private void arrives(Letters.Letter letter) {
        assertThat(centre.deliver(letter).command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.outbox(letter.messageId() + ".bin")).exists();
        assertThat(centre.outbox(letter.messageId() + ".message.json")).exists();
    }

    private List<String> said(Level level) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
