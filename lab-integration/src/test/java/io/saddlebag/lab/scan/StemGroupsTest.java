package io.saddlebag.lab.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.HeldFolder;
import io.saddlebag.files.Presence;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.DropRoots;
import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.claim.GroupClaim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StemGroupsTest {
    private static final Duration SETTLE_TIME = Duration.ofSeconds(2);

    @TempDir
    private Path folder;

    private Instant now = Instant.parse("2025-10-08T10:00:00Z");
    private DropRoot root;
    private DropRoots roots;
    private SettledFiles settled;
    private StemGroups stems;

    @BeforeEach
    void make() throws IOException {
        Clock clock = new Clock() {
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
        };
        roots = new DropRoots(opened -> {}, folder -> Presence.ALWAYS);
        root = roots.of(Files.createDirectory(folder.resolve("drop")));
        settled = new SettledFiles(SETTLE_TIME, clock, SystemFiles.USUAL);
        stems = new StemGroups(root, settled, DropRules.USUAL);
        file("x.bam");
        file("x.bam.bai");
    }

    private Path file(String name) throws IOException {
        return Files.writeString(root.path().resolve(name), name);
    }

    /** One pass: the groups that are complete, each by its files. */
    private List<List<String>> pass() throws IOException {
        return groups().stream()
                .map(group ->
                        group.members().stream().map(Dropped::name).sorted().toList())
                .toList();
    }

    private List<Dropped> groups() throws IOException {
        try (DropListing listing = new DropListing(
                root, true, name -> true, DropRules.USUAL, roots, settled, (marker, held) -> stems.marker(marker))) {
            for (DropListing.Entry entry = listing.next(); entry != null; entry = listing.next()) {
                stems.add(entry.dropped());
            }
        }
        return stems.complete();
    }

    @Test
    void waitsUntilAllFilesOfAStemAreStill() throws IOException {
        assertThat(pass()).isEmpty();
        now = now.plus(SETTLE_TIME.minusMillis(1));
        file("x.bam.md5");
        assertThat(pass()).isEmpty();
        now = now.plus(SETTLE_TIME.minusMillis(1));
        Files.writeString(root.path().resolve("x.bam"), "grows");
        assertThat(pass()).isEmpty();
        now = now.plus(SETTLE_TIME);

        assertThat(pass()).containsExactly(List.of("x.bam", "x.bam.bai", "x.bam.md5"));
    }

    @Test
    void takesAStemWithItsMarkerOrWithOneOfEachFile() throws IOException {
        file("x.ready");
        file("y.bam");
        file("y.bam.ready");
        file("y.bam.bai");
        assertThat(pass()).isEmpty();
        assertThat(pass()).containsExactly(List.of("x.bam", "x.bam.bai"));

        file("y.bam.bai.ready");
        pass();
        assertThat(pass()).contains(List.of("y.bam", "y.bam.bai"));
    }

    /** The files and the marker came while a pass listed the folder, which shows some of the files only. */
    @Test
    void takesAMarkedStemOnceItWasListedAfterItsMarkerWasSeen() throws IOException {
        file("x.ready");
        assertThat(pass()).isEmpty();
        file("x.bam.md5");

        assertThat(pass()).isEmpty();
        assertThat(pass()).containsExactly(List.of("x.bam", "x.bam.bai", "x.bam.md5"));
    }

    @Test
    void doesNotCountAMarkerThatIsOlderThanAFileOfTheStem() throws IOException {
        Path marker = file("x.ready");
        Files.setLastModifiedTime(marker, FileTime.from(Instant.now().minusSeconds(60)));

        assertThat(pass()).isEmpty();
    }

    @Test
    void doesNotCountAMarkerThatWasLeftBeforeItsStemCame() throws IOException {
        Path marker = file("z.ready");
        pass();
        now = now.plus(SETTLE_TIME);
        pass();
        Path late = file("z.bam");
        Files.setLastModifiedTime(late, Files.getLastModifiedTime(marker));

        assertThat(pass()).doesNotContain(List.of("z.bam"));
        Files.setLastModifiedTime(marker, FileTime.from(Instant.now().plusSeconds(5)));
        pass();
        assertThat(pass()).contains(List.of("z.bam"));
    }

    @Test
    void keepsTheSameStemOfTwoFoldersApart() throws IOException {
        Files.createDirectory(root.path().resolve("sub"));
        file("sub/x.vcf");
        pass();
        now = now.plus(SETTLE_TIME);

        assertThat(pass()).containsExactlyInAnyOrder(List.of("x.bam", "x.bam.bai"), List.of("x.vcf"));
    }

    private Dropped group() throws IOException {
        pass();
        now = now.plus(SETTLE_TIME);
        return groups().get(0);
    }

    private HeldFolder target() throws IOException {
        return HeldFolder.open(Files.createDirectories(folder.resolve("target")));
    }

    @Test
    void movesAllFilesOfAGroupOrNone() throws IOException {
        Dropped group = group();
        Files.createDirectories(folder.resolve("target/x.bam.bai/in the way"));
        try (HeldFolder target = target()) {
            assertThatThrownBy(() -> GroupClaim.gather(group, target)).isInstanceOf(IOException.class);
        }
        assertThat(root.path().resolve("x.bam")).hasContent("x.bam");
        assertThat(root.path().resolve("x.bam.bai")).hasContent("x.bam.bai");
        assertThat(folder.resolve("target/x.bam")).doesNotExist();
    }

    @Test
    void leavesOutAFileThatIsGone() throws IOException {
        Dropped group = group();
        Files.delete(root.path().resolve("x.bam.bai"));
        try (HeldFolder target = target()) {
            GroupClaim.gather(group, target);
            assertThat(folder.resolve("target/x.bam")).exists();
            assertThatThrownBy(() -> GroupClaim.gather(group, target)).isInstanceOf(NoSuchFileException.class);
        }
    }
}
