package io.saddlebag.lab.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.saddlebag.files.HeldFolder;
import io.saddlebag.files.Presence;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.DropRoots;
import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.testing.SettableClock;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class DropListingTest {
    @TempDir
    Path folder;

    private Path secret;
    private Path drop;
    private DropRoot root;
    private final Logger logger = (Logger) LoggerFactory.getLogger(Overlooked.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final DropRoots roots = new DropRoots(opened -> {}, folder -> Presence.ALWAYS);
    private final SettableClock clock = SettableClock.still(Instant.now());
    private final SettledFiles settled = new SettledFiles(Duration.ofSeconds(2), clock, SystemFiles.USUAL);

    @BeforeEach
    void make() throws IOException {
        secret = Files.createDirectory(folder.resolve("secret"));
        Files.writeString(secret.resolve("key"), "secret");
        drop = Files.createDirectory(folder.resolve("drop"));
        root = new DropRoot(drop, opened -> {}, Presence.ALWAYS);
    }

    @BeforeEach
    void watchTheLog() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void leaveTheLog() {
        logger.detachAppender(log);
    }

    private List<String> overlookedLines() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private List<String> list() throws IOException {
        List<String> found = new ArrayList<>();
        try (DropListing listing = new DropListing(
                root,
                true,
                name -> true,
                DropRules.USUAL,
                roots,
                settled,
                (marker, held) -> settled.metMarker(root, marker, held))) {
            for (DropListing.Entry entry = listing.next(); entry != null; entry = listing.next()) {
                found.add(entry.dropped().file().toString());
            }
        }
        return found;
    }

    /** 300,000 hidden files: half a core when they are listed at each poll. */
    @Test
    void listsAFolderOfHiddenFilesOnceUntilAnotherNameComes() throws Exception {
        Path sub = Files.createDirectory(drop.resolve("sub"));
        for (int i = 0; i < QuietFolders.MANY; i++) {
            Files.createFile(drop.resolve(".hidden" + i));
            Files.createFile(sub.resolve(".hidden" + i));
        }
        assertThat(list()).isEmpty();
        clock.advance(Duration.ofSeconds(1));

        assertThat(isQuiet(sub)).isTrue();
        assertThat(isQuiet(drop)).as("has a sub-folder to look into").isFalse();
        Files.createFile(sub.resolve("new.csv"));
        assertThat(list()).containsExactly("sub/new.csv");
        assertThat(isQuiet(sub)).isTrue();
        clock.advance(Duration.ofSeconds(1));
        assertThat(isQuiet(sub)).isFalse();
    }

    @Test
    void looksForMarkersAtEachPass() throws Exception {
        for (int i = 0; i < QuietFolders.MANY; i++) {
            Files.createFile(drop.resolve(".hidden" + i));
        }
        Files.createFile(drop.resolve("a.csv.ready"));
        list();
        clock.advance(Duration.ofSeconds(1));

        assertThat(isQuiet(drop)).isFalse();
    }

    private boolean isQuiet(Path folder) throws IOException {
        return settled.quietFolders().isQuiet(Files.readAttributes(folder, BasicFileAttributes.class), settled.time());
    }

    @Test
    void offersALinkToAFolderAndNothingBelowIt() throws Exception {
        Files.createSymbolicLink(drop.resolve("sub"), secret);

        assertThat(list()).containsExactly("sub");
    }

    @Test
    void staysInASubFolderThatIsExchangedForALinkMeanwhile() throws Exception {
        Files.createDirectory(drop.resolve("sub"));
        Files.createFile(drop.resolve("sub/a"));
        Files.createFile(drop.resolve("sub/b"));
        List<String> found = new ArrayList<>();
        try (DropListing listing = new DropListing(
                root,
                true,
                name -> true,
                DropRules.USUAL,
                roots,
                settled,
                (marker, held) -> settled.metMarker(root, marker, held))) {
            found.add(listing.next().dropped().file().toString());
            Files.move(drop.resolve("sub"), folder.resolve("away"));
            Files.createSymbolicLink(drop.resolve("sub"), secret);
            for (DropListing.Entry entry = listing.next(); entry != null; entry = listing.next()) {
                found.add(entry.dropped().file().toString());
            }
        }

        assertThat(found).contains("sub/a", "sub/b").doesNotContain("sub/key");
    }

    @Test
    void reachesNoFileThroughALinkThatTookTheFoldersPlaceAfterTheListing() throws Exception {
        Files.createDirectory(drop.resolve("sub"));
        Files.createFile(drop.resolve("sub/key"));
        assertThat(list()).containsExactly("sub/key");
        Files.move(drop.resolve("sub"), folder.resolve("away"));
        Files.createSymbolicLink(drop.resolve("sub"), secret);

        Path file = Path.of("sub/key");
        assertThat(root.look(file)).isNull();
        assertThatThrownBy(() -> root.at(file, HeldFolder::look)).isInstanceOf(FileSystemException.class);
        root.deleteMarker(file);
        assertThat(secret.resolve("key")).exists();
    }

    @Test
    void opensAFolderThatWasMadeAgain() throws Exception {
        assertThat(list()).isEmpty();
        Files.move(drop, folder.resolve("before"));
        Files.createDirectory(drop);
        Files.createFile(drop.resolve("a"));

        assertThat(list()).containsExactly("a");
    }

    @Test
    void takesALinkAtItsRoot() throws Exception {
        Files.delete(drop);
        Files.createSymbolicLink(drop, secret);

        assertThat(list()).containsExactly("key");
    }

    @Test
    void namesOneEmptySubFolderOfADropFolderAfterAnHour() throws Exception {
        Overlooked overlooked = new Overlooked();
        for (int minute : new int[] {0, 59, 60, 61, 200}) {
            Instant now = Instant.EPOCH.plus(Duration.ofMinutes(minute));
            overlooked.empty(drop, drop.resolve("a"), now);
            overlooked.empty(drop, drop.resolve("b"), now);
            assertThat(overlookedLines()).hasSize(minute < 60 ? 0 : 1);
        }
        overlooked.empty(secret, secret.resolve("a"), Instant.EPOCH);
        overlooked.filled(secret.resolve("a"));
        overlooked.empty(secret, secret.resolve("a"), Instant.EPOCH.plus(Duration.ofMinutes(60)));
        assertThat(overlookedLines()).hasSize(1);
    }

    @Test
    void namesASubFolderThatIsClosedToItOnce() throws Exception {
        Path closed = Files.createDirectory(drop.resolve("closed"));
        Files.createFile(drop.resolve("a"));
        Files.setPosixFilePermissions(closed, Set.of());
        assumeFalse(Files.isReadable(closed), "root reads every folder");
        assertThat(list()).containsExactly("a");
        assertThat(list()).containsExactly("a");
        assertThat(overlookedLines()).singleElement().asString().contains("closed", "may read");
    }
}
