package io.saddlebag.rc.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.files.Presence;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.rc.records.JournalledDelivery;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.rc.work.PartsFile;
import io.saddlebag.rc.work.WorkFolder;
import io.saddlebag.testing.RunningTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Also of {@link WorkFolder}, which knows the parts that were kept. */
class ResumePointsTest {
    private static final Instant NOW = Instant.parse("2025-10-08T10:00:00Z");
    private static final String QUEUE = "ca_rc_queue";

    @TempDir
    private Path folder;

    private final Set<Path> coming = new HashSet<>();
    private WorkFolder work;
    private RcJournal journal;
    private ResumePoints points;

    @BeforeEach
    void open() throws Exception {
        work = WorkFolder.open(
                folder.resolve("work"), Presence.ALWAYS, Duration.ofDays(7), RunningTimes.sinceEver(Clock.systemUTC()));
        journal = RcJournal.open(folder.resolve("rc.db"));
        points = new ResumePoints(work, journal, coming::contains);
    }

    @AfterEach
    void close() throws Exception {
        journal.close();
    }

    @Test
    void namesWhatBrokeOffBeforeWhatHeadquartersMayKnowToBeHere() throws Exception {
        publish(1, NOW);
        publish(2, NOW.plusSeconds(1));
        keepParts(QUEUE, 3);

        assertThat(points.header(QUEUE, 1)).isEqualTo(id(3) + "=2");
        assertThat(points.header(QUEUE, 2)).isEqualTo(id(3) + "=2," + id(2) + "=9999999");
        assertThat(points.header(QUEUE, 64)).isEqualTo(id(3) + "=2," + id(2) + "=9999999," + id(1) + "=9999999");
    }

    @Test
    void asksForNoPartsOfWhatIsHereThoughSomeWereKept() throws Exception {
        publish(1, NOW);
        keepParts(QUEUE, 1);

        assertThat(points.header(QUEUE, 64)).isEqualTo(id(1) + "=9999999");
    }

    /** Over another link: its first part is not whole yet. */
    @Test
    void clearsNoFileAwayWhosePartsComeInNow() throws Exception {
        Path begun = work.partsFile(QUEUE, id(1));
        PartsFile.begin(begun, 3, new byte[] {1});
        coming.add(begun);

        assertThat(points.header(QUEUE, 64)).isNull();
        assertThat(begun).exists();
        coming.clear();
        assertThat(points.header(QUEUE, 64)).isNull();
        assertThat(begun).doesNotExist();
    }

    @Test
    void namesWhatBrokeOffLastFirst() throws Exception {
        Path earlier = keepParts(QUEUE, 1);
        Files.setLastModifiedTime(earlier, FileTime.from(Instant.now().minusSeconds(60)));
        keepParts(QUEUE, 2);

        assertThat(points.header(QUEUE, 1)).isEqualTo(id(2) + "=2");
    }

    @Test
    void passesOverPartsThatAreGoneOnceItLooks() throws Exception {
        Files.createSymbolicLink(work.partsFile(QUEUE, id(1)), folder.resolve("gone"));
        keepParts(QUEUE, 2);

        assertThat(points.header(QUEUE, 64)).isEqualTo(id(2) + "=2");
    }

    @Test
    void forgetsInTimeThePartsOfAQueueThatIsNoLongerAskedFor() throws Exception {
        Path old = keepParts("former_queue", 1);
        Path young = keepParts("former_queue", 2);
        Path other = Files.writeString(work.folder().resolve("notes.parts"), "somebody's own");
        FileTime longAgo = FileTime.from(Instant.now().minusSeconds(8 * 86_400));
        Files.setLastModifiedTime(old, longAgo);
        Files.setLastModifiedTime(other, longAgo);

        assertThat(points.header(QUEUE, 64)).isNull();

        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(other).exists();
    }

    private Path keepParts(String queue, int number) throws IOException {
        Path file = work.partsFile(queue, id(number));
        PartsFile.begin(file, 3, new byte[] {1}).put(1, new byte[Manifest.PART_SIZE], 0);
        return file;
    }

    private void publish(int number, Instant received) {
        Sha256 digest = Sha256.of(new byte[] {(byte) number});
        JournalledDelivery delivery = new JournalledDelivery(
                id(number).sender(),
                id(number),
                QUEUE,
                digest,
                number,
                null,
                digest,
                3 * Manifest.PART_SIZE,
                digest,
                received,
                new byte[] {1},
                null,
                List.of());
        assertThat(journal.publish(List.of(delivery)).get(0)).isCompleted();
    }

    private static MessageId id(int number) {
        return MessageId.of("FL-LAB_DAT_20251008_00" + number);
    }
}
