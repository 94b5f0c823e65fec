package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.files.tree.FolderUnpacker;
import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.message.FolderFacts;
import io.saddlebag.message.Message;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dropped folders in a whole laboratory, over TLS, against a scripted headquarters. */
class FolderDropTest extends LabFixture {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final Map<String, String> WAITS_FOR_MARKERS = Map.of("folder.settle-time", "1h");

    @BeforeEach
    void site() {
        hq.listen();
    }

    @Test
    void travelsAsOneMessage() throws Exception {
        lab = home.start(hq.port());
        Path made = make("made", "deep/er/Gr\u00F6\u00DFe.csv", "1,2\n", "b.csv", "");
        Files.createDirectory(made.resolve("empty"));
        drop(made, ID + ".d");

        until(() -> home.sent().contains(ID + ".d/b.csv"));

        assertThat(hq.confirmed()).hasSize(1);
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        Message message = open(hq.confirmed().get(0), tar);
        assertThat(message.messageId().value()).isEqualTo(ID);
        assertThat(message.fileName()).isEqualTo(ID + ".d");
        assertThat(message.contentType()).isEqualTo("application/x-tar");
        assertThat(message.folder()).isEqualTo(new FolderFacts(2, 4, false));
        Path back = folder.resolve("back");
        new FolderUnpacker(FolderLimits.USUAL).unpack(new ByteArrayInputStream(tar.toByteArray()), back);
        assertThat(back.resolve("deep/er/Gr\u00F6\u00DFe.csv")).hasContent("1,2\n");
        assertThat(back.resolve("empty")).isEmptyDirectory();
        assertThat(ContentDigest.of(back).sha256()).isEqualTo(message.sha256());
        until(() -> home.files("work").isEmpty());
        assertThat(home.files("drop")).isEmpty();
        assertThat(home.files("failed")).isEmpty();
    }

    @Test
    void isSentOnceAndRefusedWithOtherContent() throws Exception {
        lab = home.start(hq.port());
        drop(make("one", "a.csv", "1"), ID);
        until(() -> home.sent().contains(ID + "/a.csv"));
        drop(make("two", "a.csv", "1"), ID);
        until(() -> home.sent().contains(ID + ".duplicate/a.csv"));
        drop(make("three", "a.csv", "2"), ID);
        until(() -> home.hasFailed(ID));

        assertThat(reason(ID)).contains("conflict");
        assertThat(hq.confirmed()).hasSize(1);
    }

    @Test
    void isVerifiedFirstWhenItIsABag() throws Exception {
        lab = home.start(hq.port());
        Path good = bag("good");
        drop(good, ID);
        Path bad = bag("bad");
        Files.writeString(bad.resolve("data/a.csv"), "altered");
        drop(bad, "FL-LAB_DAT_20251008_002");

        until(() -> home.sent().contains(ID + "/data/a.csv"));
        until(() -> home.hasFailed("FL-LAB_DAT_20251008_002"));

        assertThat(open(hq.confirmed().get(0), new ByteArrayOutputStream())
                        .folder()
                        .bag())
                .isTrue();
        assertThat(home.files("failed")).contains("FL-LAB_DAT_20251008_002/data/a.csv");
        assertThat(reason("FL-LAB_DAT_20251008_002")).contains("bad-digest", "'data/a.csv' has another SHA-256");
        assertThat(hq.confirmed()).hasSize(1);
    }

    @Test
    void goesToFailedWhenAFileOfItsBagIsAFolder() throws Exception {
        lab = home.start(hq.port());
        drop(make("declared", "bagit.txt/a.csv", "1"), ID);
        Path second = bag("second");
        Files.createDirectory(second.resolve("bag-info.txt"));
        drop(second, "FL-LAB_DAT_20251008_002");
        Path third = bag("third");
        Files.createDirectory(third.resolve("manifest-sha512.txt"));
        drop(third, "FL-LAB_DAT_20251008_003");

        for (String name : List.of(ID, "FL-LAB_DAT_20251008_002", "FL-LAB_DAT_20251008_003")) {
            until(() -> home.hasFailed(name));
            assertThat(reason(name)).contains("bad-file", "found a folder");
        }
        assertThat(hq.confirmed()).isEmpty();
    }

    @Test
    void isTakenAtOnceWithAMarkerAndMustBeABagWithTheOther() throws Exception {
        lab = home.start(hq.port(), WAITS_FOR_MARKERS);
        drop(make("one", "a.csv", "1"), ID);
        drop(make("two", "a.csv", "1"), "FL-LAB_DAT_20251008_002");
        drop(bag("three"), "FL-LAB_DAT_20251008_003");
        Files.createFile(home.drop().resolve(ID + ".ready"));
        Files.createFile(home.drop().resolve("FL-LAB_DAT_20251008_002.bagit"));
        Files.createFile(home.drop().resolve("FL-LAB_DAT_20251008_003.bagit"));

        until(() -> home.sent().contains(ID + "/a.csv"));
        until(() -> home.sent().contains("FL-LAB_DAT_20251008_003/bagit.txt"));
        until(() -> home.hasFailed("FL-LAB_DAT_20251008_002"));

        assertThat(reason("FL-LAB_DAT_20251008_002")).contains("no bagit.txt");
        until(() -> home.files("drop").isEmpty());
    }

