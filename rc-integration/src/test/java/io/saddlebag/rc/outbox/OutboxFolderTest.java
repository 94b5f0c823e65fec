package io.saddlebag.rc.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.Presence;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxFolderTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");

    @TempDir
    private Path directory;

    private Outbox outbox;
    private OutboxFolder folder;
    private Path place;

    @BeforeEach
    void make() throws IOException {
        outbox = new Outbox(directory.resolve("outbox"), new Outbox.Extras(false, false), Presence.ALWAYS);
        folder = new OutboxFolder(outbox, LAB, ID, ID.value());
        place = directory.resolve("outbox/FL-LAB/" + ID);
        fill("alpha");
    }

    private void fill(String content) throws IOException {
        Files.createDirectories(folder.hidden().resolve("data"));
        Files.writeString(folder.hidden().resolve("data/a.txt"), content);
    }

    @Test
    void appearsWholeUnderItsName() throws IOException {
        assertThat(place).doesNotExist();

        folder.place();

        assertThat(place.resolve("data/a.txt")).hasContent("alpha");
        assertThat(folder.hidden()).doesNotExist();
    }

    @Test
    void keepsTheSameContentThatACrashLeftThere() throws IOException {
        folder.place();
        fill("alpha");

        folder.place();

        assertThat(place.resolve("data/a.txt")).hasContent("alpha");
        assertThat(folder.hidden()).doesNotExist();
    }

    @Test
    void neverReplacesAnotherFolder() throws IOException {
        folder.place();
        fill("beta");
        isConflict();
        assertThat(place.resolve("data/a.txt")).hasContent("alpha");

        Files.createSymbolicLink(place.resolve("link"), directory);
        isConflict();
    }

    @Test
    void neverReplacesAFileOrAnEmptyFolder() throws IOException {
        Files.createDirectory(place);
        isConflict();
        Files.delete(place);
        Files.createFile(place);
        isConflict();
        assertThat(place).isRegularFile();
    }

    @Test
    void isClearedAwayWhenAKilledProcessLeftItHalfFilled() throws IOException {
        Files.createDirectories(place.resolveSibling(".theirs.folder"));
        Path checksums = Files.createFile(folder.hidden().resolveSibling(".119da6be-36a7-4342-88c4-f13235b81558.part"));

        outbox.removeUnfinished();

        assertThat(folder.hidden()).doesNotExist();
        assertThat(checksums).doesNotExist();
        assertThat(place.resolveSibling(".theirs.folder")).exists();
    }

    @Test
    void isFilledWhereThisSiteAloneMayEnter() throws IOException {
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(folder.hidden().getParent())))
                .isEqualTo("rwx------");
        assertThat(folder.hidden().getParent()).isEqualTo(directory.resolve("outbox/.saddlebag-staging"));
    }

    @Test
    void refusesAStagingFolderThatOthersMayEnter() throws IOException {
        Path staging = folder.hidden().getParent();
        Files.setPosixFilePermissions(staging, PosixFilePermissions.fromString("rwxr-x---"));

        assertThatThrownBy(folder::place)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("this site alone may enter")
                .hasMessageContaining("chmod 0700 " + staging);
    }

    @Test
    void comparesNamesSizesAndBytesOfWhatACrashLeft() throws IOException {
        folder.place();
        for (String other : new String[] {"alphb", "alpha2", ""}) {
            fill(other);
            isConflict();
        }
        fill("alpha");
        Files.createFile(folder.hidden().resolve("data/more"));
        isConflict();
        Files.delete(folder.hidden().resolve("data/more"));
        Files.createDirectory(folder.hidden().resolve("data/more"));
        isConflict();
        assertThat(place.resolve("data/a.txt")).hasContent("alpha");
    }

    @Test
    void believesNoStandingFolderThatTheGroupMayWrite() throws IOException {
        folder.place();
        fill("alpha");
        Files.setPosixFilePermissions(place.resolve("data"), PosixFilePermissions.fromString("rwxrwx---"));

        isConflict();
    }

    private void isConflict() {
        assertThatThrownBy(folder::place).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.code())
                .isEqualTo(Refusal.Code.CONFLICT));
    }
}
