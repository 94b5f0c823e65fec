package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.files.FileTree;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.files.tree.FolderUnpacker;
import io.saddlebag.lab.TestHeadquarters.Upload;
import io.saddlebag.lab.records.RetryFailed;
import io.saddlebag.message.Message;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.testing.LoggedLines;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Drop folders with {@code group: stem} in a whole laboratory, over TLS, against a scripted headquarters. */
class GroupDropTest extends LabFixture {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final String BY_STEM = "      - {name: group, value: stem}\n";
    private static final String ASSIGN = "      - {name: naming, value: assign}\n";
    private static final Map<String, String> WAITS_FOR_MARKERS = Map.of("folder.settle-time", "1h");

    private final LoggedLines markers = LoggedLines.of("io.saddlebag.lab.scan.ReadyMarkers");

    @BeforeEach
    void site() throws IOException {
        home.route("CA-RC,SF-RC", ".*", BY_STEM);
        Files.createDirectories(home.drop());
        hq.listen();
    }

    @AfterEach
    void closeTheRest() {
        markers.close();
    }

    private void start() throws SiteStartException {
        lab = home.start(hq.port(), WAITS_FOR_MARKERS);
    }

    private Path drop(String name, String content) throws IOException {
        return Files.writeString(home.drop().resolve(name), content);
    }

    private void ready(String name) throws IOException {
        Files.createFile(home.drop().resolve(name + ".ready"));
    }

    /** Once the marker of an earlier set of that stem is gone, which would count for a half of this one. */
    private void dropSet(String stem, String content) throws IOException {
        await().until(() -> Files.notExists(home.drop().resolve(stem + ".ready")));
        drop(stem + ".bam", content);
        drop(stem + ".bam.bai", "index");
        drop(stem + ".bam.md5", "digest");
        ready(stem);
    }

    private Message open(Upload upload, Path target) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        Message message = open(upload, tar);
        new FolderUnpacker(FolderLimits.USUAL).unpack(new ByteArrayInputStream(tar.toByteArray()), target);
        return message;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void sendsTheFilesOfAStemAsOneFolder() throws Exception {
        start();
        dropSet(ID, "reads");
        drop("FL-LAB_DAT_20251008_0012.bam", "of another stem");

        await().until(() -> home.sent().contains(ID + "/" + ID + ".bam"));
        assertThat(hq.confirmed()).hasSize(1);
        Path back = folder.resolve("back");
        Message message = open(hq.confirmed().get(0), back);
        assertThat(message.messageId().value()).isEqualTo(ID);
        assertThat(message.fileName()).isEqualTo(ID);
        assertThat(message.contentType()).isEqualTo(Message.TAR);
        assertThat(names(back)).containsExactly(ID + ".bam", ID + ".bam.bai", ID + ".bam.md5");
        assertThat(back.resolve(ID + ".bam")).hasContent("reads");
        await().until(() -> home.files("drop").equals(List.of("raw-data/FL-LAB_DAT_20251008_0012.bam")));
        assertThat(markers.at(Level.WARN)).isEmpty();
        await().until(() -> home.files("work").isEmpty());
    }

    @Test
    void waitsForTheMarkersOfAllFilesOfAStem() throws Exception {
        start();
        drop(ID + ".r1.fastq.gz", "one");
        drop(ID + ".r2.fastq.gz", "two");
        ready(ID + ".r1.fastq.gz");
        drop("FL-LAB_DAT_20251008_002.csv", "alone");
        ready("FL-LAB_DAT_20251008_002.csv");
        await().until(() -> home.sent().contains("FL-LAB_DAT_20251008_002/FL-LAB_DAT_20251008_002.csv"));
        assertThat(hq.confirmed()).hasSize(1);

        ready(ID + ".r2.fastq.gz");

        await().until(() ->
                home.sent().containsAll(List.of(ID + "/" + ID + ".r1.fastq.gz", ID + "/" + ID + ".r2.fastq.gz")));
        assertThat(hq.confirmed()).hasSize(2);
        await().until(() -> home.files("drop").isEmpty());
    }

    @Test
    void takesAStemWhoseFilesAreStill() throws Exception {
        drop(ID + ".vcf.gz", "calls");
        drop(ID + ".vcf.gz.tbi", "index");
        drop("FL-LAB_DAT_20251008_002.csv", "alone");
        lab = home.start(hq.port());

        await().until(() -> hq.confirmed().size() == 2 && home.files("drop").isEmpty());
        await().until(() -> home.sent().size() == 3);
        assertThat(home.files("failed")).isEmpty();
    }

