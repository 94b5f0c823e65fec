package io.saddlebag.lab.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.check.HomeChecks;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.bag.BagCheck;
import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.RouteTerms;
import io.saddlebag.lab.message.StillWrittenException;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.ReceiptedBatch;
import io.saddlebag.log.WorkUnderWay;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.seal.MessageOpener;
import io.saddlebag.seal.MessageSealer;
import io.saddlebag.seal.SenderBinding;
import io.saddlebag.testing.TestNetwork;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealStepsTest {
    private static final MessageId ID = TestRecords.ID;
    private static final String LARGE = "x".repeat(100_000);

    @TempDir
    static Path networkFolder;

    private static TestNetwork network;

    private final AgeIdentity centre = AgeIdentity.generate();
    private final Map<String, RouteTerms> terms = new HashMap<>();

    @TempDir
    private Path home;

    private TestRecords records;
    private LabFolders folders;
    private SealSteps steps;

    @BeforeAll
    static void network() {
        network = TestNetwork.create(networkFolder);
    }

    @BeforeEach
    void open() throws IOException {
        records = new TestRecords(home);
        folders = records.folders();
        steps = new SealSteps(
                records.journal(),
                folders,
                new BagCheck(FolderLimits.USUAL),
                new HomeChecks(records.home()),
                () -> terms,
                new MessageSealer(CryptoProviders.choose()),
                network.identity(TestLab.SITE),
                new WorkUnderWay());
    }

    @AfterEach
    void close() {
        records.close();
    }

    private static void assertBadFile(ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.code())
                .isEqualTo(Refusal.Code.BAD_FILE));
    }

    private void append() throws IOException {
        Files.writeString(folders.content(ID), "more", StandardOpenOption.APPEND);
    }

    private Exchange digested(String content) throws IOException {
        Exchange exchange = records.exchange(records.claimed("a.csv", content));
        steps.digest(exchange);
        return exchange;
    }

    @Test
    void holdsASmallFileWithItsDigest() throws Exception {
        Exchange exchange = digested("it");

        assertThat(OutgoingContext.of(exchange).content()).asString().isEqualTo("it");
        assertThat(OutgoingContext.message(exchange).sha256()).isEqualTo(Sha256.of("it".getBytes()));
        assertThat(exchange.getProperty("state")).isEqualTo("claimed");
    }

    private void check(String yaml) throws IOException {
        Files.createDirectories(home.resolve("checks"));
        Files.writeString(home.resolve("checks/a.yaml"), yaml);
        terms.put("route", new RouteTerms(null, null, "checks/a.yaml"));
    }

    @Test
    void checksAContentWhileItDigestsIt() throws Exception {
        check("- {kind: csv, columns: [{name: a, type: integer}]}");

        assertThat(OutgoingContext.message(digested("a\n1\n")).sha256()).isEqualTo(Sha256.of("a\n1\n".getBytes()));
    }

    @Test
    void refusesAContentThatItsCheckRefusesSmallOrLarge() throws Exception {
        check("- {kind: csv, columns: [{name: a, type: integer}]}");
        String bad = "a\n1\nx\n";
        for (OutgoingMessage message : List.of(
                records.claimed("a.csv", bad),
                records.claimed(
                        MessageId.of("FL-LAB_DAT_20251008_002"), "b.csv", "text/csv", bad + "1\n".repeat(50_000)))) {
            assertThatThrownBy(() -> steps.digest(records.exchange(message)))
                    .isInstanceOfSatisfying(Refusal.class, refusal -> {
                        assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_CONTENT);
                        assertThat(refusal.reason())
                                .isEqualTo("Expected a content that the check checks/a.yaml accepts, found a fault. Row"
                                        + " 3, column 1: expected a whole number (a). Correct it and drop it again");
                        assertThat(refusal.faults())
                                .containsExactly(new Refusal.Fault(null, 3L, 1, "a whole number (a)"));
                    });
        }
    }

    @Test
    void givesBackAFileThatIsStillWrittenWhateverItsCheckFinds() throws Exception {
        check("- {kind: csv, columns: [{name: a, type: integer}]}");
        OutgoingMessage message = records.claimed("a.csv", "x\n");
        append();

        assertThatThrownBy(() -> steps.digest(records.exchange(message))).isInstanceOf(StillWrittenException.class);
    }

    @Test
    void keepsAMessageWhileItsCheckFileHasAFault() throws Exception {
        check("- {kind: cvs}");

        assertThatThrownBy(() -> digested("a\n"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("checks/a.yaml:1: expected kind: with one of csv, ");
    }

    @Test
    void readsALargeFileAsAStream() throws Exception {
        Exchange exchange = digested(LARGE);

        assertThat(OutgoingContext.of(exchange).content()).isNull();
        assertThat(OutgoingContext.message(exchange).size()).isEqualTo(LARGE.length());
    }

    @Test
    void refusesALargeFileThatWasWrittenToSinceItsClaim() throws Exception {
        Exchange exchange = records.exchange(records.claimed("a.csv", LARGE));
        append();

        assertThatThrownBy(() -> steps.digest(exchange)).isInstanceOf(StillWrittenException.class);
    }

    @Test
    void refusesAFileThatWasTakenAway() throws Exception {
        Exchange exchange = records.exchange(records.claimed("a.csv", "it"));
        Files.delete(folders.content(ID));

        assertBadFile(() -> steps.digest(exchange));
    }

    @Test
    void refusesAFileAgainForTheReasonThatItWasMovedFor() throws Exception {
        OutgoingMessage claimed = records.claimed("a.csv", "it");
        folders.failed().keep(folders.content(ID), claimed, new Refusal(Refusal.Code.CONFLICT, "other bytes"));

        assertThatThrownBy(() -> steps.digest(records.exchange(claimed)))
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(Refusal.Code.CONFLICT);
                    assertThat(refusal.reason()).isEqualTo("other bytes");
                });
    }

    @Test
    void findsAFileUnderItsFormerName() throws Exception {
        OutgoingMessage claimed = records.claimed("a.csv", "it");
        OutgoingMessage renamed = records.journal().chain().nextId(claimed).join();
        steps.digest(records.exchange(renamed));

        assertThat(folders.content(ID)).doesNotExist();
        assertThat(folders.content(renamed.messageId())).hasContent("it");
    }

    private OutgoingMessage bag(String payload) throws IOException {
        Path bag = Files.createDirectories(folders.content(ID));
        Files.createDirectories(bag.resolve("data"));
        Files.writeString(bag.resolve("data/a.csv"), payload);
        Files.writeString(bag.resolve("bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
        Files.writeString(
                bag.resolve("manifest-sha256.txt"), Sha256.of("it".getBytes()).hex() + "  data/a.csv\n");
        return records.recorded(ID, "bag", Message.TAR, FileLook.of(bag));
    }

    @Test
    void takesAValidBagAndWhatIsNoBag() throws Exception {
        steps.checkBag(records.exchange(bag("it")));
        steps.checkBag(records.exchange(
                records.claimed(MessageId.of("FL-LAB_DAT_20251008_002"), "a.tar", Message.TAR, "a file, no folder")));
    }

    @Test
    void refusesABagThatIsNotWhatItsManifestsSay() throws Exception {
        Exchange exchange = records.exchange(bag("another"));

        assertThatThrownBy(() -> steps.checkBag(exchange))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_DIGEST));
    }

    @Test
    void refusesABagThatChangedSinceItsClaimAsStillWritten() throws Exception {
        Exchange exchange = records.exchange(bag("another"));
        Files.writeString(folders.content(ID).resolve("data/b.csv"), "more");

        assertThatThrownBy(() -> steps.checkBag(exchange)).isInstanceOf(StillWrittenException.class);
    }

    private OutgoingContext sealed(Exchange exchange) throws IOException {
        KeyBundle.Key key =
                new KeyBundle.Key("k1", centre.recipient(), Instant.EPOCH, Instant.EPOCH.plus(KeyBundle.MAX_TERM));
        OutgoingContext outgoing = OutgoingContext.of(exchange);
        outgoing.keys(Map.of(TestRecords.CENTRE, key));
        steps.seal(exchange);
        return outgoing;
    }

    @Test
    void sealsASmallFileInMemory() throws Exception {
        OutgoingContext outgoing = sealed(digested("it"));

        assertThat(outgoing.facts().sha256()).isEqualTo(Sha256.of(outgoing.sealed()));
        assertThat(outgoing.facts().size()).isEqualTo(outgoing.sealed().length);
        assertThat(outgoing.content()).isNull();
        assertThat(folders.sealed(ID)).doesNotExist();
    }

    @Test
    void tellsInsideTheSealWhichEarlierMessagesEnded() throws Exception {
        Message.Ended first = new Message.Ended(TestRecords.CENTRE, 1, DeliveryOutcome.EXPIRED);
        ReceiptedBatch outcomes = new ReceiptedBatch();
        outcomes.ended(first);
        outcomes.ended(new Message.Ended(SiteId.of("NY-RC"), 2, DeliveryOutcome.EXPIRED));
        records.journal().received().receipted(outcomes, Instant.EPOCH);

        byte[] sealed = sealed(digested("it")).sealed();

        SenderBinding binding = new SenderBinding(
                network.identity(TestLab.SITE).trust().networkId(),
                ID,
                TestLab.SITE,
                network.identity(TestLab.SITE).signingFingerprint());
        Message message = new MessageOpener(CryptoProviders.choose())
                .open(new ByteArrayInputStream(sealed), List.of(centre), binding, (bytes, offset, length) -> {});
        assertThat(message.ended()).containsExactly(first);
    }

    @Test
    void sealsALargeFileBesideIt() throws Exception {
        OutgoingContext outgoing = sealed(digested(LARGE));

        assertThat(outgoing.sealed()).isNull();
        assertThat(ContentDigest.of(folders.sealed(ID)).sha256())
                .isEqualTo(outgoing.facts().sha256());
    }

    @Test
    void sealsNoFileThatWasWrittenToMeanwhile() throws Exception {
        for (String content : List.of("it", LARGE)) {
            Exchange exchange = digested(content);
            append();
            assertThatThrownBy(() -> sealed(exchange)).isInstanceOf(StillWrittenException.class);
            records.journal().forget(OutgoingContext.message(exchange).number());
        }
    }

    @Test
    void sealsNoLargeFileWhoseBytesChangedUnderItsFormerTime() throws Exception {
        Exchange exchange = digested(LARGE);
        FileTime before = Files.getLastModifiedTime(folders.content(ID));
        Files.writeString(folders.content(ID), "y".repeat(LARGE.length()));
        Files.setLastModifiedTime(folders.content(ID), before);

        assertBadFile(() -> sealed(exchange));
        assertThat(folders.sealed(ID)).doesNotExist();
    }

    @Test
    void bindsAMessageToTheIdentityThatSignsItLater() throws Exception {
        Exchange exchange = digested("it");
        sealed(exchange);
        AfterCommit afterCommit = new AfterCommit(Runnable::run);
        ManifestSteps manifest = new ManifestSteps(records.journal(), afterCommit, "labs", Map.of(), Map::of, null);

        OutgoingContext.message(exchange, OutgoingContext.message(exchange).sealed(new byte[] {7}));
        manifest.takeManifest(exchange);

        assertThat(exchange.getProperty(SignatureProperties.SIGN_AS, SiteIdentity.class)
                        .signingFingerprint())
                .isEqualTo(network.identity(TestLab.SITE).signingFingerprint());
    }

    @Test
    void handsTheManifestToTheRouteThatSigns() throws Exception {
        Exchange exchange = records.exchange(records.claimed("a.csv", "it").sealed(new byte[] {7}));
        AfterCommit afterCommit = new AfterCommit(Runnable::run);
        new ManifestSteps(records.journal(), afterCommit, "labs", Map.of(), Map::of, null).takeManifest(exchange);

        assertThat(exchange.getIn().getBody()).isEqualTo(new byte[] {7});
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_TYPE)).isEqualTo(Manifest.TYPE);
        assertThat(exchange.getProperty("state")).isEqualTo("sealed");
    }
}
