package io.saddlebag.lab.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saddlebag.files.Presence;
import io.saddlebag.lab.OverlongPaths;
import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabFoldersTest {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");

    @TempDir
    Path home;

    private LabFolders folders;

    @BeforeEach
    void create() throws IOException {
        folders = new LabFolders(
                new SiteHome(home),
                Clock.fixed(Instant.parse("2025-10-08T23:59:59Z"), ZoneOffset.ofHours(9)),
                Presence.ALWAYS);
        folders.create();
    }

    @Test
    void keepsSentFilesByTheirDayInUtc() throws IOException {
        folders.keepSent(dropped("it"), "a.csv");

        assertThat(home.resolve("sent/2025-10-08/a.csv")).hasContent("it");
    }

    @Test
    void overwritesNothing() throws IOException {
        folders.keepSent(dropped("one"), "a.csv");
        folders.keepSent(dropped("two"), "a.csv");

        assertThat(home.resolve("sent/2025-10-08/a.csv")).hasContent("one");
        assertThat(home.resolve("sent/2025-10-08/a.csv.2")).hasContent("two");
    }

    @Test
    void putsTheReasonBesideEachFailedFile() throws IOException {
        Refusal refusal = new Refusal(Refusal.Code.CONFLICT, "other bytes");
        folders.failed().keep(dropped("one"), "a.csv", "drop/raw", ID, refusal);
        folders.failed().keep(dropped("two"), "a.csv", "drop/raw", ID, refusal);

        assertThat(home.resolve("failed/a.csv.2")).hasContent("two");
        assertThat(home.resolve("failed/a.csv.reason.json"))
                .content()
                .contains("conflict", "other bytes", ID.value(), "drop/raw");
        assertThat(home.resolve("failed/a.csv.2.reason.json")).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sent", "failed"})
    void refusesAFolderToWhichItCannotRename(String name) throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory), "no second file system at " + memory);
        assumeFalse(Files.getFileStore(memory).equals(Files.getFileStore(home)), "one file system alone");
        Path elsewhere = Files.createTempDirectory(memory, "saddlebag-");
        try {
            Files.delete(home.resolve(name));
            Files.createSymbolicLink(home.resolve(name), elsewhere);

            assertThatThrownBy(folders::create)
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll(
                            home.resolve(name).toString(),
                            "one file system",
                            home.resolve("work").toString(),
                            "one disk");
            assertThat(home.resolve("work")).isEmptyDirectory();
        } finally {
            Files.delete(elsewhere);
        }
    }

    @Test
    void clearsTheWorkFolderOfAMessage() throws IOException {
        Path dropped = dropped("it");
        folders.takeIn(dropped, ID);
        Files.writeString(folders.sealed(ID), "sealed");
        folders.clear(ID);
        folders.clear(ID);

        assertThat(home.resolve("work")).isEmptyDirectory();
    }

    private OutgoingMessage.Claim claim(Path dropped) throws IOException {
        return new OutgoingMessage.Claim(
                "route",
                new SiteHome(home).nameOf(dropped.getParent()),
                dropped.getFileName().toString(),
                "text/csv",
                List.of(SiteId.of("CA-RC")),
                Instant.now(),
                FileLook.of(dropped),
                TestLab.SECRET);
    }

    @Test
    void givesAFileBackBesideAnotherOfItsName() throws IOException {
        Path dropped = dropped("it");
        OutgoingMessage.Claim claim = claim(dropped);
        folders.takeIn(dropped, ID);
        dropped("another");

        Path put = folders.giveBack(OutgoingMessage.claimed(1, ID, claim));
        assertThat(put).isEqualTo(home.resolve("failed/dropped")).hasContent("it");
        assertThat(home.resolve("failed/dropped.reason.json")).content().contains("conflict");
        assertThat(dropped).hasContent("another");
    }

    @Test
    void overwritesNoFileThatTheJournalDoesNotKnow() throws IOException {
        Path dropped = dropped("it");
        Files.createDirectories(folders.content(ID).getParent());
        Files.writeString(folders.content(ID), "an orphan");

        assertThatThrownBy(() -> folders.takeIn(dropped, ID)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(folders.content(ID)).hasContent("an orphan");
    }

    @Test
    void writesNoReasonOverAFailedFile() throws IOException {
        Refusal refusal = new Refusal(Refusal.Code.BAD_NAME, "no message_id");
        Path first = folders.failed().keep(dropped("a file"), "notes.reason.json", "drop", null, refusal);
        Path second = folders.failed().keep(dropped("notes"), "notes", "drop", null, refusal);

        assertThat(first)
                .isEqualTo(home.resolve("failed/notes.reason.json.file"))
                .hasContent("a file");
        assertThat(second).isEqualTo(home.resolve("failed/notes")).hasContent("notes");
        assertThat(home.resolve("failed/notes.reason.json")).content().contains("no message_id");
        assertThat(home.resolve("failed/notes.reason.json.file.reason.json"))
                .content()
                .contains("\"notes.reason.json\"");
    }

    @Test
    void givesNoFailedFileTheReasonOfOneThatWasTakenAway() throws IOException {
        Files.delete(
                folders.failed().keep(dropped("one"), "a", "drop", null, new Refusal(Refusal.Code.BAD_NAME, "one")));
        Path second =
                folders.failed().keep(dropped("two"), "a", "drop", null, new Refusal(Refusal.Code.BAD_NAME, "two"));

        assertThat(second).isEqualTo(home.resolve("failed/a.2"));
        assertThat(home.resolve("failed/a.reason.json")).content().contains("one");
    }

    @Test
    void notesTheReasonOfAFileThatWasKeptBeforeACrashOnce() throws IOException {
        Refusal refusal = new Refusal(Refusal.Code.CONFLICT, "other bytes");
        folders.failed().keep(dropped("one"), "a", "drop", null, refusal);
        Files.writeString(home.resolve("failed/a.2"), "two");
        for (int i = 0; i < 2; i++) {
            folders.failed().keep(folders.content(ID), "a", "drop", ID, refusal);
        }

        assertThat(home.resolve("failed/a.2.reason.json")).content().contains(ID.value());
        assertThat(home.resolve("failed/a.reason.json")).content().doesNotContain(ID.value());
        assertThat(home.resolve("failed/a.3.reason.json")).doesNotExist();
    }

    @Test
    void keepsAFileWhereItIsWhileItsReasonCannotBeWritten() throws IOException {
        Path file = dropped("it");
        Refusal refusal = new Refusal(Refusal.Code.CONFLICT, "other bytes");
        Files.delete(home.resolve("failed"));
        Files.writeString(home.resolve("failed"), "in the way");

        assertThatThrownBy(() -> folders.failed().keep(file, "a", "drop", ID, refusal))
                .isInstanceOf(IOException.class);
        assertThat(file).hasContent("it");

        Files.delete(home.resolve("failed"));
        folders.create();
        folders.failed().keep(file, "a", "drop", ID, refusal);
        assertThat(home.resolve("failed/a")).hasContent("it");
        assertThat(home.resolve("failed/a.reason.json")).content().contains("other bytes");
    }

    @Test
    void leavesNoReasonOfAFileThatCannotBeMoved() throws IOException {
        Refusal refusal = new Refusal(Refusal.Code.CONFLICT, "other bytes");

        // No folder can be moved into itself.
        assertThatThrownBy(() -> folders.failed().keep(home, "a", "drop", ID, refusal))
                .isInstanceOf(IOException.class);
        assertThat(home.resolve("failed")).isEmptyDirectory();
    }

    @Test
    void takesUpAMoveThatFailedHalfWay() throws IOException {
        Path file = dropped("it");
        Files.createLink(home.resolve("failed/a"), file);

        Path kept = folders.failed().keep(file, "a", "drop", ID, new Refusal(Refusal.Code.CONFLICT, "other bytes"));

        assertThat(kept).isEqualTo(home.resolve("failed/a")).hasContent("it");
        assertThat(home.resolve("failed/a.reason.json")).content().contains("other bytes");
        assertThat(file).doesNotExist();
    }

    @Test
    void cutsAFailedNameBetweenCharacters() throws IOException {
        String name = "x" + "\uD83D\uDE00".repeat(60);
        Path kept = folders.failed()
                .keep(dropped("it"), name, "drop", null, new Refusal(Refusal.Code.BAD_NAME, "too long"));

        assertThat(kept.getFileName()).hasToString("x" + "\uD83D\uDE00".repeat(24));
        assertThat(kept).hasContent("it");
    }

    @Test
    void startsThoughSomethingInADropFolderCannotBeRemoved() throws IOException {
        home = OverlongPaths.home(home);
        create();
        Path drop = Files.createDirectory(home.resolve("drop"));
        Path removable = Files.writeString(drop.resolve(".ffffffff-ffff-4fff-8fff-ffffffffffff.part"), "half");
        Path stuck = drop.resolve(".00000000-0000-4000-8000-000000000000.part");
        Path shorter = OverlongPaths.folderBelow(drop.resolve("a"));
        Files.move(shorter, stuck);
        try {
            folders.removeUnfinished(List.of(home.resolve("drop")));

            assertThat(stuck).exists();
            assertThat(removable).doesNotExist();
        } finally {
            Files.move(stuck, shorter);
        }
    }

    @Test
    void shortensAFailedNameThatLeavesNoRoomForItsReason() throws IOException {
        String name = "x".repeat(250);
        Path kept = folders.failed()
                .keep(dropped("it"), name, "drop", null, new Refusal(Refusal.Code.BAD_NAME, "too long"));

        assertThat(kept).hasContent("it");
        assertThat(kept.resolveSibling(kept.getFileName() + FailedFolder.REASON_SUFFIX))
                .content()
                .contains(name);
    }

    private Path dropped(String content) throws IOException {
        return Files.writeString(home.resolve("dropped"), content);
    }
}