    @Test
    void refusesAFileThatComesAfterItsStemWasSent() throws Exception {
        start();
        dropSet(ID, "reads");
        await().until(() -> home.sent().contains(ID + "/" + ID + ".bam"));
        drop(ID + ".bam.crai", "late");
        ready(ID);

        await().until(() -> home.hasFailed(ID + ".bam.crai"));
        assertThat(reason(ID + ".bam.crai"))
                .contains("conflict", "after the others were taken as " + ID, "One stem is one message", ID + "_r2");
        assertThat(home.home().resolve("failed/" + ID + ".bam.crai")).hasContent("late");
        assertThat(hq.confirmed()).hasSize(1);
        await().until(() -> home.files("drop").isEmpty() && home.files("work").isEmpty());
    }

    @Test
    void sendsTheSameSetOnceAndACorrectionOfIt() throws Exception {
        start();
        dropSet(ID, "reads");
        await().until(() -> home.sent().contains(ID + "/" + ID + ".bam"));
        dropSet(ID, "reads");
        await().until(() -> home.sent().contains(ID + ".duplicate/" + ID + ".bam"));
        dropSet(ID + "_r2", "better reads");
        await().until(() -> home.sent().contains(ID + "_r2/" + ID + "_r2.bam"));

        assertThat(hq.confirmed()).hasSize(2);
        await().until(() -> home.files("work").isEmpty());
    }

    @Test
    void assignsIdsToStems() throws Exception {
        home.route("CA-RC,SF-RC", ".*", BY_STEM + ASSIGN);
        start();
        dropSet("sample 7", "reads");
        await().until(() -> hq.confirmed().size() == 1 && home.sent().contains("sample 7/sample 7.bam"));
        drop("sample 7.crai", "late");
        ready("sample 7");
        await().until(() -> home.hasFailed("sample 7.crai"));
        dropSet("sample 7", "another day's reads");
        await().until(() -> hq.confirmed().size() == 2);

        assertThat(hq.confirmed().get(0).manifest().messageId().value()).matches("FL-LAB_DAT_[0-9]{8}_001");
        assertThat(hq.confirmed().get(1).manifest().messageId().value()).matches("FL-LAB_DAT_[0-9]{8}_002");
        assertThat(open(hq.confirmed().get(0), folder.resolve("back")).fileName())
                .isEqualTo("sample 7");
        assertThat(reason("sample 7.crai")).contains("conflict", "One stem is one message");
    }

    @Test
    void refusesEachFileOfAStemThatIsNoMessageId() throws Exception {
        start();
        drop("sample.bam", "reads");
        drop("sample.bam.bai", "index");
        ready("sample");

        await().until(() -> home.files("failed")
                .containsAll(List.of(
                        "sample.bam", "sample.bam.reason.json", "sample.bam.bai", "sample.bam.bai.reason.json")));
        assertThat(reason("sample.bam.bai")).contains("bad-name", "\"sample.bam.bai\"");
        await().until(() -> home.files("drop").isEmpty() && home.files("work").isEmpty());
    }

    @Test
    void groupsTheFilesOfEachSubFolder() throws Exception {
        home.route("CA-RC,SF-RC", ".*", BY_STEM + "      - {name: recursive, value: true}\n");
        String other = "FL-LAB_DAT_20251008_002";
        start();
        for (String each : List.of("a/" + ID, "b/deep/" + other)) {
            Path stem = home.drop().resolve(each);
            Files.createDirectories(stem.getParent());
            drop(each + ".bam", each);
            drop(each + ".bam.bai", "index");
            ready(each);
        }

        await().until(() ->
                home.sent().containsAll(List.of(ID + "/" + ID + ".bam.bai", other + "/" + other + ".bam.bai")));
        assertThat(hq.confirmed()).hasSize(2);
        await().until(() -> home.files("drop").isEmpty());
    }

    @Test
    void sendsARetriedStemUnderItsId() throws Exception {
        hq.refuse(ID, "unknown-destination", "no such routing key");
        start();
        dropSet(ID, "reads");
        await().until(() -> home.hasFailed(ID) && home.files("work").isEmpty());
        hq.refuse(ID, null, null);

        RetryFailed.retry(home.home().resolve("failed/" + ID));
        ready(ID);

        await().until(() -> home.sent().contains(ID + "/" + ID + ".bam.md5"));
        assertThat(hq.confirmed()).hasSize(1);
    }

    @Test
    void takesAStemFromAnotherFileSystem() throws Exception {
        Path elsewhere = OtherFileSystem.folder(folder);
        try {
            Files.delete(home.drop());
            Files.createSymbolicLink(home.drop(), elsewhere);
            start();
            dropSet(ID, "reads");

            await().until(() -> home.sent().contains(ID + "/" + ID + ".bam.md5"));
            assertThat(open(hq.confirmed().get(0), folder.resolve("back"))
                            .messageId()
                            .value())
                    .isEqualTo(ID);
            assertThat(names(folder.resolve("back"))).hasSize(3);
        } finally {
            lab.close();
            lab = null;
            FileTree.delete(elsewhere);
        }
    }

