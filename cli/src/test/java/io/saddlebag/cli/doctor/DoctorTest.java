package io.saddlebag.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.cli.doctor.Finding.Level;
import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.FreePort;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.HostAndPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sites that do not run; IntegratorsPageTest examines one that does. */
class DoctorTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    private static Path made;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeOnce() throws IOException {
        new ScenarioHomes(made.resolve("sites")).make(FreePort.any());
    }

    private static SiteHome home(String site) {
        return new ScenarioHomes(made.resolve("sites")).home(SiteId.of(site));
    }

    @Test
    void findsAStoppedHeadquartersWellAndLeavesNothing() throws Exception {
        Path hq = home("DC-HQ").folder();

        CommandLineRun run = CommandLineRun.of("doctor", "--home", hq);

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.out())
                .contains("ok    files         DC-HQ: settings")
                .contains("ok    process       not running")
                .containsPattern("(ok|warn)  *disk  *home: [0-9.]+ GiB of")
                .contains("disk          home: a sync takes")
                .contains("ok    certificate   tls.crt: ")
                .contains("ok    list          the site has no revocation list");
        try (Stream<Path> files = Files.list(hq)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.contains("doctor"));
        }
        assertThat(CommandLineRun.of("doctor", "--home", hq, "--json").out())
                .contains("\"subject\" : \"files\"", "\"remedy\" : \"\"");
    }

    @Test
    void namesTheHeadquartersThatCannotBeReachedAndTheFaultOfAFile() throws Exception {
        SiteHome lab = home("FL-LAB");

        List<Finding> findings = new Doctor(lab, SHORT, Clock.systemUTC()).examine(null);

        assertThat(findings)
                .filteredOn(finding -> finding.level() == Level.FAIL)
                .singleElement()
                .satisfies(finding -> assertThat(finding.subject()).isEqualTo("connection"))
                .satisfies(finding -> assertThat(finding.found()).startsWith("DC-HQ at 127.0.0.1:"));
        HomeMaker.set(lab, Map.of("hq.host", "no.such.host.invalid", "folder.settle-time", "soon"));
        assertThat(new Doctor(lab, SHORT, Clock.systemUTC()).examine(null))
                .anyMatch(finding -> finding.subject().equals("files")
                        && finding.found().contains("expected for folder.settle-time"));
        HomeMaker.set(lab, Map.of("folder.settle-time", "2s"));
        assertThat(new Doctor(lab, SHORT, Clock.systemUTC()).examine(null))
                .anyMatch(finding ->
                        finding.level() == Level.FAIL && finding.found().equals("no address of no.such.host.invalid"));
        HomeMaker.headquarters(lab, HostAndPort.several("no.such.host.invalid:1,127.0.0.1:1"));
        assertThat(new Doctor(lab, SHORT, Clock.systemUTC()).examine(null))
                .anyMatch(finding ->
                        finding.level() == Level.FAIL && finding.found().startsWith("DC-HQ at 127.0.0.1:1 "))
                .anyMatch(finding ->
                        finding.level() == Level.FAIL && finding.found().equals("no address of no.such.host.invalid"));
    }

    @Test
    void tellsARunThatEndedWithoutAStop() throws Exception {
        SiteHome centre = home("CA-RC");
        Files.createDirectories(centre.run());
        Files.writeString(
                centre.run().resolve("site.json"),
                "{\"pid\":7,\"started\":\"2026-01-01T00:00:00Z\",\"ready\":true,\"facts\":{}}");

        assertThat(new Doctor(centre, SHORT, Clock.systemUTC()).examine(null))
                .anyMatch(finding -> finding.level() == Level.WARN
                        && finding.found().equals("not running; process 7 ended without a stop"));
        try (RunningSite running = RunningSite.claim(centre, Clock.systemUTC())) {
            running.ready(Map.of());
            assertThat(new Doctor(centre, SHORT, Clock.systemUTC()).examine(null))
                    .anyMatch(finding ->
                            finding.level() == Level.OK && finding.found().contains(" runs since "));
        }
    }

    @Test
    void countsTheDaysOfCertificates() {
        Path identity = home("NY-RC").identity();

        assertThat(trust(identity, Duration.ZERO)).allMatch(finding -> finding.level() == Level.OK);
        assertThat(trust(identity, Duration.ofDays(36_500)))
                .filteredOn(finding -> finding.subject().equals("certificate"))
                .allMatch(finding ->
                        finding.level() == Level.FAIL && finding.found().contains(": ended "));
        assertThat(trust(identity, Duration.ofDays(-1)))
                .anyMatch(finding -> finding.remedy().equals("Correct this machine's clock"));
        assertThat(new TrustExam(identity, true, Duration.ofDays(30), Clock.systemUTC()).findings())
                .anyMatch(finding ->
                        finding.level() == Level.FAIL && finding.subject().equals("list"));
    }

    private static List<Finding> trust(Path identity, Duration later) {
        Clock clock = Clock.fixed(Instant.now().plus(later), ZoneOffset.UTC);
        return new TrustExam(identity, false, Duration.ofDays(30), clock).findings();
    }

    @Test
    void failsADiskBelowTheLeastThatStaysFree() {
        assertThat(new DiskExam(Map.of("spool", folder, "none", folder.resolve("none")), Long.MAX_VALUE).findings())
                .extracting(Finding::level)
                .startsWith(Level.FAIL)
                .hasSize(2);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void comparesTheSettleTimeWithTheFilesInAFolder() throws Exception {
        Path growing = Files.writeString(folder.resolve("run7.bam"), "x");
        Thread writer = new Thread(() -> {
            try {
                while (true) {
                    Thread.sleep(250);
                    Files.writeString(growing, "more", StandardOpenOption.APPEND);
                }
            } catch (IOException | InterruptedException e) {
                // The end of the test.
            }
        });
        writer.start();
        try {
            assertThat(settle(Duration.ofMillis(300), Duration.ofSeconds(2), false))
                    .satisfies(finding -> assertThat(finding.found()).contains("run7.bam grows, with pauses of"))
                    .satisfies(finding -> assertThat(finding.remedy()).contains("folder.settle-time"));
        } finally {
            writer.interrupt();
            writer.join();
        }
        Files.setLastModifiedTime(growing, FileTime.from(Instant.now().plusSeconds(3600)));
        assertThat(settle(Duration.ofSeconds(2), SHORT, false).found()).contains("ahead of this clock");
        Files.setLastModifiedTime(growing, FileTime.from(Instant.now().minusSeconds(3600)));
        assertThat(settle(Duration.ofSeconds(2), SHORT, true).found()).contains("and is not taken");
        assertThat(settle(Duration.ofSeconds(2), SHORT, false).level()).isEqualTo(Level.OK);
    }

    private Finding settle(Duration settleTime, Duration lookFor, boolean isRunning) {
        return new FolderExam(List.of(folder), settleTime, lookFor, isRunning, Clock.systemUTC())
                .findings().stream()
                        .filter(finding -> finding.subject().equals("settle time"))
                        .findFirst()
                        .orElseThrow();
    }

    @Test
    void namesAFileWhoseNameIsNoText() throws Exception {
        new ProcessBuilder("sh", "-c", "touch \"$(printf 'caf\\351')\"")
                .directory(folder.toFile())
                .start()
                .waitFor();

        assertThat(new FolderExam(List.of(folder), null, SHORT, false, Clock.systemUTC()).findings())
                .anyMatch(finding ->
                        finding.level() == Level.WARN && finding.found().startsWith("1 names in "));
    }
}
