package io.saddlebag.lab.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.files.Presence;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.DropRoots;
import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.lab.claim.Dropped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettledFilesTest {
    private static final Duration SETTLE_TIME = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    private final SteppedClock clock = new SteppedClock();
    private final SettledFiles settled = new SettledFiles(SETTLE_TIME, clock, SystemFiles.USUAL);
    private Path file;
    private DropRoot root;

    @BeforeEach
    void drop() throws IOException {
        file = Files.writeString(folder.resolve("a.csv"), "1");
    }

    private boolean isSettled(Path looked) throws IOException {
        return isSettled(looked, Files.readAttributes(looked, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }

    private boolean isSettled(Path looked, DropRules rules) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(looked, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        root = root == null ? new DropRoot(folder, opened -> {}, Presence.ALWAYS) : root;
        return settled.isSettled(new Dropped(root, folder.relativize(looked), attributes), root.lookAgain(), rules);
    }

    private boolean isSettled(Path looked, BasicFileAttributes attributes) throws IOException {
        root = root == null ? new DropRoot(folder, opened -> {}, Presence.ALWAYS) : root;
        return settled.isSettled(
                new Dropped(root, folder.relativize(looked), attributes), root.lookAgain(), DropRules.USUAL);
    }

    @Test
    void remembersABoundedNumberOfFilesAndTakesTheRestInTheirTurn() throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        for (int i = 0; i < SettledFiles.MAX_WATCHED; i++) {
            isSettled(folder.resolve("gone" + i), attributes);
        }
        isSettled(file);
        clock.step(SETTLE_TIME);
        assertThat(isSettled(file)).isFalse();

        clock.step(Duration.ofMinutes(11));
        isSettled(file);
        clock.step(SETTLE_TIME);
        assertThat(isSettled(file)).isTrue();
    }

    @Test
    void waitsUntilEveryFileOfAFolderStandsStill() throws IOException {
        Path dropped = Files.createDirectories(folder.resolve("dropped/deep"));
        Files.writeString(dropped.resolve("a.csv"), "1");
        Path top = folder.resolve("dropped");
        assertThat(isSettled(top)).isFalse();
        clock.step(SETTLE_TIME.minusMillis(1));
        Files.writeString(dropped.resolve("a.csv"), "12");
        assertThat(isSettled(top)).isFalse();
        clock.step(SETTLE_TIME.minusMillis(1));
        Files.writeString(dropped.resolve("b.csv"), "1");
        assertThat(isSettled(top)).isFalse();
        clock.step(SETTLE_TIME);
        assertThat(isSettled(top)).isTrue();
    }

    @Test
    void doesNotWaitForAFolderWithAMarker() throws IOException {
        Path top = Files.createDirectory(folder.resolve("dropped"));
        Files.createFile(folder.resolve("dropped.bagit"));
        assertThat(isSettled(top)).isTrue();
        Files.delete(folder.resolve("dropped.bagit"));
        assertThat(isSettled(top)).isFalse();
        Files.createFile(folder.resolve("dropped.ready"));
        assertThat(isSettled(top)).isTrue();
    }

    @Test
    void waitsTheSettleTime() throws IOException {
        assertThat(isSettled(file)).isFalse();
        clock.step(SETTLE_TIME.minusMillis(1));
        assertThat(isSettled(file)).isFalse();
        clock.step(Duration.ofMillis(1));
        assertThat(isSettled(file)).isTrue();
    }

    @Test
    void startsAnewWhenTheFileGrows() throws IOException {
        isSettled(file);
        FileTime modified = Files.getLastModifiedTime(file);
        Files.writeString(file, "12");
        Files.setLastModifiedTime(file, modified);
        clock.step(SETTLE_TIME);

        assertThat(isSettled(file)).isFalse();
        clock.step(SETTLE_TIME);
        assertThat(isSettled(file)).isTrue();
    }

    @Test
    void startsAnewWhenTheFileIsTouched() throws IOException {
        isSettled(file);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        clock.step(SETTLE_TIME);

        assertThat(isSettled(file)).isFalse();
    }

    @Test
    void takesAFileAtOnceWhenItsMarkerStands() throws IOException {
        Files.createFile(folder.resolve("a.csv.ready"));

        assertThat(isSettled(file)).isTrue();
    }

    private Path marker() {
        return folder.resolve("a.csv.ready");
    }

    private void list() throws IOException {
        root = root == null ? new DropRoot(folder, opened -> {}, Presence.ALWAYS) : root;
        try (DropListing listing = new DropListing(
                root,
                false,
                name -> true,
                DropRules.USUAL,
                new DropRoots(opened -> {}, folder -> Presence.ALWAYS),
                settled,
                (marker, held) -> settled.metMarker(root, marker, held))) {
            while (listing.next() != null) {
                continue;
            }
        }
    }

    @Test
    void doesNotCountAMarkerThatWasLeftBeforeItsFileCame() throws IOException {
        Files.delete(file);
        Files.createFile(marker());
        list();
        clock.step(SETTLE_TIME);
        list();

        drop();
        assertThat(isSettled(file)).isFalse();
        clock.step(SETTLE_TIME.minusMillis(1));
        assertThat(isSettled(file)).isFalse();
        clock.step(Duration.ofMillis(1));
        assertThat(isSettled(file)).isTrue();
    }

    @Test
    void countsALeftMarkerOnceItIsTouched() throws IOException {
        Files.delete(file);
        Files.createFile(marker());
        list();
        clock.step(SETTLE_TIME);
        list();
        drop();
        assertThat(isSettled(file)).isFalse();

        Files.setLastModifiedTime(marker(), FileTime.from(Instant.now().plusSeconds(5)));

        assertThat(isSettled(file)).isTrue();
    }

    @Test
    void countsAMarkerThatCameALittleBeforeItsFile() throws IOException {
        Files.delete(file);
        Files.createFile(marker());
        list();
        clock.step(SETTLE_TIME.minusMillis(1));
        list();
        drop();

        assertThat(isSettled(file)).isTrue();
    }

    @Test
    void doesNotCountAMarkerOlderThanItsFile() throws IOException {
        Files.createFile(marker());
        FileTime modified = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(marker(), FileTime.from(modified.toInstant().minusMillis(2_001)));
        assertThat(isSettled(file)).isFalse();

        Files.setLastModifiedTime(marker(), FileTime.from(modified.toInstant().minusMillis(1_999)));
        assertThat(isSettled(file)).isTrue();
    }

    @Test
    void doesNotCountABagMarkerOlderThanWhatIsInTheFolder() throws IOException {
        Path top = Files.createDirectory(folder.resolve("dropped"));
        Files.writeString(top.resolve("bagit.txt"), "1");
        Files.createFile(folder.resolve("dropped.bagit"));
        Files.setLastModifiedTime(
                folder.resolve("dropped.bagit"), FileTime.from(Instant.now().minusSeconds(60)));

        assertThat(isSettled(top)).isFalse();
    }

    @Test
    void doesNotWaitForASystemFileThatChangesInAFolder() throws IOException {
        Path top = Files.createDirectory(folder.resolve("dropped"));
        Files.writeString(top.resolve("a.csv"), "1");
        Path system = Files.writeString(top.resolve("Thumbs.db"), "1");
        assertThat(isSettled(top)).isFalse();
        clock.step(SETTLE_TIME);
        Files.writeString(system, "12");

        assertThat(isSettled(top)).isTrue();
    }

    @Test
    void takesAFolderOnlyWhenItSaysSoAndWasQuietForTheTimeOfItsRoute() throws IOException {
        DropRules rules = DropRules.of("done.txt", "10m", "Logs,*.log", "copy");
        Path top = Files.createDirectories(folder.resolve("run/Logs")).getParent();
        Files.writeString(top.resolve("a.csv"), "1");
        assertThat(isSettled(top, rules)).isFalse();
        clock.step(Duration.ofDays(2));
        assertThat(isSettled(top, rules)).isFalse();

        Files.createFile(top.resolve("done.txt"));
        assertThat(isSettled(top, rules)).isFalse();
        clock.step(Duration.ofMinutes(9));
        Files.writeString(top.resolve("late.csv"), "1");
        assertThat(isSettled(top, rules)).isFalse();
        clock.step(Duration.ofMinutes(9));
        assertThat(isSettled(top, rules)).isFalse();

        // New entries that do not travel change their folder's time, and count for nothing.
        Files.createFile(top.resolve("b.log"));
        Files.createFile(top.resolve("Logs/c"));
        clock.step(Duration.ofMinutes(1));
        assertThat(isSettled(top, rules)).isTrue();
    }

    @Test
    void takesAFolderWithAPersonsMarkerThoughItDoesNotSaySo() throws IOException {
        DropRules rules = DropRules.of("done.txt", "10m", "none", "move");
        Path top = Files.createDirectory(folder.resolve("run"));
        assertThat(isSettled(top, rules)).isFalse();
        Files.createFile(folder.resolve("run.ready"));

        assertThat(isSettled(top, rules)).isTrue();
    }

    @Test
    void waitsWithAFileForTheTimeOfItsRoute() throws IOException {
        DropRules rules = DropRules.of("none", "10m", "none", "move");
        assertThat(isSettled(file, rules)).isFalse();
        clock.step(Duration.ofMinutes(9));
        assertThat(isSettled(file, rules)).isFalse();
        clock.step(Duration.ofMinutes(1));
        assertThat(isSettled(file, rules)).isTrue();
    }

    @Test
    void doesNotWaitForALink() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("b.csv"), file);

        assertThat(isSettled(link)).isTrue();
    }

    @Test
    void holdsOffAFileThatCouldNotBeDealtWith() throws IOException {
        settled.holdOff(file, Duration.ofSeconds(30));
        Files.createFile(folder.resolve("a.csv.ready"));

        clock.step(Duration.ofSeconds(29));
        assertThat(isSettled(file)).isFalse();
        clock.step(Duration.ofSeconds(1));
        assertThat(isSettled(file)).isTrue();
    }

    private static final class SteppedClock extends Clock {
        private Instant now = Instant.parse("2025-10-08T10:00:00Z");

        void step(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