    private Path gathering(String kind, String... names) throws IOException {
        Path taken = home.home().resolve("work/.claims/drop%2Fraw-data/" + kind + "0123456789abcdef." + ID + "/taken");
        Files.createDirectories(taken);
        for (Path each = taken; !each.endsWith("work"); each = each.getParent()) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwx------"));
        }
        for (String name : names) {
            Files.writeString(taken.resolve(name), "half");
        }
        return taken.getParent();
    }

    @Test
    void putsAHalfGatheredStemBackBesideTheRest() throws Exception {
        Path area = gathering("g", ID + ".bam");
        drop(ID + ".bam.bai", "index");
        ready(ID);
        start();

        await().until(() -> home.sent().containsAll(List.of(ID + "/" + ID + ".bam", ID + "/" + ID + ".bam.bai")));
        assertThat(hq.confirmed()).hasSize(1);
        assertThat(area).doesNotExist();
    }

    @Test
    void sendsNoHalfGatheredStemOfASubFolder() throws Exception {
        home.route("CA-RC,SF-RC", ".*", BY_STEM + "      - {name: recursive, value: true}\n");
        Path area = gathering("s", ID + ".bam");
        start();

        await().until(() -> home.hasFailed(ID + ".bam"));
        assertThat(reason(ID + ".bam")).contains("bad-file", "found some");
        await().until(() -> !Files.exists(area));
        assertThat(hq.confirmed()).isEmpty();
    }

    @Test
    void refusesALinkByItself() throws Exception {
        start();
        Files.createSymbolicLink(home.drop().resolve(ID + ".bam.bai"), Path.of("/etc/hostname"));
        await().until(() -> home.hasFailed(ID + ".bam.bai"));
        drop(ID + ".bam", "reads");
        ready(ID);

        await().until(() -> home.sent().contains(ID + "/" + ID + ".bam"));
    }

    @Test
    void doesNotStartWithAGroupThatThereIsNotOrWithTwoInAFolder() throws Exception {
        home.route("CA-RC", ".*", "      - {name: group, value: name}\n");
        assertThatThrownBy(() -> home.start(hq.port()))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("drop-folders.camel.yaml:8: group: expected none or stem, found 'name'");

        home.route("CA-RC", "FL-LAB_DAT_.*", BY_STEM + """
                - templatedRoute:
                    routeTemplateRef: drop-folder
                    routeId: other
                    parameters:
                      - {name: directory, value: drop/raw-data}
                      - {name: include, value: FL-LAB_RPT_.*}
                      - {name: recipients, value: CA-RC}
                """);
        assertThatThrownBy(() -> home.start(hq.port()))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("group: expected the same in every route of drop/raw-data");
    }

    @Test
    void travelsWithoutSystemFiles() throws Exception {
        Path made = Files.createDirectories(folder.resolve(UUID.randomUUID().toString()));
        for (String name :
                List.of("a.csv", "Thumbs.db", "~$a.xlsx", "deep/._b.csv", "deep/b.csv", "@eaDir/c/d.jpg", "x.bak")) {
            Files.createDirectories(made.resolve(name).getParent());
            Files.writeString(made.resolve(name), name);
        }
        Path clean = Files.createDirectories(folder.resolve("clean/deep"));
        Files.writeString(clean.resolve("b.csv"), "deep/b.csv");
        Files.writeString(clean.resolveSibling("a.csv"), "a.csv");
        lab = home.start(hq.port(), Map.of("folder.settle-time", "1h", "folder.ignore", "*.bak"));
        Files.move(made, home.drop().resolve(ID));
        ready(ID);
        await().until(() -> home.sent().contains(ID + "/a.csv"));
        Files.move(clean.getParent(), home.drop().resolve(ID));
        ready(ID);
        await().until(() -> home.sent().contains(ID + ".duplicate/a.csv"));

        open(hq.confirmed().get(0), folder.resolve("back"));
        assertThat(names(folder.resolve("back"))).containsExactly("a.csv", "deep");
        assertThat(names(folder.resolve("back/deep"))).containsExactly("b.csv");
        assertThat(home.sent())
                .contains(
                        ID + ".ignored/Thumbs.db",
                        ID + ".ignored/~$a.xlsx",
                        ID + ".ignored/@eaDir/c/d.jpg",
                        ID + ".ignored/x.bak");
        try (Stream<Path> all = Files.walk(home.home().resolve("sent"))) {
            assertThat(all.map(Path::toString)).anyMatch(path -> path.endsWith(ID + ".ignored/deep/._b.csv"));
        }
        await().until(() -> home.files("work").isEmpty() && home.files("drop").isEmpty());
    }
}
