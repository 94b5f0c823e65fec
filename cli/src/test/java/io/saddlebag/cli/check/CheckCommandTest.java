package io.saddlebag.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.FreePort;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.SiteHome;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckCommandTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId CENTRE = SiteId.of("CA-RC");

    @TempDir
    private static Path made;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeOnce() throws IOException {
        new ScenarioHomes(made.resolve("sites")).make(FreePort.any());
    }

    @BeforeEach
    void copy() throws IOException {
        for (SiteId site : List.of(ScenarioHomes.HEADQUARTERS, LAB, CENTRE)) {
            copy(
                    new ScenarioHomes(made.resolve("sites")).home(site).folder(),
                    home(site).folder());
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.copy(file, copy);
                Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(file));
            }
        }
    }

    private SiteHome home(SiteId site) {
        return new ScenarioHomes(folder).home(site);
    }

    @ParameterizedTest
    @CsvSource({
        "FL-LAB, drop-folders.camel.yaml, fl-lab-raw-data, failed/",
        "CA-RC, outbox.camel.yaml, ca-rc-outbox, dead letter"
    })
    void judgesTheContentOfAFileByTheCheckOfItsRoute(String site, String routes, String route, String place)
            throws IOException {
        SiteHome home = home(SiteId.of(site));
        Files.createDirectory(home.resolve("checks"));
        Files.writeString(home.resolve("checks/a.yaml"), "- {kind: csv, columns: [{name: a, type: integer}]}");
        Path file = home.routes().resolve(routes);
        Files.writeString(
                file,
                Files.readString(file)
                        .replaceAll(
                                "(?s)(routeId: " + route + "\n *parameters:\n)",
                                "$1      - {name: check, value: checks/a.yaml}\n"));
        Path good = Files.writeString(folder.resolve("FL-LAB_DAT_20251008_001.csv"), "a\n1\n");
        Path bad = Files.writeString(folder.resolve("FL-LAB_DAT_20251008_002.csv"), "a\n1\nMustermann\n");

        assertThat(CommandLineRun.of("check", "--home", home.folder(), "--try", good)
                        .exitCode())
                .isZero();
        CommandLineRun run = CommandLineRun.of("check", "--home", home.folder(), "--try", bad);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains(
                        ": " + place + ", code bad-content by checks/a.yaml:",
                        "  row 3, column 1: expected a whole number (a)")
                .doesNotContain("Mustermann");

        Files.writeString(home.resolve("checks/a.yaml"), "- {kind: cvs}");
        assertThat(CommandLineRun.of("check", "--home", home.folder()).out())
                .contains("checks/a.yaml:1: expected kind: with one of csv, ");
    }

    @Test
    void findsNoFaultInNewHomesAndChangesNothing() throws IOException {
        for (SiteId site : List.of(ScenarioHomes.HEADQUARTERS, LAB, CENTRE)) {
            List<String> before = listing(home(site).folder());

            CommandLineRun run = CommandLineRun.of("check", "--home", home(site).folder());

            assertThat(run.out()).isEqualToIgnoringNewLines(site + ": no fault found");
            assertThat(run.exitCode()).isZero();
            assertThat(listing(home(site).folder())).isEqualTo(before);
        }
    }

    private static List<String> listing(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    @Test
    void namesAllFaultsOfALaboratoryWithFileAndLine() throws IOException {
        SiteHome lab = home(LAB);
        append(lab.settingsFile(), "hq.id=BERN-HQ\nfolder.settle-time=soon\nhq.id=DC-HQ\n");
        Path routes = lab.routes().resolve("drop-folders.camel.yaml");
        Files.writeString(routes, Files.readString(routes).replaceFirst("name: include", "name: includes"));
        Files.setPosixFilePermissions(routes, PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setPosixFilePermissions(lab.identity().resolve("tls.key"), PosixFilePermissions.fromString("rw-r--r--"));
        int lines = Files.readAllLines(lab.settingsFile()).size();

        CommandLineRun run = CommandLineRun.of("check", "--home", lab.folder());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out().lines())
                .anyMatch(line -> line.startsWith(
                        lab.settingsFile() + ":" + lines + ": expected hq.id once, found it at" + " line "))
                .anyMatch(line -> line.startsWith(
                        lab.settingsFile() + ":" + (lines - 1) + ": expected for" + " folder.settle-time a time"))
                .anyMatch(line -> line.matches("\\Q" + routes + "\\E:[0-9]+: expected one of the parameters .*"))
                .anyMatch(line -> line.contains(routes + ": expected") && line.contains("chmod"));
    }

    @Test
    void namesAFaultOfAKeyThatOthersMayRead() throws IOException {
        SiteHome centre = home(CENTRE);
        Files.setPosixFilePermissions(
                centre.identity().resolve("age.key"), PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(
                centre.identity().resolve("tls.key"), PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(CommandLineRun.of("check", "--home", centre.folder()).out())
                .contains(centre.identity().resolve("age.key").toString())
                .contains(centre.identity().resolve("tls.key").toString());
    }

    /** Whatever a start refuses, {@code check} names in the same words. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        FL-LAB | routes/own.camel.yaml | - route: {id: a, from: {uri: "sftpp:host", steps: [{to: "log:x"}]}}
        FL-LAB | routes/own.camel.yaml | - route: {id: a, from: {uri: "timer:x", steps: [{to: "log:x?levle=1"}]}}
        FL-LAB | routes/own.camel.yaml | - route: {id: a, from: {uri: "timer:x", steps: [{bean: {ref: nobody}}]}}
        FL-LAB | lib/broken.jar        | no jar
        FL-LAB | application.properties | recipient.CA-RC.post-quantum=perhaps
        CA-RC  | routes/own.camel.yaml | - beans: [{name: mine, type: org.example.Nobody}]
        CA-RC  | routes/own.camel.yaml | - templatedRoute: {routeTemplateRef: outbox, parameters: [{name: queue, value: q}]}
        CA-RC  | application.properties | receive.accept-missing=some
        CA-RC  | application.properties | metrics.address=nowhere
        """)
    void namesTheFaultOfAStart(String site, String file, String text) throws IOException {
        SiteHome home = home(SiteId.of(site));
        Files.createDirectories(home.resolve(file).getParent());
        append(home.resolve(file), text + "\n");

        CommandLineRun check = CommandLineRun.of("check", "--home", home.folder());
        try (LoggedLines log = LoggedLines.of("io.saddlebag.cli.SiteProcess")) {
            CommandLineRun start =
                    CommandLineRun.of(SiteKind.of(SiteId.of(site)).orElseThrow().command(), "--home", home.folder());

            assertThat(start.exitCode()).isEqualTo(1);
            assertThat(log.from(Level.ERROR))
                    .singleElement()
                    .asString()
                    .startsWith("Cannot start: ")
                    .satisfies(line -> assertThat(check.out().lines()).as(line).anyMatch(fault -> line.substring(
                                    "Cannot start: ".length())
                            .contains(fault)));
        }
        assertThat(check.exitCode()).isEqualTo(1);
        assertThat(check.out()).contains(home.resolve(file).toString());
    }

    @Test
    void namesTheFaultsOfATopologyTogether() throws IOException {
        Path topology = home(ScenarioHomes.HEADQUARTERS).resolve("topology.yaml");
        Files.writeString(topology, Files.readString(topology).replaceFirst("site: CA-RC", "site: CA-R"));

        CommandLineRun run = CommandLineRun.of(
                "check", "--home", home(ScenarioHomes.HEADQUARTERS).folder());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out().lines()).isNotEmpty().allMatch(line -> line.startsWith(topology + ":"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        FL-LAB | FL-LAB_DAT_20251008_001.csv   | 0 | drop/raw-data: sent as FL-LAB_DAT_20251008_001 to CA-RC,SF-RC by the route
        FL-LAB | FL-LAB_DAT_20251008_001.csv   | 0 | drop/reports: failed/, code bad-name: no route of this folder takes it
        FL-LAB | PA-LAB_DAT_20251008_001.csv   | 1 | drop/raw-data: failed/, code wrong-sender
        FL-LAB | fl-lab_dat_20251008_001.csv   | 1 | drop/raw-data: failed/, code bad-name
        FL-LAB | Thumbs.db                     | 1 | drop/raw-data: ignored
        CA-RC  | FL-LAB_DAT_20251008_001.csv   | 0 | ca_rc_queue: outbox/FL-LAB/FL-LAB_DAT_20251008_001.csv
        CA-RC  | notes.txt                     | 1 | notes.txt: no message has that name
        DC-HQ  | FL-LAB_DAT_20251008_001       | 0 | labs by the key ca_rc: ca_rc_queue of CA-RC
        DC-HQ  | XX-LAB_DAT_20251008_001       | 1 | XX-LAB: the topology has no such site
        """)
    void saysWhereAFileOfANameWouldGo(String site, String name, int exitCode, String answer) {
        CommandLineRun run =
                CommandLineRun.of("check", "--home", home(SiteId.of(site)).folder(), "--try", name);

        assertThat(run.out()).contains(answer);
        assertThat(run.exitCode()).isEqualTo(exitCode);
    }

    @Test
    void exitsWithACodeOfItsOwnForEachCauseThatAScriptCanActOn() throws Exception {
        SiteHome lab = home(LAB);
        assertThat(CommandLineRun.of("check", "--home", folder.resolve("none")).exitCode())
                .isEqualTo(10);
        assertThat(CommandLineRun.of("lab", "--home", folder.resolve("none")).exitCode())
                .isEqualTo(10);
        assertThat(CommandLineRun.of("audit", "--home", folder.resolve("none")).exitCode())
                .isEqualTo(10);
        try (RunningSite running = RunningSite.claim(lab, Clock.systemUTC())) {
            assertThat(CommandLineRun.of("lab", "--home", lab.folder()).exitCode())
                    .isEqualTo(11);
            assertThat(CommandLineRun.of("check", "--home", lab.folder()).exitCode())
                    .isZero();
        }
        Path secret = Files.writeString(folder.resolve("secret"), "word of mouth\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        FileTree.delete(lab.identity());
        assertThat(CommandLineRun.of(
                                "init",
                                "site",
                                "FL-LAB",
                                "--ca",
                                made.resolve("sites/ca"),
                                "--home",
                                folder.resolve("encrypted"),
                                "--passphrase-file",
                                secret)
                        .exitCode())
                .isZero();
        copy(folder.resolve("encrypted/identity"), lab.identity());
        assertThat(CommandLineRun.of("lab", "--home", lab.folder()).exitCode()).isEqualTo(12);
        AtomicFiles.createFolders(lab.identity());
        Files.writeString(secret, "another\n");
        Files.copy(secret, lab.identity().resolve("passphrase"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        assertThat(CommandLineRun.of("lab", "--home", lab.folder()).exitCode()).isEqualTo(12);
        assertThat(CommandLineRun.of("keys", "list", "--home", lab.folder()).exitCode())
                .isNotEqualTo(12);
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, (Files.exists(file) ? Files.readString(file) : "") + text);
    }
}
