package io.saddlebag.lab.drop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.DroppedName;
import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.message.OutgoingMessage.Claim;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareWithEarlierTest {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final String NAME = ID + ".csv";

    @TempDir
    Path folder;

    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    private LabFolders folders;
    private LabJournal journal;
    private CompareWithEarlier compare;

    @BeforeEach
    void open() throws Exception {
        SiteHome home = new SiteHome(folder);
        folders = new LabFolders(home, Clock.systemUTC());
        folders.create();
        journal = LabJournal.open(home.journal().resolve("lab.db"));
        compare = new CompareWithEarlier(journal, folders, new ClaimsUnderWay());
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private void claimed(String content) throws Exception {
        claimed(NAME, content);
    }

    private void claimed(String name, String content) throws Exception {
        Path dropped = Files.writeString(folder.resolve(name), content);
        Claim claim = new Claim(
                "route", "", name, "text/csv", List.of(SiteId.of("CA-RC")), Instant.now(), FileLook.of(dropped));
        TestLab.claimed(journal, ID, claim, id -> folders.takeIn(dropped, id));
    }

    private Object verdict(String content) throws Exception {
        return verdict(DroppedName.judge(NAME, TestLab.SITE), content);
    }

    private Object verdict(DroppedName name, String content) throws Exception {
        Path dropped = Files.writeString(folder.resolve(name.fileName()), content);
        LabExchange.dropped(exchange, TestLab.claimed(dropped));
        LabExchange.droppedName(exchange, name);
        LabExchange.droppedLook(exchange, FileLook.of(dropped));
        compare.process(exchange);
        return exchange.getProperty(LabExchange.VERDICT);
    }

    @Test
    void aNameThatWasNeverClaimedIsNew() throws Exception {
        assertThat(verdict("one")).isEqualTo(CompareWithEarlier.NEW);
    }

    @Test
    void theSameBytesAreADuplicateThoughNotDigestedYet() throws Exception {
        claimed("one");
        assertThat(verdict("one")).isEqualTo(CompareWithEarlier.DUPLICATE);
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
        journal.failed(journal.find(ID).orElseThrow().number(), "refused", Instant.now());
        assertThat(verdict("two")).isEqualTo(CompareWithEarlier.NEW);
        assertThat(journal.find(ID)).isEmpty();
    }

    @Test
    void aNameWithoutAnIdIsADuplicateOfTheSameBytesOnly() throws Exception {
        DroppedName name = DroppedName.judgeAny("results.csv", TestLab.SITE);
        claimed("results.csv", "one");

        assertThat(verdict(name, "two")).isEqualTo(CompareWithEarlier.NEW);
        assertThat(LabExchange.droppedName(exchange).messageId()).isNull();
        assertThat(verdict(name, "one")).isEqualTo(CompareWithEarlier.DUPLICATE);
        assertThat(LabExchange.droppedName(exchange).messageId()).isEqualTo(ID);
    }

    @Test
    void aFailedFileWithoutAnIdInItsNameGetsItsIdBack() throws Exception {
        claimed("results.csv", "one");
        journal.failed(journal.find(ID).orElseThrow().number(), "refused", Instant.now());

        assertThat(verdict(DroppedName.judgeAny("results.csv", TestLab.SITE), "one"))
                .isEqualTo(CompareWithEarlier.NEW);
        assertThat(LabExchange.droppedName(exchange).messageId()).isEqualTo(ID);
    }

    @Test
    void waitsWhenTheEarlierFileWasTakenAwayByHand() throws Exception {
        claimed("one");
        Files.delete(folders.content(ID));

        assertThatThrownBy(() -> verdict("one")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void findsADuplicateAmongThousandsOfItsName() throws Exception {
        claimed("results.csv", "0000");
        verdict(DroppedName.judgeAny("results.csv", TestLab.SITE), "9999");
        Claim claim = journal.find(ID).orElseThrow().claim();
        CompletableFuture<?>[] claims = IntStream.range(1, 3_000)
                .mapToObj(i -> journal.claimNext("FL-LAB_DAT_20251009_", claim, null)
                        .thenAccept(claimed -> journal.digested(
                                claimed.number(), Sha256.of("%04d".formatted(i).getBytes(StandardCharsets.UTF_8)))))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(claims).join();

        for (String content : List.of("0000", "0001", "2999")) {
            assertThat(verdict(DroppedName.judgeAny("results.csv", TestLab.SITE), content))
                    .as(content)
                    .isEqualTo(CompareWithEarlier.DUPLICATE);
        }
        assertThat(verdict(DroppedName.judgeAny("results.csv", TestLab.SITE), "9999"))
                .isEqualTo(CompareWithEarlier.NEW);
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
        assertThat(verdictOf(ID + "_r2")).isEqualTo(CompareWithEarlier.NEW);
        assertThat(verdictOf(ID + "_r7")).isEqualTo(CompareWithEarlier.NEW);

        journal.forget(journal.find(ID).orElseThrow().number());
        Claim claim = TestLab.claim(ID + "_r4.csv", SiteId.of("CA-RC"));
        TestLab.claimed(journal, MessageId.of(ID + "_r4"), claim, id -> {});
        assertThat(verdictOf(ID + "_r10")).isEqualTo(CompareWithEarlier.NEW);
        assertThatThrownBy(() -> verdictOf(ID + "_r3")).isInstanceOf(Refusal.class);
    }

    @Test
    void doesNotCountAMessageThatFailed() throws Exception {
        claimed("one");
        journal.failed(journal.find(ID).orElseThrow().number(), "refused", Instant.now());

        assertThatThrownBy(() -> verdictOf(ID + "_r2")).isInstanceOf(Refusal.class);
    }
}
