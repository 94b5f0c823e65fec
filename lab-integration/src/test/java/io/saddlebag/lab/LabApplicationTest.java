package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import ch.qos.logback.classic.Level;
import io.saddlebag.clock.SteadyClock;
import io.saddlebag.files.FileTree;
import io.saddlebag.lab.TestHeadquarters.Upload;
import io.saddlebag.lab.records.RetryFailed;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.SiteStatus;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.PartWindow;
import io.saddlebag.stores.FolderStore;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.SettableClock;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The shipped routes in a whole laboratory, over TLS, against a scripted headquarters. */
class LabApplicationTest extends LabFixture {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final String NAME = ID + ".csv";
    private static final byte[] CONTENT = "sample,result\n1,positive\n".getBytes(StandardCharsets.UTF_8);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void sealsPublishesAndKeepsADroppedFile() throws Exception {
        hq.listen();
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);

        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
        Upload upload = hq.confirmed().get(0);
        Manifest manifest = upload.manifest();
        assertThat(manifest.messageId()).isEqualTo(MessageId.of(ID));
        assertThat(manifest.body().sha256()).isEqualTo(Sha256.of(upload.sealed()));
        assertThat(manifest.routing().routingKeys()).containsExactly("ca_rc", "sf_rc");
        assertThat(manifest.recipients()).extracting(Manifest.Recipient::seq).containsExactly(1L, 1L);
        ByteArrayOutputStream opened = new ByteArrayOutputStream();
        Message message = open(upload, opened);
        assertThat(opened.toByteArray()).isEqualTo(CONTENT);
        assertThat(message.fileName()).isEqualTo(NAME);
        assertThat(message.contentType()).isEqualTo("text/csv");
        await().pollInterval(POLL).until(() -> home.files("work").isEmpty());
        assertThat(home.files("drop")).isEmpty();
        assertThat(hq.sends().get(0).header(Headers.RECEIVER_CLIENT_ID)).isEqualTo("CA-RC,SF-RC");
    }

    @Test
    void writesItsFiguresWhileItRuns() throws Exception {
        hq.listen();
        lab = home.start(hq.port());
        Path figures = home.home().resolve("run/metrics.prom");

        await().pollInterval(POLL).until(() -> Files.exists(figures));
        assertThat(figures)
                .content()
                .contains(
                        "saddlebag_build_info{home=\"FL-LAB\",kind=\"lab\"",
                        "saddlebag_files_waiting{",
                        "camel_exchanges_total{home=\"FL-LAB\",routeId=\"observe\"} ",
                        "volume=\"sent\"");
        lab.close();
        assertThat(figures).doesNotExist();
        SiteStatus last = SiteStatus.read(home.home()).orElseThrow();
        assertThat(last.stopped()).isNotNull();
        assertThat(last.routes()).extracting(SiteStatus.Route::folder).containsExactly("drop/raw-data");
    }

    @Test
    void aLongFileHoldsUpNoOther() throws Exception {
        hq.listen();
        lab = home.start(hq.port(), Map.of("publish.workers", "1"));
        String other = "FL-LAB_DAT_20251008_002";
        Path hidden = home.drop().resolve("." + NAME);
        Files.createDirectories(home.drop());
        try (FileChannel sparse = FileChannel.open(hidden, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            sparse.write(ByteBuffer.wrap(CONTENT), 64L << 30);
        }
        Files.move(hidden, home.drop().resolve(NAME));
        Path work = home.home().resolve("work/" + ID);
        await().pollInterval(POLL).until(() -> Files.exists(work));

        home.drop(other + ".csv", CONTENT);

        await().pollInterval(POLL).until(() -> home.sent().contains(other + ".csv"));
        assertThat(work).exists();
        // It is read no further, and goes back to where it is written to.
        try (FileChannel content = FileChannel.open(work, StandardOpenOption.WRITE)) {
            content.truncate(CONTENT.length);
        }
        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
    }

    @Test
    void linksEachManifestToTheOneBeforeIt() throws Exception {
        hq.listen();
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);
        await().pollInterval(POLL).until(() -> hq.confirmed().size() == 1);
        home.drop("FL-LAB_DAT_20251008_002.csv", CONTENT);
        await().pollInterval(POLL).until(() -> hq.confirmed().size() == 2);

        Upload first = hq.confirmed().get(0);
        Manifest second = hq.confirmed().get(1).manifest();
        Manifest.Recipient place = second.recipient(SiteId.of("SF-RC"));
        assertThat(place.seq()).isEqualTo(2);
        assertThat(place.prev())
                .isEqualTo(Sha256.of(
                        io.saddlebag.dsse.Envelope.parse(first.envelope()).payload()));
    }

    @Test
    void sendsALargeFileInParts() throws Exception {
        byte[] large = new byte[6 * Manifest.PART_SIZE + 17];
        new Random(1).nextBytes(large);
        hq.listen();
        lab = home.start(hq.port());
        home.drop("FL-LAB_IMG_20251008_001.bin", large);

        await().pollInterval(POLL).until(() -> home.sent().contains("FL-LAB_IMG_20251008_001.bin"));
        ByteArrayOutputStream opened = new ByteArrayOutputStream();
        open(hq.confirmed().get(0), opened);
        assertThat(Sha256.of(opened.toByteArray())).isEqualTo(Sha256.of(large));
    }

    @Test
    void hasPartsUnderWayUpToTheBoundOfTheConnectionAndSmallMessagesPassThem() throws Exception {
        int most = (int) (PartWindow.MOST_BYTES / Manifest.PART_SIZE);
        hq.withholdPartReceipts();
        hq.listen();
        lab = home.start(hq.port());
        home.drop("FL-LAB_IMG_20251008_001.bin", new byte[(most + 3) * Manifest.PART_SIZE]);
        await().atMost(LONG).pollInterval(POLL).until(() -> longParts().size() == most);

        home.drop(NAME, CONTENT);
        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
        assertThat(longParts()).hasSize(most);

        hq.answerPart(longParts().get(0));
        await().atMost(LONG).pollInterval(POLL).until(() -> longParts().size() == most + 1);
        assertThat(longParts())
                .extracting(frame -> frame.header(Headers.PART))
                .isEqualTo(IntStream.rangeClosed(1, most + 1)
                        .mapToObj(number -> number + "/" + (most + 4))
                        .toList());
        hq.close();
    }

    private List<StompFrame> longParts() {
        return hq.sends().stream()
                .filter(frame -> frame.body().length >= Manifest.PART_SIZE)
                .toList();
    }

    @Test
    void goesOnFromTheNextPartAfterABreak() throws Exception {
        byte[] large = new byte[6 * Manifest.PART_SIZE + 17];
        hq.breakAtPart(5);
        hq.listen();
        lab = home.start(hq.port());
        home.drop("FL-LAB_IMG_20251008_001.bin", large);

        await().pollInterval(POLL).until(() -> home.sent().contains("FL-LAB_IMG_20251008_001.bin"));
        assertThat(hq.confirmed()).hasSize(1);
        assertThat(hq.sends().stream()
                        .filter(frame -> frame.body().length >= Manifest.PART_SIZE)
                        .map(frame -> frame.header(Headers.PART)))
                .startsWith("1/7", "2/7", "3/7", "4/7")
                .containsOnlyOnce("1/7", "2/7", "3/7", "4/7");
    }

    @Test
    void startsAgainWithPartOneWhenHeadquartersHasLostTheUpload() throws Exception {
        hq.loseUploadAtPart(3);
        hq.listen();
        lab = home.start(hq.port());
        home.drop("FL-LAB_IMG_20251008_001.bin", new byte[3 * Manifest.PART_SIZE + 17]);

        await().pollInterval(POLL).until(() -> home.sent().contains("FL-LAB_IMG_20251008_001.bin"));
        assertThat(hq.confirmed()).hasSize(1);
        assertThat(home.files("failed")).isEmpty();
    }

    @Test
    void waitsForHeadquartersAndThenSends() throws Exception {
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);
        await().pollInterval(POLL).until(() -> home.files("work").equals(List.of(ID)));
        assertThat(home.files("drop")).isEmpty();

        hq.listen();
        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
    }

    @Test
    void sendsTheSameBytesAgainAfterARestart() throws Exception {
        hq.silent(true);
        hq.listen();
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);
        await().pollInterval(POLL).until(() -> hq.sends().size() == 1);
        byte[] before = hq.sends().get(0).body();
        hq.close();
        lab.close();
        hq.silent(false);
        hq.listen();
        lab = home.start(hq.port());

        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
        assertThat(hq.sends().get(0).body()).isEqualTo(before);
    }

    @Test
    void stopsWithinItsTimeWhenHeadquartersDoesNotAnswer() throws Exception {
        hq.silent(true);
        hq.listen();
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);
        await().pollInterval(POLL).until(() -> hq.sends().size() == 1);

        assertTimeout(Duration.ofSeconds(15), lab::close);
        lab = null;
        assertThat(home.files("work")).containsExactly(ID);
    }

    @Test
    void waitsForARecipientsKeyAndHoldsUpNobodyElse() throws Exception {
        hq.close();
        hq = new TestHeadquarters(network);
        hq.register("CA-RC", 1);
        hq.listen();
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);
        await().pollInterval(POLL).until(() -> home.files("work").contains(ID));
        assertThat(hq.confirmed()).isEmpty();

        hq.register("SF-RC", 1);
        hq.pushKeys("SF-RC");
        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
    }

    @Test
    void refusesABundleThatAnotherSiteSigned() throws Exception {
        hq.swapBundle("SF-RC", "CA-RC");
        hq.listen();
        lab = home.start(hq.port());
        await().pollInterval(POLL)
                .until(() -> home.files("keys").containsAll(List.of("CA-RC.json", "CA-RC.mark.json")));
        home.drop(NAME, CONTENT);
        await().pollInterval(POLL).until(() -> home.files("work").contains(ID));

        assertThat(home.files("keys")).containsExactly("CA-RC.json", "CA-RC.mark.json");
        assertThat(hq.confirmed()).isEmpty();
    }

    @Test
    void refusesAnOlderBundleEvenAfterARestart() throws Exception {
        hq.register("CA-RC", 7);
        hq.listen();
        lab = home.start(hq.port());
        await().pollInterval(POLL).until(() -> home.files("keys").containsAll(List.of("CA-RC.json", "SF-RC.json")));
        byte[] pinned = Files.readAllBytes(home.home().resolve("keys/CA-RC.json"));
        lab.close();
        hq.register("CA-RC", 6);
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);
        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));

        assertThat(home.home().resolve("keys/CA-RC.json")).hasBinaryContent(pinned);
    }

    @Test
    void putsWhatHeadquartersRefusesAmongTheFailed() throws Exception {
        hq.refuse(ID, "unknown-destination", "no such routing key");
        hq.listen();
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);
        home.drop("FL-LAB_DAT_20251008_002.csv", CONTENT);

        await().pollInterval(POLL).until(() -> home.files("failed").size() == 2);
        assertThat(home.home().resolve("failed/" + NAME)).hasBinaryContent(CONTENT);
        assertThat(home.home().resolve("failed/" + NAME + ".reason.json"))
                .content()
                .contains("unknown-destination", "no such routing key", ID);
        await().pollInterval(POLL).until(() -> home.sent().contains("FL-LAB_DAT_20251008_002.csv"));
    }

    @Test
    void aClockThatIsSetBackMakesNoPauseOfAPushBackLonger() throws Exception {
        SettableClock wall = new SettableClock(Clock.systemUTC());
        hq.refuse(ID, "queue-full", "expected room on ca_rc_queue");
        hq.listen();
        lab = home.start(hq.port(), Map.of(), new SiteClocks(wall, new SteadyClock()));
        home.drop(NAME, CONTENT);
        await().pollInterval(POLL).until(() -> !hq.sends().isEmpty());
        wall.advance(Duration.ofDays(-100));
        hq.takeAgain(ID);

        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
    }

    @Test
    void keepsWhatHeadquartersPushesBackAndSendsItOnceThereIsRoom() throws Exception {
        hq.refuse(ID, "queue-full", "expected room on ca_rc_queue");
        hq.listen();
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);
        await().pollInterval(POLL).until(() -> !hq.sends().isEmpty());
        hq.takeAgain(ID);

        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
        assertThat(home.files("failed")).isEmpty();
        assertThat(hq.confirmed()).hasSize(1);
    }

    @Test
    void takesACorrectedFileAfterAFailure() throws Exception {
        hq.refuse(ID, "unknown-destination", "no such routing key");
        hq.listen();
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);
        await().pollInterval(POLL).until(() -> home.files("failed").size() == 2);
        await().pollInterval(POLL).until(() -> home.files("work").isEmpty());
        home.drop(NAME, "other".getBytes(StandardCharsets.UTF_8));

        await().pollInterval(POLL).until(() -> home.files("failed").size() == 4);
    }

    @Test
    void sendsTheSameFileOnce() throws Exception {
        hq.listen();
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);
        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
        home.drop(NAME, CONTENT);

        await().pollInterval(POLL).until(() -> home.sent().contains(NAME + ".duplicate"));
        assertThat(hq.confirmed()).hasSize(1);
    }

    @Test
    void refusesOtherBytesUnderTheSameName() throws Exception {
        hq.listen();
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);
        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
        home.drop(NAME, "other".getBytes(StandardCharsets.UTF_8));

        await().pollInterval(POLL).until(() -> home.files("failed").size() == 2);
        assertThat(home.home().resolve("failed/" + NAME + ".reason.json"))
                .content()
                .contains("conflict");
    }

    @Test
    void refusesBadNamesAndLinksAndTakesTheRest() throws Exception {
        hq.listen();
        lab = home.start(hq.port());
        home.drop("bad name.csv", CONTENT);
        home.drop("PA-LAB_DAT_20251008_001.csv", CONTENT);
        Files.createSymbolicLink(home.drop().resolve("FL-LAB_DAT_20251008_003.csv"), Path.of("/etc/hostname"));
        home.drop(NAME, CONTENT);

        await().pollInterval(POLL)
                .until(() -> home.sent().contains(NAME) && home.files("failed").size() == 6);
        assertThat(home.files("drop")).isEmpty();
        assertThat(Files.isSymbolicLink(home.home().resolve("failed/FL-LAB_DAT_20251008_003.csv")))
                .isTrue();
    }

    @Test
    void saysOfAFileThatNoRouteTakesWhy() throws Exception {
        hq.listen();
        lab = home.start(hq.port());
        home.drop("FL-LAB_RPT_20251008_001.txt", CONTENT);
        home.drop("notes.txt", CONTENT);
        home.drop(NAME, CONTENT);

        await().pollInterval(POLL)
                .until(() -> home.sent().contains(NAME) && home.files("failed").size() == 4);
        assertThat(home.home().resolve("failed/FL-LAB_RPT_20251008_001.txt.reason.json"))
                .content()
                .contains("bad-name", "FL-LAB_(DAT|IMG)_.*", "FL-LAB_RPT_20251008_001.txt");
        assertThat(home.home().resolve("failed/notes.txt")).hasBinaryContent(CONTENT);
        assertThat(home.files("drop")).isEmpty();
    }

    @Test
    void takesAMarkedFileWithoutTheSettleTime() throws Exception {
        hq.listen();
        lab = home.start(hq.port(), Map.of("folder.settle-time", "1h"));
        home.drop(NAME, CONTENT);
        home.drop(NAME + ".ready", new byte[0]);

        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
        assertThat(home.files("drop")).isEmpty();
    }

    @Test
    void sendsManyFiles() throws Exception {
        hq.listen();
        lab = home.start(hq.port());
        for (int i = 0; i < 300; i++) {
            home.drop("FL-LAB_DAT_20251009_%03d.csv".formatted(i), CONTENT);
        }

        await().pollInterval(POLL)
                .atMost(Duration.ofSeconds(60))
                .until(() -> home.sent().size() == 300);
        assertThat(hq.confirmed()).hasSize(300);
    }

    @Test
    void sendsFromAndFailsFromADropFolderOnAnotherFileSystem() throws Exception {
        Path elsewhere = OtherFileSystem.folder(home.home().folder());
        try {
            Files.createSymbolicLink(home.home().resolve("drop"), elsewhere);
            hq.listen();
            lab = home.start(hq.port());
            home.drop("bad name.csv", CONTENT);
            home.drop(NAME, CONTENT);

            await().pollInterval(POLL)
                    .until(() ->
                            home.sent().contains(NAME) && home.files("failed").size() == 2);
            assertThat(home.home().resolve("failed/bad name.csv")).hasBinaryContent(CONTENT);
            assertThat(home.files("drop")).isEmpty();
        } finally {
            FileTree.delete(elsewhere);
        }
    }

    @Test
    void passesOverMarkersAndTemporaryNames() throws Exception {
        hq.listen();
        home.route("CA-RC,SF-RC", ".*", "");
        lab = home.start(hq.port());
        home.drop(ID + ".csv.tmp", CONTENT);
        home.drop(ID + ".csv.ready", CONTENT);
        home.drop("FL-LAB_DAT_20251008_002.csv", CONTENT);
        await().pollInterval(POLL).until(() -> home.sent().contains("FL-LAB_DAT_20251008_002.csv"));
        Files.move(home.drop().resolve(ID + ".csv.tmp"), home.drop().resolve(NAME));

        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
        assertThat(hq.confirmed()).hasSize(2);
        assertThat(home.files("failed")).isEmpty();
    }

    @Test
    void assignsIdsToNamesThatAreNone() throws Exception {
        hq.listen();
        home.route("CA-RC,SF-RC", ".*", """
                      - {name: naming, value: assign}
                      - {name: type, value: RAW}
                """);
        lab = home.start(hq.port());
        home.drop("Probe \u00FC 7.csv", CONTENT);
        await().pollInterval(POLL).until(() -> home.sent().contains("Probe \u00FC 7.csv"));
        home.drop("Probe \u00FC 7.csv", CONTENT);
        await().pollInterval(POLL)
                .until(() -> home.sent().contains("Probe \u00FC 7.csv.duplicate")
                        && home.files("drop").isEmpty());
        home.drop("Probe \u00FC 7.csv", "another day".getBytes(StandardCharsets.UTF_8));
        await().pollInterval(POLL).until(() -> hq.confirmed().size() == 2);

        Manifest first = hq.confirmed().get(0).manifest();
        Manifest second = hq.confirmed().get(1).manifest();
        assertThat(first.messageId().value()).matches("FL-LAB_RAW_[0-9]{8}_001");
        assertThat(second.messageId().value()).matches("FL-LAB_RAW_[0-9]{8}_002");
        Message message = open(hq.confirmed().get(0), new ByteArrayOutputStream());
        assertThat(message.fileName()).isEqualTo("Probe \u00FC 7.csv");
        assertThat(message.contentType()).isEqualTo("text/csv");
    }

    @Test
    void takesTheFilesOfSubFoldersWhereAskedTo() throws Exception {
        hq.listen();
        home.route("CA-RC,SF-RC", "FL-LAB_DAT_.*", "      - {name: recursive, value: true}\n");
        Path deep = Files.createDirectories(home.drop().resolve("2025/october"));
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Files.write(outside.resolve("FL-LAB_DAT_20251008_009.csv"), CONTENT);
        Files.createSymbolicLink(home.drop().resolve("2025/FL-LAB_DAT_20251008_008"), outside);
        Files.write(deep.resolve(NAME), CONTENT);
        Files.write(deep.resolve("notes.txt"), CONTENT);
        lab = home.start(hq.port());

        await().pollInterval(POLL)
                .until(() -> home.sent().contains(NAME)
                        && home.files("failed")
                                .containsAll(List.of(
                                        "FL-LAB_DAT_20251008_008.reason.json", "notes.txt", "notes.txt.reason.json")));
        assertThat(Files.isSymbolicLink(home.home().resolve("failed/FL-LAB_DAT_20251008_008")))
                .isTrue();
        assertThat(outside.resolve("FL-LAB_DAT_20251008_009.csv")).exists();
        assertThat(home.home().resolve("failed/notes.txt.reason.json"))
                .content()
                .contains("drop/raw-data/2025/october");
    }

    @Test
    void doesNotStartWithFoldersThatDisputeAboutFiles() throws Exception {
        home.route("CA-RC", ".*", """
                      - {name: recursive, value: true}
                - templatedRoute:
                    routeTemplateRef: drop-folder
                    routeId: inner
                    parameters:
                      - {name: directory, value: drop/raw-data/inner}
                      - {name: recipients, value: CA-RC}
                """);

        assertThatThrownBy(() -> home.start(hq.port()))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("drop-folders.camel.yaml:13: directory:")
                .hasMessageContaining("drop/raw-data/inner in drop/raw-data");
    }

    @Test
    void doesNotStartWithoutARouteAndNamesTheFileThatWasMeantAsOne() throws Exception {
        Path route = home.home().routes().resolve("drop-folders.camel.yaml");
        Files.move(route, route.resolveSibling("drop-folders.yaml"));

        assertThatThrownBy(() -> home.start(hq.port()))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("expected a file *.camel.yaml with at least one route")
                .hasMessageContaining("drop-folders.yaml");
    }

    @Test
    void namesTheFormOfRecipientsThatAreNotApartByCommas() {
        home.route("CA-RC;SF-RC");

        assertThatThrownBy(() -> home.start(hq.port()))
                .hasMessageContaining("drop-folders.camel.yaml:7: recipients: ")
                .hasMessageContaining("Write several with commas between them, such as CA-RC,SF-RC");
    }

    @Test
    void saysWhoGetsWhichFilesOfEachFolder() throws Exception {
        try (LoggedLines lines = LoggedLines.of(LabRoutes.class)) {
            lab = home.start(hq.port());

            assertThat(lines.at(Level.INFO))
                    .containsExactly("drop/raw-data  FL-LAB_(DAT|IMG)_.*|bad.*|PA-.*  -> CA-RC,SF-RC");
        }
    }

    @Test
    void givesPlainRoutesTheHomeAndTheIntegratorsOwnValues() throws Exception {
        Files.writeString(home.home().settingsFile(), "my.folder=instrument\n", StandardOpenOption.APPEND);
        Files.writeString(home.home().routes().resolve("instrument.camel.yaml"), """
                - from:
                    uri: "file:{{home}}/{{my.folder}}?initialDelay=0&delay=20"
                    steps:
                      - to: "file:{{home}}/drop/raw-data?tempFileName=${file:onlyname}.part"
                """);
        hq.listen();
        lab = home.start(hq.port());

        Files.writeString(home.home().resolve("instrument").resolve(NAME), "a,b");

        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
    }

    @Test
    void refusesANameWhoseBytesAreNoText() throws Exception {
        hq.listen();
        lab = home.start(hq.port());
        Files.createDirectories(home.drop());
        Process shell = new ProcessBuilder("sh", "-c", "printf x > \"$(printf 'FL-LAB_DAT_\\303(.csv')\"")
                .directory(home.drop().toFile())
                .start();
        assertThat(shell.waitFor()).isZero();

        await().pollInterval(POLL).until(() -> home.files("failed").size() == 2);
        assertThat(home.home().resolve("failed/FL-LAB_DAT__(.csv")).hasContent("x");
        assertThat(home.home().resolve("failed/FL-LAB_DAT__(.csv.reason.json"))
                .content()
                .contains("UTF-8");
        assertThat(home.drop()).isDirectoryNotContaining(file -> !file.endsWith(FolderStore.MARKER));
    }

    @Test
    void sendsARetriedFileUnderTheIdThatItHad() throws Exception {
        hq.listen();
        home.route("CA-RC,SF-RC", ".*", "      - {name: naming, value: assign}\n");
        lab = home.start(hq.port());
        home.drop("first.csv", CONTENT);
        await().pollInterval(POLL).until(() -> hq.confirmed().size() == 1);
        String id = hq.confirmed().get(0).manifest().messageId().value().replaceFirst("001$", "002");
        hq.refuse(id, "unknown-destination", "no such routing key");
        home.drop("second.csv", CONTENT);
        await().pollInterval(POLL).until(() -> home.files("failed").size() == 2);
        hq.refuse(id, null, null);
        Path failed = home.home().resolve("failed/second.csv");
        RetryFailed.retry(RetryFailed.failedFile(failed.resolveSibling("second.csv.reason.json")));

        await().pollInterval(POLL).until(() -> home.sent().contains("second.csv"));
        assertThat(hq.confirmed().get(1).manifest().messageId().value()).isEqualTo(id);
        assertThat(failed.resolveSibling(".retried/second.csv.reason.json")).exists();
        assertThat(home.files("failed").stream().filter(name -> !name.startsWith(".")))
                .allMatch(name -> name.contains(".retried"));
    }

    @Test
    void clearsAwayWhatAKillLeftHalfWritten() throws Exception {
        String unfinished = "." + UUID.randomUUID() + ".part";
        for (String folderName : List.of("drop/raw-data", "sent", "sent/2025-10-08", "failed", "keys")) {
            Files.createDirectories(home.home().resolve(folderName));
            Files.writeString(home.home().resolve(folderName).resolve(unfinished), "half");
        }
        Files.writeString(home.home().resolve("sent/FL-LAB_DAT_20251008_001.receipts.json"), "{}");
        Files.writeString(home.home().resolve("sent/FL-LAB_DAT_20251008_002.receipts.json"), "{}");
        Path others = Files.writeString(home.drop().resolve(".others.part"), "half");
        lab = home.start(hq.port());

        for (String folderName : List.of("drop/raw-data", "sent", "sent/2025-10-08", "failed", "keys")) {
            assertThat(home.home().resolve(folderName).resolve(unfinished)).doesNotExist();
        }
        assertThat(others).exists();
    }

    @Test
    void doesNotStartWithAWayOfNamingThatThereIsNot() {
        home.route("CA-RC", ".*", """
                      - {name: naming, value: guess}
                      - {name: type, value: lower}
                """);

        assertThatThrownBy(() -> home.start(hq.port()))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("drop-folders.camel.yaml:8: naming: expected strict or assign, found 'guess'")
                .hasMessageContaining("drop-folders.camel.yaml:9: type:");
    }

    @Test
    void signsThePriorityThatARouteGives() throws Exception {
        hq.listen();
        home.route("CA-RC,SF-RC", ".*", "      - {name: priority, value: high}\n");
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);

        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
        assertThat(hq.confirmed().get(0).manifest().priority()).isEqualTo(Priority.HIGH);
    }

    @Test
    void signsUntilWhenARoutesMessagesCount() throws Exception {
        hq.listen();
        home.route("CA-RC,SF-RC", ".*", "      - {name: ttl, value: 30d}\n");
        lab = home.start(hq.port());
        home.drop(NAME, CONTENT);

        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
        Manifest manifest = hq.confirmed().get(0).manifest();
        assertThat(manifest.expires()).isEqualTo(manifest.sentTimestamp().plus(Duration.ofDays(30)));
    }

    @Test
    void doesNotStartWithATimeToLiveThatIsNone() {
        home.route("CA-RC", ".*", "      - {name: ttl, value: soon}\n");

        assertThatThrownBy(() -> home.start(hq.port()))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("drop-folders.camel.yaml:8: ttl: expected ")
                .hasMessageContaining("found 'soon'");
    }

    @Test
    void doesNotStartWithAPriorityThatThereIsNot() {
        home.route("CA-RC", ".*", "      - {name: priority, value: urgent}\n");

        assertThatThrownBy(() -> home.start(hq.port()))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(
                        "drop-folders.camel.yaml:8: priority: Expected a priority, high, normal or low, found 'urgent'");
    }

    @Test
    void doesNotStartWithAnUnknownRecipient() {
        home.route("CA-RC,NY-RC");

        assertThatThrownBy(() -> home.start(hq.port()))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("drop-folders.camel.yaml:7")
                .hasMessageContaining("NY-RC")
                .hasMessageContaining("recipient.NY-RC=");
    }
}
