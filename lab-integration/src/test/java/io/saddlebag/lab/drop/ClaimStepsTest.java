package io.saddlebag.lab.drop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.files.DroppedName;
import io.saddlebag.files.Presence;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.claim.DropClaims;
import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.DropRoots;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.claim.NotTakenException;
import io.saddlebag.lab.claim.NotTakenException.Kind;
import io.saddlebag.lab.message.DropContext;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.StillWrittenException;
import io.saddlebag.lab.records.LeftInPlace;
import io.saddlebag.lab.scan.SettledFiles;
import io.saddlebag.message.Refusal;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimStepsTest {
    private static final String NAME = TestRecords.ID + ".csv";

    @TempDir
    private Path home;

    private final LoggedLines log = LoggedLines.of(ClaimSteps.class);
    private TestRecords records;
    private DropClaims claims;
    private DropRoot root;
    private ClaimSteps steps;
    private Exchange exchange;

    @BeforeEach
    void open() throws IOException {
        records = new TestRecords(home);
        exchange = records.exchange();
        claims = new DropClaims(home, home.resolve("work"), FolderLimits.USUAL, Duration.ofMinutes(1));
        root = new DropRoots(claims::takeUp, folder -> Presence.ALWAYS)
                .of(Files.createDirectories(home.resolve("drop")));
        steps = new ClaimSteps(
                claims,
                new UntakenDrops(Duration.ofHours(1)),
                new LeaveOutSystemFiles(SystemFiles.USUAL, records.folders()),
                new SettledFiles(Duration.ZERO, Clock.systemUTC(), SystemFiles.USUAL),
                records.folders(),
                new LeftInPlace(records.journal(), records.home(), Clock.systemUTC()),
                Duration.ZERO);
    }

    @AfterEach
    void close() {
        claims.close();
        records.close();
        log.close();
    }

    private Path drop(String name, String content) throws IOException {
        return Files.writeString(root.path().resolve(name), content);
    }

    private Dropped listed(String name) throws IOException {
        Path file = root.path().resolve(name);
        return new Dropped(root, Path.of(name), Files.readAttributes(file, BasicFileAttributes.class));
    }

    private Dropped listedStem(String stem, String... names) throws IOException {
        List<Dropped> members = new ArrayList<>();
        for (String name : names) {
            members.add(listed(name));
        }
        return Dropped.group(root, Path.of(stem), members);
    }

    private void claim(Dropped listed) throws IOException {
        GenericFile<Path> file = new GenericFile<>();
        file.setExtendedAttributes(Map.of("dropped", listed));
        exchange.getIn().setBody(file);
        steps.claim(exchange);
    }

    private Path claimed() {
        return DropContext.of(exchange).dropped().claim();
    }

    private void hold(Exception failure) {
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, failure);
        steps.hold(exchange);
    }

    @Test
    void claimsAFileOutOfItsDropFolder() throws Exception {
        Path dropped = drop(NAME, "it");
        claim(listed(NAME));

        assertThat(dropped).doesNotExist();
        assertThat(claimed()).hasContent("it").startsWith(home.resolve("work"));
    }

    @Test
    void claimsAFolderWithoutItsSystemFiles() throws Exception {
        Files.createDirectory(root.path().resolve("run"));
        drop("run/a.csv", "it");
        drop("run/.DS_Store", "none");
        claim(listed("run"));

        assertThat(claimed().resolve("a.csv")).hasContent("it");
        assertThat(claimed().resolve(".DS_Store")).doesNotExist();
    }

    @Test
    void refusesAFileThatWasWrittenToSinceItWasListedAndPutsItBack() throws Exception {
        Path dropped = drop(NAME, "it");
        Dropped listed = listed(NAME);
        drop(NAME, "longer");

        assertThatThrownBy(() -> claim(listed)).isInstanceOf(StillWrittenException.class);
        hold(new StillWrittenException(FileLook.of(claimed()), FileLook.of(claimed())));
        assertThat(dropped).hasContent("longer");
        assertThat(log.at(Level.INFO)).singleElement().asString().contains("put back as");
    }

    @Test
    void putsEachFileOfAStemBack() throws Exception {
        drop("run.csv", "it");
        drop("run.md5", "digest");
        Dropped listed = listedStem("run", "run.csv", "run.md5");
        drop("run.md5", "another digest");

        assertThatThrownBy(() -> claim(listed)).isInstanceOf(StillWrittenException.class);
        hold(new StillWrittenException(FileLook.of(claimed()), FileLook.of(claimed())));
        assertThat(root.path().resolve("run.csv")).hasContent("it");
        assertThat(root.path().resolve("run.md5")).hasContent("another digest");
    }

    @Test
    void refusesHalfOfAStem() throws Exception {
        Path folder = Files.createDirectory(home.resolve("work/half"));
        Files.writeString(folder.resolve("run.csv"), "it");
        Dropped half = new Dropped(root, Path.of("run"), null, folder, List.of());

        assertThatThrownBy(() -> claim(half))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_FILE));
    }

    @Test
    void keepsARefusedFileWithItsReason() throws Exception {
        drop(NAME, "it");
        claim(listed(NAME));
        DropContext.of(exchange).named(DroppedName.judge(NAME, TestLab.SITE));
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new Refusal(Refusal.Code.CONFLICT, "other bytes"));
        steps.refuse(exchange);

        assertThat(home.resolve("failed/" + NAME)).hasContent("it");
        assertThat(home.resolve("failed/" + NAME + ".reason.json"))
                .content()
                .contains("other bytes", TestRecords.ID.value(), "\"drop\"");
    }

    @Test
    void keepsEachFileOfARefusedStemByItself() throws Exception {
        drop("run.csv", "it");
        drop("run.md5", "digest");
        claim(listedStem("run", "run.csv", "run.md5"));
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new Refusal(Refusal.Code.BAD_NAME, "no message_id"));
        steps.refuse(exchange);

        assertThat(home.resolve("failed")).isDirectoryContaining("glob:**/run.csv.reason.json");
        assertThat(home.resolve("failed")).isDirectoryContaining("glob:**/run.md5.reason.json");
        assertThat(claimed()).doesNotExist();
    }

    @Test
    void saysOfAFileThatIsGoneThatNothingIsSent() throws Exception {
        Path dropped = drop(NAME, "it");
        Dropped listed = listed(NAME);
        Files.delete(dropped);

        assertThatThrownBy(() -> claim(listed)).isInstanceOf(NoSuchFileException.class);
        hold(new NoSuchFileException(NAME));
        assertThat(log.at(Level.INFO)).singleElement().asString().contains("nothing of it is sent");
    }

    @Test
    void leavesAFileThatCannotBeClaimedInItsDropFolder() throws Exception {
        Path dropped = drop(NAME, "it");
        DropContext.begin(exchange, listed(NAME));
        hold(new IOException("read-only"));

        assertThat(dropped).hasContent("it");
        assertThat(log.from(Level.INFO)).isEmpty();
    }

    @Test
    void waitsForAFileThatChangesWhileItIsCopied() throws Exception {
        drop(NAME, "it");
        DropContext.begin(exchange, listed(NAME));
        hold(new NotTakenException(Kind.CHANGED_MEANWHILE, NAME, "it was written to"));

        assertThat(log.at(Level.INFO)).singleElement().asString().contains("taken when it is complete");
    }

    @Test
    void offersAClaimedFileAgainAfterTroubleOfThisSitesDisk() throws Exception {
        drop(NAME, "it");
        claim(listed(NAME));
        hold(new IOException("the disk is full"));

        assertThat(root.nextClaimed(NAME::equals))
                .isEqualTo(DropContext.of(exchange).dropped());
        assertThat(log.at(Level.ERROR)).singleElement().asString().contains("stays claimed", "the disk is full");
    }

    @Test
    void removesTheMarkersOfAFileThatIsDealtWith() throws Exception {
        drop(NAME, "it");
        Path marker = drop(NAME + ".ready", "");
        claim(listed(NAME));
        Files.delete(claimed());
        steps.removeMarker(exchange);

        assertThat(marker).doesNotExist();
    }
}