    @Test
    void goesToFailedWithALinkABadNameOrTooMuchInIt() throws Exception {
        lab = home.start(hq.port(), Map.of("folder-message.max-entries", "3"));
        Path linked = make("linked", "a.csv", "1");
        Files.createSymbolicLink(linked.resolve("key"), Path.of("/etc/passwd"));
        drop(linked, ID);
        drop(make("named", "a:b.csv", "1"), "FL-LAB_DAT_20251008_002");
        drop(make("many", "a", "", "b", "", "c", "", "d", ""), "FL-LAB_DAT_20251008_003");
        drop(make("misnamed", "a.csv", "1"), "PA-LAB_DAT_20251008_004");
        drop(make("unknown", "a.csv", "1"), "measurements");

        until(() -> home.files("failed").stream()
                        .filter(name -> name.endsWith(".reason.json"))
                        .count()
                == 5);

        assertThat(reason(ID)).contains("bad-file", "link or device at 'key'");
        assertThat(reason("FL-LAB_DAT_20251008_002")).contains("bad-name", "a:b.csv");
        assertThat(reason("FL-LAB_DAT_20251008_003")).contains("too-large", "at most 3");
        assertThat(reason("PA-LAB_DAT_20251008_004")).contains("wrong-sender");
        assertThat(reason("measurements")).contains("bad-name");
        assertThat(hq.confirmed()).isEmpty();
        assertThat(home.files("drop")).isEmpty();
    }

    @Test
    void isNoMessageWhenItIsADropFolderItself() throws Exception {
        Files.writeString(home.home().routes().resolve("more.camel.yaml"), """
                - templatedRoute:
                    routeTemplateRef: drop-folder
                    routeId: fl-lab-all
                    parameters:
                      - {name: directory, value: "drop"}
                      - {name: recipients, value: "CA-RC"}
                """);
        lab = home.start(hq.port());
        Files.createDirectories(home.drop());
        drop(make("made", "a.csv", "1"), "../" + ID);

        until(() -> home.sent().contains(ID + "/a.csv"));

        assertThat(home.drop()).isDirectory();
        assertThat(home.files("failed")).isEmpty();
    }

    @Test
    void getsAnIdWhereIdsAreAssignedAndOnlyOnce() throws Exception {
        home.route("CA-RC,SF-RC", ".*", """
                      - {name: naming, value: assign}
                """);
        lab = home.start(hq.port());
        drop(make("one", "a.csv", "1"), "Run 7");
        until(() -> home.sent().contains("Run 7/a.csv"));
        drop(make("two", "a.csv", "1"), "Run 7");

        until(() -> home.sent().contains("Run 7.duplicate/a.csv"));

        assertThat(hq.confirmed()).hasSize(1);
        assertThat(hq.confirmed().get(0).manifest().messageId().value()).matches("FL-LAB_DAT_[0-9]{8}_001");
    }

    @Test
    void goesBackWhenItIsStillWrittenToAndIsThenSentWhole() throws Exception {
        hq.close();
        lab = home.start(hq.port());
        drop(make("made", "a.csv", "1"), ID);
        Path content = home.home().work().resolve(ID);
        until(() -> Files.exists(content.resolve("a.csv")));
        lab.close();
        Files.writeString(content.resolve("b.csv"), "2");
        hq = new TestHeadquarters(network);
        caKey = hq.register("CA-RC", 1);
        hq.register("SF-RC", 1);
        hq.listen();

        lab = home.start(hq.port());

        until(() -> home.sent().contains(ID + "/b.csv"));
        assertThat(home.sent()).contains(ID + "/a.csv");
        assertThat(hq.confirmed()).hasSize(1);
        assertThat(open(hq.confirmed().get(0), new ByteArrayOutputStream())
                        .folder()
                        .files())
                .isEqualTo(2);
    }

    @Test
    void isAGoodBagWithSystemFilesUnlessItsManifestNamesThem() throws Exception {
        lab = home.start(hq.port());
        Path stray = bag("stray");
        Files.writeString(stray.resolve("data/Thumbs.db"), "left by a desktop");
        drop(stray, ID);
        String named = "FL-LAB_DAT_20251008_002";
        Path data = bag("named");
        Files.writeString(data.resolve("data/Thumbs.db"), "1");
        Files.createDirectory(data.resolve("data/@eaDir"));
        Files.writeString(data.resolve("data/@eaDir/b.csv"), "1");
        Files.writeString(data.resolve("data/@eaDir/c.csv"), "not named");
        String line = Files.readString(data.resolve("manifest-sha256.txt"));
        Files.writeString(
                data.resolve("manifest-sha256.txt"),
                line + line.replace("a.csv", "Thumbs.db") + line.replace("a.csv", "@eaDir/b.csv"));
        drop(data, named);

        until(() -> home.sent().containsAll(List.of(ID + "/data/a.csv", named + "/data/a.csv")));
        assertThat(home.sent())
                .contains(
                        named + "/data/Thumbs.db",
                        named + "/data/@eaDir/b.csv",
                        named + ".ignored/data/@eaDir/c.csv",
                        ID + ".ignored/data/Thumbs.db")
                .doesNotContain(ID + "/data/Thumbs.db", named + "/data/@eaDir/c.csv");
        assertThat(home.files("failed")).isEmpty();
    }

    private static void until(Callable<Boolean> condition) {
        await().pollInterval(Duration.ofMillis(10)).until(condition);
    }

    /** A folder of these files, outside the drop folder. */
    private Path make(String name, String... pathsAndContents) throws IOException {
        Path made = folder.resolve(name);
        for (int i = 0; i < pathsAndContents.length; i += 2) {
            Path file = made.resolve(pathsAndContents[i]);
            Files.createDirectories(file.getParent());
            Files.writeString(file, pathsAndContents[i + 1]);
        }
        return made;
    }

    private Path bag(String name) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(new byte[] {'1'});
        return make(
                name,
                "bagit.txt",
                "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
                "manifest-sha256.txt",
                HexFormat.of().formatHex(digest) + "  data/a.csv\n",
                "data/a.csv",
                "1");
    }

    private void drop(Path made, String name) throws IOException {
        Files.createDirectories(home.drop());
        Files.move(made, home.drop().resolve(name).normalize());
    }
}
