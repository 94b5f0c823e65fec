package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever lies in a drop folder of a whole laboratory is taken, refused, passed over by the list, or named once. */
class DropOwnersTest extends LabFixture {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final String NAME = ID + ".csv";
    private static final byte[] CONTENT = "sample,result\n1,positive\n".getBytes(StandardCharsets.UTF_8);
    private static final Map<String, String> WAITS_FOR_MARKERS = Map.of("folder.settle-time", "1h");

    private final LoggedLines overlooked = LoggedLines.of("io.saddlebag.lab.scan.Overlooked");
    private final LoggedLines markers = LoggedLines.of("io.saddlebag.lab.scan.ReadyMarkers");

    @BeforeEach
    void site() throws IOException {
        Files.createDirectories(home.drop());
        hq.listen();
    }

    @AfterEach
    void closeTheRest() {
        overlooked.close();
        markers.close();
    }

    @Test
    void refusesNamesWithLineEndsUnderTheUsualInclude() throws Exception {
        home.route("CA-RC,SF-RC", ".*", "");
        lab = home.start(hq.port());
        List<String> names = List.of("a\nb.csv", "a\r\nb.csv", "a\u2028b.csv", "a\u0085b.csv", "a.csv\n");
        for (String name : names) {
            home.drop(name, CONTENT);
        }

        for (String name : names) {
            await().until(() -> home.hasFailed(name));
            assertThat(reason(name)).contains("bad-name", "control or invisible characters");
        }
        assertThat(home.files("drop")).isEmpty();
    }

    @Test
    void takesNamesThatAShellOrADatabaseWouldRunAsTheyAre() throws Exception {
        home.route("CA-RC,SF-RC", ".*", "      - {name: naming, value: assign}\n");
        LoggedLines claims = LoggedLines.of("io.saddlebag.lab");
        lab = home.start(hq.port());
        List<String> names = List.of(
                "$(touch x).csv", "`touch x`", "a; rm -rf x", "x'); DROP TABLE message;--", "%s%n${sys-a}", "-rf");
        for (String name : names) {
            home.drop(name, CONTENT);
        }

        await().until(() -> home.sent().containsAll(names));
        assertThat(home.files("failed")).isEmpty();
        assertThat(home.files(".")).doesNotContain("x");
        assertThat(hq.confirmed()).hasSize(names.size());
        for (String name : names) {
            assertThat(claims.at(Level.INFO))
                    .as("a file is found by its name")
                    .anyMatch(line ->
                            line.matches("FL-LAB_DAT_\\d{8}_\\d{3} \\(" + Pattern.quote(name) + "\\): claimed by .*"));
        }
        claims.close();
    }

    @Test
    void refusesNamesThatMoveATerminalAndShowsThemHarmless() throws Exception {
        home.route("CA-RC,SF-RC", ".*", "      - {name: naming, value: assign}\n");
        try (LoggedLines log = LoggedLines.of("io.saddlebag")) {
            lab = home.start(hq.port());
            List<String> names = List.of("a\u001b[2J.csv", "b\u009b31m", "c\u202etxt.exe", "d\u0007");
            for (String name : names) {
                home.drop(name, CONTENT);
            }

            for (String name : names) {
                await().until(() -> home.hasFailed(name));
                assertThat(reason(name)).contains("bad-name").doesNotContain("\u001b", "\u009b", "\u202e", "\u0007");
            }
            assertThat(log.from(Level.DEBUG))
                    .isNotEmpty()
                    .noneMatch(line -> line.matches("(?s).*[\u001b\u009b\u202e\u0007].*"));
        }
    }

    @Test
    void refusesNamesWithLineEndsThatNoRouteTakes() throws Exception {
        home.route("CA-RC,SF-RC", "FL-LAB_DAT_.*[.]csv", "");
        lab = home.start(hq.port());
        home.drop(ID + "\n.csv", CONTENT);
        home.drop("notes\n.txt", CONTENT);

        await().until(() -> home.files("failed").size() == 4);
        assertThat(home.files("drop")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"drop/a%20b", "drop/c d", "drop/50%", "drop/x&y=z", "drop/q?r#s+t", "drop/\u00FC(1)"})
    void takesFilesFromAFolderWhoseNameAnUriWouldDecode(String directory) throws Exception {
        Files.writeString(home.home().routes().resolve("drop-folders.camel.yaml"), """
            - templatedRoute:
                routeTemplateRef: drop-folder
                routeId: odd
                parameters:
                  - {name: directory, value: "%s"}
                  - {name: include, value: "FL-LAB_.*"}
                  - {name: recipients, value: "CA-RC"}
            """.formatted(directory));
        Path drop = Files.createDirectories(home.home().resolve(directory));
        lab = home.start(hq.port());
        Files.write(drop.resolve(NAME), CONTENT);
        Files.write(drop.resolve("stray.csv"), CONTENT);

        await().until(() -> home.sent().contains(NAME));
        await().until(() -> home.hasFailed("stray.csv"));
    }

