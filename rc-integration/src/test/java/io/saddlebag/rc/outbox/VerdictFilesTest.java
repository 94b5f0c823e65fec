package io.saddlebag.rc.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.Presence;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.outbox.VerdictFiles.NoVerdictException;
import io.saddlebag.rc.outbox.VerdictFiles.Said;
import io.saddlebag.testing.AnotherUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictFilesTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final Said ACCEPTED = new Said(LAB, ID, "accepted");

    @TempDir
    private Path folder;

    private Outbox outbox;
    private VerdictFiles files;
    private Path file;

    @BeforeEach
    void makeOutbox() throws Exception {
        outbox = new Outbox(folder.resolve("outbox"), new Outbox.Extras(false, false), Presence.ALWAYS);
        outbox.requireRoom(LAB, 1);
        // The change of a folder is over by this clock.
        files = new VerdictFiles(outbox, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1)));
        file = outbox.folder(LAB).resolve(ID + ".accepted");
    }

    /** As two looks find it. */
    private List<Said> settled() throws IOException {
        files.settled(LAB);
        return files.settled(LAB);
    }

    @Test
    void findsWhatIsTheSameTwice() throws Exception {
        Files.writeString(file, "fi");
        assertThat(files.settled(LAB)).isEmpty();
        Files.writeString(file, "fine");
        assertThat(files.settled(LAB)).isEmpty();
        assertThat(files.settled(LAB)).containsExactly(ACCEPTED);
        assertThat(files.take(ACCEPTED)).hasValue("fine".getBytes());
        files.discard(ACCEPTED);

        assertThat(settled()).isEmpty();
        assertThat(file).doesNotExist();
        assertThat(files.take(ACCEPTED)).isEmpty();
    }

    @Test
    void findsNoOtherFiles() throws Exception {
        for (String name : List.of(
                ID + ".accepted.txt",
                ID + ".x.accepted",
                "PA-LAB_DAT_20251008_001.accepted",
                "." + ID + ".accepted",
                ".accepted",
                ID + ".ACCEPTED",
                ID + ".done")) {
            Files.createFile(outbox.folder(LAB).resolve(name));
        }

        assertThat(settled()).isEmpty();
        assertThat(files.settled(SiteId.of("PA-LAB"))).isEmpty();
    }

    private void assertLeft(String found) throws Exception {
        assertThat(settled()).containsExactly(ACCEPTED);
        assertThatThrownBy(() -> files.take(ACCEPTED))
                .isInstanceOf(NoVerdictException.class)
                .hasMessageContaining(found);
        files.refuse(ACCEPTED);

        assertThat(settled()).isEmpty();
        assertThat(files.refused()).isEqualTo(1);
        assertThat(Files.exists(file, LinkOption.NOFOLLOW_LINKS)).isTrue();
        Files.delete(file);
        Files.writeString(file, "now it is one");
        assertThat(settled()).containsExactly(ACCEPTED);
        assertThat(files.take(ACCEPTED)).isPresent();
        assertThat(files.refused()).isZero();
    }

    @Test
    void leavesALink() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "key");
        Files.createSymbolicLink(file, secret);

        assertLeft("found a link");
    }

    @Test
    void leavesAFileThatHasAnotherName() throws Exception {
        Files.createLink(file, Files.writeString(folder.resolve("secret"), "key"));

        assertLeft("another name too");
    }

    @Test
    void leavesAFolderAndAPipe() throws Exception {
        Files.createDirectory(file);
        assertLeft("found a link, a folder");
        files.discard(ACCEPTED);
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
        assertLeft("found a link, a folder");
    }

    @Test
    void takesTheFileOfAnotherUser() throws Exception {
        AnotherUser reader = AnotherUser.require();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        reader.share(outbox.folder(LAB), 03770);
        assertThat(reader.run("umask 022; echo fine > \"$1\"", file).isDone()).isTrue();

        assertThat(settled()).containsExactly(ACCEPTED);
        assertThat(files.take(ACCEPTED)).hasValue("fine\n".getBytes());
    }

    @Test
    void putsBackWhatAKilledProcessHadTaken() throws Exception {
        Files.writeString(file, "fine");
        assertThat(files.take(ACCEPTED)).isPresent();
        assertThat(file).doesNotExist();

        outbox.removeUnfinished();

        assertThat(file).hasContent("fine");
        assertThat(settled()).containsExactly(ACCEPTED);
    }

    @Test
    void leavesAVerdictWhenAMessageIsDeleted() throws Exception {
        Files.writeString(file, "fine");
        Files.createFile(outbox.folder(LAB).resolve(ID + ".done"));

        assertThat(OutboxRetention.delete(outbox, LAB, Set.of(ID), true)).isEmpty();
        assertThat(file).exists();
        assertThat(outbox.folder(LAB).resolve(ID + ".done")).doesNotExist();
        assertThat(OutboxRetention.delete(outbox, LAB, Set.of(ID))).isEmpty();
        assertThat(file).doesNotExist();
    }
}
