package io.saddlebag.lab.drop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saddlebag.files.DroppedName;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.DropContext;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.OutgoingMessage.Claim;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropStepsTest {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final String NAME = ID + ".csv";

    @TempDir
    Path folder;

    private final List<Long> appeared = new ArrayList<>();
    private TestRecords records;
    private LabFolders folders;
    private LabJournal journal;
    private Exchange exchange;
    private DropSteps steps;

    @BeforeEach
    void open() throws Exception {
        records = new TestRecords(folder);
        folders = records.folders();
        journal = records.journal();
        exchange = records.exchange();
        steps = new DropSteps(
                TestLab.SITE,
                FolderLimits.USUAL,
                journal,
                folders,
                appeared::add,
                new AfterCommit(Runnable::run),
                Clock.systemUTC());
    }

    @AfterEach
    void close() {
        records.close();
    }

    private void judge(Path file) throws IOException {
        DropContext.begin(exchange, TestLab.claimed(file));
        steps.judge(exchange);
    }

    private DroppedName name() {
        return DropContext.of(exchange).name();
    }

    private void assertRefused(Path file, Refusal.Code code) {
        assertThatThrownBy(() -> judge(file))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void readsTheMessageIdOffTheName() throws Exception {
        judge(Files.createFile(folder.resolve("FL-LAB_DAT_20251008_001.csv")));
        assertThat(name().messageId().value()).isEqualTo("FL-LAB_DAT_20251008_001");
    }

    @Test
    void refusesNamesThatAreNoneAndAnotherSites() throws Exception {
        assertRefused(Files.createFile(folder.resolve("notes.csv")), Refusal.Code.BAD_NAME);
        assertThatThrownBy(() -> judge(Files.createFile(folder.resolve("PA-LAB_DAT_20251008_001.csv"))))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void takesAnyNameThatCanTravelWhereIdsAreAssigned() throws Exception {
        exchange.setProperty(DropContext.NAMING, DropContext.ASSIGN);
        judge(Files.createFile(folder.resolve("Probe 7 \u00FC.csv")));
        assertThat(name().messageId()).isNull();
        assertRefused(Files.createFile(folder.resolve("Probe 7 \u200B.csv")), Refusal.Code.BAD_NAME);
    }

    @Test
    void refusesAPipe() throws Exception {
        Path pipe = folder.resolve("FL-LAB_DAT_20251008_001.csv");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertRefused(pipe, Refusal.Code.BAD_FILE);
    }

    @Test
    void refusesAFileThatItMayNotRead() throws Exception {
        Path file = Files.createFile(folder.resolve("FL-LAB_DAT_20251008_001.csv"));
        Files.setPosixFilePermissions(file, Set.of());
        assumeTrue(!Files.isReadable(file), "needs a user who may not read every file");

        assertRefused(file, Refusal.Code.BAD_FILE);
    }

    @Test
    void doesNotCallAFileThatIsGoneALink() {
        assertThatThrownBy(() -> judge(folder.resolve("FL-LAB_DAT_20251008_001.csv")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void refusesALinkThoughItsTargetIsAFile() throws Exception {
        Path target = Files.createFile(folder.resolve("target"));
        assertRefused(
                Files.createSymbolicLink(folder.resolve("FL-LAB_DAT_20251008_001.csv"), target), Refusal.Code.BAD_FILE);
    }

    @Test
    void refusesAFolderThatWasToBeABagAndIsNone() throws Exception {
        Path dropped = Files.createDirectory(folder.resolve("FL-LAB_DAT_20251008_001"));
        Files.writeString(dropped.resolve("a.csv"), "it");
        judge(dropped);
        assertThat(exchange.getProperty(DropContext.CONTENT_TYPE)).isEqualTo(Message.TAR);
        assertThat(DropContext.of(exchange).look()).isEqualTo(FileLook.of(dropped));

        Files.createFile(folder.resolve("FL-LAB_DAT_20251008_001.bagit"));
        assertRefused(dropped, Refusal.Code.BAD_FILE);
    }

    @Test
    void refusesAFolderBeyondTheLimits() throws Exception {
        steps = new DropSteps(
                TestLab.SITE,
                new FolderLimits(1, 1, 1),
                journal,
                folders,
                appeared::add,
                new AfterCommit(Runnable::run),
                Clock.systemUTC());
        Path dropped = Files.createDirectory(folder.resolve("FL-LAB_DAT_20251008_001"));
        Files.writeString(dropped.resolve("a.csv"), "longer than a byte");

        assertRefused(dropped, Refusal.Code.TOO_LARGE);
    }

    private void claimed(String content) throws Exception {
        claimed(NAME, content);
    }

    private void claimed(String name, String content) throws Exception {
        records.claimed(name, content);
    }

    private Object verdict(String content) throws Exception {
        return verdict(DroppedName.judge(NAME, TestLab.SITE), content);
    }

    private Object verdict(DroppedName name, String content) throws Exception {
        Path dropped = Files.writeString(folder.resolve(name.fileName()), content);
        DropContext drop = DropContext.begin(exchange, TestLab.claimed(dropped));
        drop.named(name);
        drop.looked(FileLook.of(dropped));
        steps.compareWithEarlier(exchange);
        return exchange.getProperty(OutgoingContext.VERDICT);
    }

    @Test
    void aNameThatWasNeverClaimedIsNew() throws Exception {
        assertThat(verdict("one")).isEqualTo(DropSteps.NEW);
    }

    @Test
    void theSameBytesAreADuplicateThoughNotDigestedYet() throws Exception {
        claimed("one");
        assertThat(verdict("one")).isEqualTo(DropSteps.DUPLICATE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "two"})
    void waitsForTheRowOfAClaimWhoseFileHasLeftTheWorkFolder(String content) throws Exception {
        claimed("one");
        Files.delete(folders.content(ID));

        assertThatThrownBy(() -> verdict(content)).isInstanceOf(NoSuchFileException.class);

        journal.failed(journal.find(ID).orElseThrow(), "bad-file", "refused", Instant.now());
        assertThat(verdict(content)).isEqualTo(DropSteps.NEW);
    }

    @Test
    void otherBytesAreRefused() throws Exception {
        claimed("one");
        assertThatThrownBy(() -> verdict("two"))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.CONFLICT));
    }

    @Test
    void theNameOfAFailedFileIsFreeAgain() throws Exception {
        claimed("one");
        journal.failed(journal.find(ID).orElseThrow(), "bad-file", "refused", Instant.now());
        assertThat(verdict("two")).isEqualTo(DropSteps.NEW);
        assertThat(journal.find(ID)).isEmpty();
    }

    @Test
    void aNameWithoutAnIdIsADuplicateOfTheSameBytesOnly() throws Exception {
        DroppedName name = DroppedName.judgeAny("results.csv", TestLab.SITE);
        claimed("results.csv", "one");

        assertThat(verdict(name, "two")).isEqualTo(DropSteps.NEW);
        assertThat(name().messageId()).isNull();
        assertThat(verdict(name, "one")).isEqualTo(DropSteps.DUPLICATE);
        assertThat(name().messageId()).isEqualTo(ID);
    }

    @Test
    void aFailedFileWithoutAnIdInItsNameGetsItsIdBack() throws Exception {
        claimed("results.csv", "one");
        journal.failed(journal.find(ID).orElseThrow(), "bad-file", "refused", Instant.now());

        assertThat(verdict(DroppedName.judgeAny("results.csv", TestLab.SITE), "one"))
                .isEqualTo(DropSteps.NEW);
        assertThat(name().messageId()).isEqualTo(ID);
    }

    @Test
    void findsADuplicateAmongThousandsOfItsName() throws Exception {
        claimed("results.csv", "0000");
        verdict(DroppedName.judgeAny("results.csv", TestLab.SITE), "9999");
        Claim claim = journal.find(ID).orElseThrow().claim();
        CompletableFuture<?>[] claims = IntStream.range(1, 3_000)
                .mapToObj("%04d"::formatted)
                .map(content -> journal.claimNext("FL-LAB_DAT_20251009_", claim, null)
                        .thenAccept(claimed -> waits(claimed, content)))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(claims).join();

        for (String content : List.of("0000", "0001", "2999")) {
            assertThat(verdict(DroppedName.judgeAny("results.csv", TestLab.SITE), content))
                    .as(content)
                    .isEqualTo(DropSteps.DUPLICATE);
        }
        assertThat(verdict(DroppedName.judgeAny("results.csv", TestLab.SITE), "9999"))
                .isEqualTo(DropSteps.NEW);
    }

    private void waits(OutgoingMessage claimed, String content) {
        try {
            Files.writeString(folders.content(claimed.messageId()), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        journal.digested(claimed.number(), Sha256.of(content.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void saysOfAnotherEndingThatOneStemIsOneMessage() throws Exception {
        claimed("one");

        assertThatThrownBy(() -> verdict(DroppedName.judge(ID + ".csv.md5", TestLab.SITE), "two"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("group: stem")
                .hasMessageContaining(NAME)
                .message()
                .doesNotContain("correction");
    }

    @Test
    void advisesACorrectionOfTheSameName() throws Exception {
        claimed("one");

        assertThatThrownBy(() -> verdict("two")).isInstanceOf(Refusal.class).hasMessageContaining("ends in _r2");
    }

    private Object verdictOf(String id) throws Exception {
        return verdict(DroppedName.judge(id + ".csv", TestLab.SITE), "corrected");
    }

    @Test
    void refusesACorrectionOfWhatWasNeverTaken() {
        for (String id : List.of(ID + "_r2", ID + "_r3", "FL-LAB_DAT_20251008_0011_r2")) {
            assertThatThrownBy(() -> verdictOf(id))
                    .isInstanceOfSatisfying(
                            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_NAME))
                    .hasMessageContaining("Paired reads")
                    .hasMessageContaining("group: stem");
        }
    }

    @Test
    void takesACorrectionOfAMessageOrOfAnEarlierCorrection() throws Exception {
        claimed("one");
        assertThat(verdictOf(ID + "_r2")).isEqualTo(DropSteps.NEW);
        assertThat(verdictOf(ID + "_r7")).isEqualTo(DropSteps.NEW);

        journal.forget(journal.find(ID).orElseThrow().number());
        Claim claim = TestLab.claim(ID + "_r4.csv", SiteId.of("CA-RC"));
        TestLab.claimed(journal, MessageId.of(ID + "_r4"), claim, id -> {});
        assertThat(verdictOf(ID + "_r10")).isEqualTo(DropSteps.NEW);
        assertThatThrownBy(() -> verdictOf(ID + "_r3")).isInstanceOf(Refusal.class);
    }

    @Test
    void doesNotCountAMessageThatFailed() throws Exception {
        claimed("one");
        journal.failed(journal.find(ID).orElseThrow(), "bad-file", "refused", Instant.now());

        assertThatThrownBy(() -> verdictOf(ID + "_r2")).isInstanceOf(Refusal.class);
    }

    @Test
    void refusesAFileThatComesAfterTheOthersOfItsStem() throws Exception {
        exchange.setProperty(DropContext.GROUP, DropContext.STEM);
        Path before = Files.createDirectory(folders.content(ID));
        Files.writeString(before.resolve("results.csv"), "it");
        records.recorded(ID, "results", Message.TAR, FileLook.of(before));
        Path late = Files.createDirectory(folder.resolve("results"));
        Files.writeString(late.resolve("results.csv"), "another");
        assertThat(verdictOfFolder("results")).isEqualTo(DropSteps.NEW);

        Files.move(late.resolve("results.csv"), late.resolve("results.csv.md5"));
        assertThatThrownBy(() -> verdictOfFolder("results"))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.CONFLICT))
                .hasMessageContainingAll("results.csv.md5", ID.value());
    }

    private Object verdictOfFolder(String stem) throws Exception {
        DropContext drop = DropContext.begin(exchange, TestLab.claimed(folder.resolve(stem)));
        drop.named(DroppedName.judgeAny(stem, TestLab.SITE));
        drop.looked(FileLook.of(folder.resolve(stem)));
        steps.compareWithEarlier(exchange);
        return exchange.getProperty(OutgoingContext.VERDICT);
    }

    @Test
    void keepsADuplicateAmongTheSent() throws Exception {
        Path dropped = Files.writeString(folder.resolve(NAME), "one");
        judge(dropped);
        steps.keepDuplicate(exchange);

        assertThat(dropped).doesNotExist();
        try (Stream<Path> sent = Files.walk(folders.sent())) {
            assertThat(sent.filter(Files::isRegularFile))
                    .singleElement()
                    .satisfies(kept -> assertThat(kept).hasContent("one").hasFileName(NAME + ".duplicate"));
        }
    }

    @Test
    void refusesAStrayFileWithTheNamesThatItsFolderTakes() throws Exception {
        judge(Files.writeString(folder.resolve(NAME), "one"));
        exchange.setProperty(DropSteps.TAKEN, "FL-LAB_IMG_.*");

        assertThatThrownBy(() -> steps.refuseStray(exchange))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_NAME))
                .hasMessageContainingAll("FL-LAB_IMG_.*", NAME)
                .hasMessageContaining("or rename it to FL-LAB_IMG_")
                .hasMessageContaining("_001.csv and drop it again");
    }

    @Test
    void proposesANameForOneThatIsRefused() throws Exception {
        exchange.setProperty(DropSteps.TAKEN, "FL-LAB_RPT_.*");

        assertThatThrownBy(() -> judge(Files.writeString(folder.resolve("my results.csv"), "one")))
                .hasMessageContaining("found 'my results'. Rename it to FL-LAB_RPT_")
                .hasMessageEndingWith("_001.csv and drop it again");
        exchange.removeProperty(DropSteps.TAKEN);
        assertThatThrownBy(() -> judge(Files.writeString(folder.resolve("PA-LAB_RPT_20251008_004.pdf"), "one")))
                .hasMessageContaining("Rename it to FL-LAB_RPT_20251008_004.pdf and drop it again");
    }

    @Test
    void composesANameThatAMacWroteWithLetterAndAccentApart() throws Exception {
        exchange.setProperty(DropContext.NAMING, DropContext.ASSIGN);
        judge(Files.writeString(folder.resolve("re\u0301sultats.csv"), "one"));

        assertThat(DropContext.of(exchange).name().fileName()).isEqualTo("r\u00E9sultats.csv");
    }

    @Test
    void announcesANewMessage() throws Exception {
        OutgoingMessage message = records.claimed(NAME, "one");
        steps.lookForOutgoing(records.exchange(message));

        assertThat(appeared).containsExactly(message.number());
    }
}