    @Test
    void namesASubFolderThatIsTooDeepOnce() throws Exception {
        home.route("CA-RC,SF-RC", ".*", "      - {name: recursive, value: true}\n");
        Path deep = home.drop();
        for (int i = 0; i < 70; i++) {
            deep = deep.resolve("d");
        }
        Files.createDirectories(deep);
        Files.write(deep.resolve(NAME), CONTENT);
        lab = home.start(hq.port());
        home.drop("FL-LAB_DAT_20251008_002.csv", CONTENT);

        await().until(() -> home.sent().contains("FL-LAB_DAT_20251008_002.csv"));
        home.drop("FL-LAB_DAT_20251008_003.csv", CONTENT);
        await().until(() -> home.sent().contains("FL-LAB_DAT_20251008_003.csv"));
        await().until(() -> !overlooked.at(Level.WARN).isEmpty());
        assertThat(overlooked.at(Level.WARN)).singleElement().asString().contains("d/d/d", "Move it up");
    }

    /** As when a program makes its link anew after each refusal. */
    @Test
    void fillsTheFailedFolderWithABoundedNumberOfLinks() throws Exception {
        home.route("CA-RC,SF-RC", ".*", "      - {name: recursive, value: true}\n");
        Path sub = Files.createDirectories(home.drop().resolve("sub"));
        for (int i = 0; i < 150; i++) {
            Files.createSymbolicLink(sub.resolve("link" + i), Path.of("/etc/passwd"));
        }
        try (LoggedLines lines = LoggedLines.of("io.saddlebag.lab.scan.OddEntries")) {
            lab = home.start(hq.port());
            await().until(() -> !lines.at(Level.WARN).isEmpty());
            home.drop(NAME, CONTENT);
            await().until(() -> home.sent().contains(NAME));

            assertThat(lines.at(Level.WARN)).singleElement().asString().contains("one more link, pipe or device");
        }
        try (Stream<Path> links = Files.list(sub)) {
            assertThat(links).hasSize(50);
        }
    }

    @Test
    void namesAFileThatLiesBetweenTwoDropFoldersOnce() throws Exception {
        home.route("CA-RC,SF-RC", ".*", """
            - templatedRoute:
                routeTemplateRef: drop-folder
                routeId: inner
                parameters:
                  - {name: directory, value: drop/raw-data/between/inner}
                  - {name: recipients, value: CA-RC}
            """);
        Path inner = Files.createDirectories(home.drop().resolve("between/inner"));
        Files.write(inner.resolveSibling("lost.csv"), CONTENT);
        lab = home.start(hq.port());
        Files.write(inner.resolve(NAME), CONTENT);

        await().until(() -> home.sent().contains(NAME));
        await().until(() -> !overlooked.at(Level.WARN).isEmpty());
        assertThat(overlooked.at(Level.WARN))
                .singleElement()
                .asString()
                .contains("between/lost.csv", "no route takes it");
    }

    @Test
    void passesOverSystemFilesWhateverTheirCapitals() throws Exception {
        home.route(
                "CA-RC,SF-RC", ".*", "      - {name: naming, value: assign}\n      - {name: recursive, value: true}\n");
        List<String> passed = List.of(
                "Thumbs.db",
                "DESKTOP.INI",
                "~$results.xlsx",
                "results.csv.CrDownload",
                "x.bak",
                "@eaDir/a.jpg",
                "#recycle/b.csv");
        for (String each : passed) {
            Files.createDirectories(home.drop().resolve(each).getParent());
            Files.write(home.drop().resolve(each), CONTENT);
        }
        lab = home.start(hq.port(), Map.of("folder.ignore", "*.bak, scratch"));
        Files.createDirectories(home.drop().resolve("Scratch"));
        Files.write(home.drop().resolve("Scratch/c.csv"), CONTENT);
        Files.write(home.drop().resolve("results.csv"), CONTENT);

        await().until(() -> home.sent().contains("results.csv"));
        assertThat(hq.confirmed().get(0).manifest().messageId().value()).endsWith("_001");
        Files.write(home.drop().resolve("more.csv"), "more".getBytes(StandardCharsets.UTF_8));
        await().until(() -> home.sent().contains("more.csv"));
        assertThat(hq.confirmed()).hasSize(2);
        assertThat(home.files("failed")).isEmpty();
        passed.forEach(each -> assertThat(home.drop().resolve(each)).exists());
    }

    @Test
    void doesNotStartWithAPatternThatMatchesEveryName() {
        assertThatThrownBy(() -> home.start(hq.port(), Map.of("folder.ignore", "*.bak,*")))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("folder.ignore: expected patterns that leave most names out");
    }

    @Test
    void waitsForAMarkerThatIsTouchedAgainWhenItIsOlderThanItsFile() throws Exception {
        lab = home.start(hq.port(), WAITS_FOR_MARKERS);
        Path marker = Files.createFile(home.drop().resolve(NAME + ".ready"));
        Files.setLastModifiedTime(marker, FileTime.from(Instant.now().minusSeconds(60)));
        home.drop(NAME, CONTENT);
        await().until(() -> !markers.at(Level.WARN).isEmpty());
        assertThat(home.drop().resolve(NAME)).exists();

        Files.setLastModifiedTime(marker, FileTime.from(Instant.now()));

        await().until(() -> home.sent().contains(NAME) && home.files("drop").isEmpty());
        assertThat(markers.at(Level.WARN)).singleElement().asString().contains(NAME + ".ready", "touch it again");
    }
}
