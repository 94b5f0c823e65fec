package io.saddlebag.lab.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.files.Presence;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.claim.ChangeLook;
import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.DropRoots;
import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.claim.NotTakenException;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftInPlaceTest {
    @TempDir
    private Path folder;

    private final LoggedLines log = LoggedLines.of(LeftInPlace.class);
    private TestRecords records;
    private DropRoot root;
    private LeftInPlace left;

    @BeforeEach
    void open() throws IOException {
        records = new TestRecords(folder);
        root = new DropRoots(opened -> {}, any -> Presence.ALWAYS).of(Files.createDirectories(folder.resolve("drop")));
        left = opened();
    }

    @AfterEach
    void close() {
        records.close();
        log.close();
    }

    private LeftInPlace opened() {
        return new LeftInPlace(records.journal(), records.home(), Clock.systemUTC());
    }

    private Dropped listed(String name) throws IOException {
        return new Dropped(
                root, Path.of(name), Files.readAttributes(root.path().resolve(name), BasicFileAttributes.class));
    }

    private Dropped copied(String name) throws IOException {
        Dropped listed = listed(name);
        left.copied(listed, left.look(listed, DropRules.USUAL), DropRules.USUAL);
        return listed;
    }

    @Test
    void knowsWhatWasCopiedAndItsReasonAfterAStartToo() throws Exception {
        Files.writeString(root.path().resolve("a.csv"), "a");
        Files.writeString(root.path().resolve("b.csv"), "b");
        copied("a.csv");

        for (LeftInPlace each : List.of(left, opened())) {
            assertThat(each.contains(listed("a.csv"), DropRules.USUAL)).isTrue();
            assertThat(each.contains(listed("a.csv.reason.json"), DropRules.USUAL))
                    .isTrue();
            assertThat(each.contains(listed("b.csv"), DropRules.USUAL)).isFalse();
        }
        assertThat(log.at(Level.WARN)).singleElement().asString().contains("a.csv: copied, since", "umask of 002");
    }

    @Test
    void removesTheReasonOfAFileThatIsGoneAndNothingThatSomebodyPutInItsPlace() throws Exception {
        for (String name : List.of("a.csv", "b.csv", "c.csv")) {
            Files.writeString(root.path().resolve(name), name);
            copied(name);
            Files.delete(root.path().resolve(name));
        }
        Path own = Files.writeString(root.path().resolve("b.csv.reason.json"), "{\"file_name\":\"my own\"}");
        Path cut = root.path().resolve("c.csv.reason.json");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 30));

        left.review(root);

        assertThat(root.path()).isDirectoryContaining(file -> file.equals(own));
        assertThat(cut).doesNotExist();
        assertThat(root.path().resolve("a.csv.reason.json")).doesNotExist();
        assertThat(left.contains(listed("b.csv.reason.json"), DropRules.USUAL)).isFalse();
    }

    @Test
    void looksAgainAtAFileWhoseModeAloneChanged() throws Exception {
        Path file = Files.writeString(root.path().resolve("a.csv"), "a");
        copied("a.csv");
        FileTime modified = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, modified);

        assertThat(left.contains(listed("a.csv"), DropRules.USUAL)).isFalse();
    }

    @Test
    void findsAChangeDeepInAFolder() throws Exception {
        Path deep = Files.createDirectories(root.path().resolve("run/x/y"));
        Path file = Files.writeString(deep.resolve("a.csv"), "a");
        ChangeLook before = ChangeLook.of(root.path().resolve("run"));
        copied("run");
        assertThat(left.contains(listed("run"), DropRules.USUAL)).isTrue();
        Files.writeString(file, "b");

        assertThat(ChangeLook.of(root.path().resolve("run")).changed()).isAfter(before.changed());
        assertThat(opened().contains(listed("run"), DropRules.USUAL)).isFalse();
    }

    @Test
    void countsNoCopyOfWhatWasWrittenMeanwhile() throws Exception {
        Path file = Files.writeString(root.path().resolve("a.csv"), "a");
        Dropped listed = listed("a.csv");
        List<ChangeLook> before = left.look(listed, DropRules.USUAL);
        Files.writeString(file, "ab");

        assertThatThrownBy(() -> left.copied(listed, before, DropRules.USUAL)).isInstanceOf(NotTakenException.class);
        assertThat(left.contains(listed("a.csv"), DropRules.USUAL)).isFalse();
        assertThat(root.path().resolve("a.csv.reason.json")).doesNotExist();
    }

    @Test
    void forgetsWhatIsGoneAndRemovesItsReason() throws Exception {
        Path file = Files.writeString(root.path().resolve("a.csv"), "a");
        copied("a.csv");
        left.review(root);
        assertThat(root.path().resolve("a.csv.reason.json")).exists();
        Files.delete(file);

        left.review(root);
        assertThat(root.path()).isEmptyDirectory();
        Files.writeString(root.path().resolve("a.csv.reason.json"), "somebody's");
        assertThat(left.contains(listed("a.csv.reason.json"), DropRules.USUAL)).isFalse();
        assertThat(opened().contains(listed("a.csv.reason.json"), DropRules.USUAL))
                .isFalse();
    }

    @Test
    void movesTheReasonOfARenamedFile() throws Exception {
        Path file = Files.writeString(root.path().resolve("a.csv"), "a");
        copied("a.csv");
        Files.move(file, root.path().resolve("b.csv"));

        assertThat(left.contains(listed("b.csv"), DropRules.USUAL)).isFalse();
        copied("b.csv");
        assertThat(left.contains(listed("a.csv.reason.json"), DropRules.USUAL)).isTrue();
        left.review(root);
        assertThat(root.path().resolve("a.csv.reason.json")).doesNotExist();
        assertThat(left.contains(listed("b.csv.reason.json"), DropRules.USUAL)).isTrue();
    }

    /** A second reason of that name would say something else. */
    @Test
    void replacesNoFileThatHasTheNameOfItsReason() throws Exception {
        Files.writeString(root.path().resolve("a.csv"), "a");
        Path taken = Files.writeString(root.path().resolve("a.csv.reason.json"), "somebody's");
        copied("a.csv");

        assertThat(taken).hasContent("somebody's");
        assertThat(left.contains(listed("a.csv.reason.json"), DropRules.USUAL)).isFalse();
        Files.delete(root.path().resolve("a.csv"));
        left.review(root);
        assertThat(taken).exists();
    }

    @Test
    void keepsEachFileOfAGroup() throws Exception {
        Files.writeString(root.path().resolve("a.csv"), "a");
        Files.writeString(root.path().resolve("a.idx"), "b");
        Dropped group = Dropped.group(root, Path.of("a"), List.of(listed("a.csv"), listed("a.idx")));
        left.copied(group, left.look(group, DropRules.USUAL), DropRules.USUAL);

        assertThat(left.contains(listed("a.csv"), DropRules.USUAL)).isTrue();
        assertThat(left.contains(listed("a.idx"), DropRules.USUAL)).isTrue();
        assertThat(log.at(Level.WARN)).hasSize(1);
    }

    /** As rsync and editors do: the reason of the former one is never taken for a drop. */
    @Test
    void keepsTheReasonOfAFileThatWasReplaced() throws Exception {
        Files.writeString(root.path().resolve("a.csv"), "a");
        copied("a.csv");
        Path next = Files.writeString(folder.resolve("next"), "b");
        Files.move(next, root.path().resolve("a.csv"), StandardCopyOption.REPLACE_EXISTING);

        assertThat(left.contains(listed("a.csv"), DropRules.USUAL)).isFalse();
        copied("a.csv");
        for (LeftInPlace each : List.of(left, opened())) {
            assertThat(each.contains(listed("a.csv"), DropRules.USUAL)).isTrue();
            assertThat(each.contains(listed("a.csv.reason.json"), DropRules.USUAL))
                    .isTrue();
        }
    }

    /** Another route's folder may hold it for other recipients. */
    @Test
    void takesASecondNameOfAFileByItself() throws Exception {
        Path file = Files.writeString(root.path().resolve("a.csv"), "a");
        Files.createLink(root.path().resolve("b.csv"), file);
        copied("a.csv");

        assertThat(left.contains(listed("b.csv"), DropRules.USUAL)).isFalse();
        copied("b.csv");
        assertThat(left.contains(listed("a.csv"), DropRules.USUAL)).isTrue();
        assertThat(left.contains(listed("b.csv"), DropRules.USUAL)).isTrue();
    }

    /** The copy is discarded then. */
    @Test
    void knowsNothingThatTheJournalDoesNotKnow() throws Exception {
        Files.writeString(root.path().resolve("a.csv"), "a");
        Files.writeString(root.path().resolve("a.idx"), "b");
        Dropped group = Dropped.group(root, Path.of("a"), List.of(listed("a.csv"), listed("a.idx")));
        List<ChangeLook> before = left.look(group, DropRules.USUAL);
        records.close();

        assertThatThrownBy(() -> left.copied(group, before, DropRules.USUAL)).isInstanceOf(RuntimeException.class);
        assertThat(left.contains(listed("a.csv"), DropRules.USUAL)).isFalse();
        assertThat(left.contains(listed("a.idx"), DropRules.USUAL)).isFalse();
        assertThat(root.path().resolve("a.csv.reason.json")).doesNotExist();
    }

    @Test
    void knowsAReasonAsLongAsItCannotBeRemoved() throws Exception {
        Path file = Files.writeString(root.path().resolve("a.csv"), "a");
        copied("a.csv");
        Path reason = root.path().resolve("a.csv.reason.json");
        Files.delete(file);
        Files.delete(reason);
        Files.createDirectories(reason.resolve("sub"));

        left.review(root);
        assertThat(left.contains(listed("a.csv.reason.json"), DropRules.USUAL)).isTrue();
        Files.delete(reason.resolve("sub"));
        Files.delete(reason);
        left.review(root);
        Files.writeString(reason, "somebody's");
        assertThat(left.contains(listed("a.csv.reason.json"), DropRules.USUAL)).isFalse();
    }
}
