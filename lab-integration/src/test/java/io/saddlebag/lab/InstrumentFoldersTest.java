package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.files.tree.FolderUnpacker;
import io.saddlebag.message.Message;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Folders that an instrument writes slowly, in a whole laboratory, over TLS, against a scripted headquarters. */
class InstrumentFoldersTest extends LabFixture {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ILLUMINA = "20251008_LH00123_0042_A22ABCDLT3";
    private static final String ONT = "SeqGroup/Sample/20251008_1201_3E_PAA12345_e05460c6";
    private static final String PACBIO = "r84001_20251008_134701/1_A01";
    private static final String MOVIE = "m84001_251008_134701_s1";

    private int sentinels;

    @BeforeEach
    void site() {
        hq.listen();
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(PATIENCE).until(condition);
    }

    /** The samples as they are, but for the long quiet time. */
    private void usePresets() throws IOException {
        for (String preset : List.of("illumina", "ont", "pacbio")) {
            String yaml = Files.readString(Path.of("..", "samples", "routes", preset + ".camel.yaml"));
            assertThat(yaml).contains("{name: quiet, value: \"10m\"}");
            Files.writeString(
                    home.home().routes().resolve(preset + ".camel.yaml"),
                    yaml.replace("{name: quiet, value: \"10m\"}", "{name: quiet, value: \"40ms\"}"));
        }
    }

    private Path inDrop(String path) {
        return home.home().resolve("drop").resolve(path);
    }

    private void write(String root, String... paths) throws IOException {
        for (String path : paths) {
            Path file = inDrop(root).resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, path);
        }
    }

    /** A file that is dropped now is sent: meanwhile each folder was looked at, for longer than any settle time here. */
    private void looksGoBy() throws IOException {
        for (int i = 0; i < 2; i++) {
            String name = "FL-LAB_DAT_20251008_%03d.csv".formatted(++sentinels);
            home.drop(name, name.getBytes());
            until(() -> home.sent().contains(name));
        }
    }

    private List<Message> runs() throws IOException {
        List<Message> runs = new ArrayList<>();
        for (TestHeadquarters.Upload upload : hq.confirmed()) {
            Message message = open(upload, new ByteArrayOutputStream());
            if (message.folder() != null) {
                runs.add(message);
            }
        }
        return runs;
    }

    private List<String> filesOf(String fileName) throws IOException {
        for (TestHeadquarters.Upload upload : hq.confirmed()) {
            ByteArrayOutputStream tar = new ByteArrayOutputStream();
            if (open(upload, tar).fileName().equals(fileName)) {
                Path back = Files.createTempDirectory(folder, "back").resolve("folder");
                new FolderUnpacker(FolderLimits.USUAL).unpack(new ByteArrayInputStream(tar.toByteArray()), back);
                return below(back);
            }
        }
        return List.of();
    }

    private static List<String> below(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void sendsRunFoldersOfThreePlatformsOnceTheyAreCompleteAndNotBefore() throws Exception {
        usePresets();
        lab = home.start(hq.port());
        String illumina = "illumina/" + ILLUMINA;
        String ont = "ont/" + ONT;
        String pacbio = "pacbio/" + PACBIO;
        write(illumina, "RunInfo.xml", "RunParameters.xml", "SampleSheet.csv", "Thumbnail_Images/L001/C1.1/s_1.jpg");
        write(ont, "pod5/PAA12345_fd97ea7b_0f1d7e9e_0.pod5", "fastq_fail/PAA12345_fail_0.fastq.gz");
        write(pacbio, "pb_formats/" + MOVIE + ".hifi_reads.consensusreadset.xml");
        looksGoBy();
        write(illumina, "InterOp/QMetricsOut.bin", "Data/Intensities/BaseCalls/L001/C1.1/L001_1.cbcl");
        write(ont, "fastq_pass/PAA12345_pass_fd97ea7b_0.fastq.gz", "sequencing_summary_PAA12345_fd97ea7b.txt");
        write(
                pacbio,
                "hifi_reads/" + MOVIE + ".hifi_reads.bc2001.bam",
                "hifi_reads/" + MOVIE + ".hifi_reads.bc2001.bam.pbi",
                "fail_reads/" + MOVIE + ".fail_reads.bc2001.bam",
                "metadata/" + MOVIE + ".ccs.log",
                "statistics/" + MOVIE + ".summary.json");
        looksGoBy();
        write(illumina, "RTAComplete.txt", "SequenceComplete.txt");
        looksGoBy();
        assertThat(runs()).isEmpty();

        write(illumina, "CopyComplete.txt");
        write(ont, "report_PAA12345_20251008_1201_e05460c6.html", "final_summary_PAA12345_fd97ea7b_0f1d7e9e.txt");
        write(pacbio, "metadata/" + MOVIE + ".transferdone");
        until(() -> runs().size() == 3);

        assertThat(filesOf(ILLUMINA))
                .containsExactly(
                        "CopyComplete.txt",
                        "Data/Intensities/BaseCalls/L001/C1.1/L001_1.cbcl",
                        "InterOp/QMetricsOut.bin",
                        "RTAComplete.txt",
                        "RunInfo.xml",
                        "RunParameters.xml",
                        "SampleSheet.csv",
                        "SequenceComplete.txt",
                        "saddlebag-left-out.json");
        assertThat(filesOf("20251008_1201_3E_PAA12345_e05460c6"))
                .contains("fastq_pass/PAA12345_pass_fd97ea7b_0.fastq.gz", "saddlebag-left-out.json")
                .noneMatch(path -> path.startsWith("fastq_fail"));
        assertThat(filesOf("1_A01"))
                .contains("hifi_reads/" + MOVIE + ".hifi_reads.bc2001.bam", "metadata/" + MOVIE + ".transferdone")
                .noneMatch(path -> path.startsWith("fail_reads") || path.endsWith(".log"));
        assertThat(runs())
                .extracting(run -> run.messageId().value().replaceFirst("_\\d{8}_", "_"))
                .containsExactlyInAnyOrder("FL-LAB_ILM_001", "FL-LAB_ONT_001", "FL-LAB_PAC_001");
        assertThat(inDrop(illumina).resolve("Thumbnail_Images/L001/C1.1/s_1.jpg"))
                .exists();

        // After a restart, and with files that come later, nothing goes twice; a new mark of the same run is compared.
        stop();
        write(illumina, "Analysis/1/Data/fastq/a.fastq.gz");
        lab = home.start(hq.port());
        looksGoBy();
        assertThat(runs()).hasSize(3);
        Files.setLastModifiedTime(
                inDrop(ont).resolve("final_summary_PAA12345_fd97ea7b_0f1d7e9e.txt"),
                FileTime.from(Instant.parse("2025-10-09T00:00:00Z")));
        until(() -> home.sent().contains("20251008_1201_3E_PAA12345_e05460c6.duplicate/saddlebag-left-out.json"));
        looksGoBy();
        assertThat(runs()).hasSize(3);
        assertThat(home.files("failed")).isEmpty();
    }

    @Test
    void movesACompleteFolderKeepsWhatItExcludesApartAndNamesIt() throws Exception {
        home.route("CA-RC,SF-RC", "FL-LAB_.*", """
                - templatedRoute:
                    routeTemplateRef: drop-folder
                    routeId: runs
                    parameters:
                      - {name: directory, value: drop/runs}
                      - {name: include, value: "run.*"}
                      - {name: recipients, value: CA-RC}
                      - {name: complete-when, value: "done.txt|*.done, sheet.csv"}
                      - {name: exclude, value: "cache,**/*.log"}
                      - {name: naming, value: assign}
                """);
        lab = home.start(hq.port());
        write("runs/run1", "done.txt", "reads.bam", "cache/a", "a.log", "deep/b\nc.log", "deep/d.csv");
        write("runs/run2", "sheet.csv");
        write("runs", "runsheet.txt");
        looksGoBy();
        assertThat(runs()).isEmpty();
        write("runs/run1", "sheet.csv");
        write("runs/run2", "x.DONE");
        write("runs/other", "x.done", "sheet.csv");
        until(() -> runs().size() == 2);

        assertThat(filesOf("run1"))
                .containsExactly("deep/d.csv", "done.txt", "reads.bam", "saddlebag-left-out.json", "sheet.csv");
        assertThat(filesOf("run2")).containsExactly("sheet.csv", "x.DONE");
        until(() -> home.hasFailed("other"));
        assertThat(home.sent()).contains("run1.excluded/cache/a", "run1.excluded/a.log", "run1.excluded/deep/b\nc.log");
        Path note = home.home().resolve("sent");
        String sent = home.files("sent").stream()
                .filter(path -> path.endsWith("run1/saddlebag-left-out.json"))
                .findFirst()
                .orElseThrow();
        assertThat(note.resolve(sent))
                .content()
                .contains(
                        "\"exclude\" : [ \"cache\", \"**/*.log\" ]", "\"entries\" : 3", "\"cache/\"", "deep/b\\nc.log");
        until(() -> home.files("drop/runs").equals(List.of("runsheet.txt")));
    }

    @Test
    void takesNoFolderThatHoldsAnythingHostileAndLeavesItInAShare() throws Exception {
        home.route("CA-RC,SF-RC", "FL-LAB_.*", """
                - templatedRoute:
                    routeTemplateRef: drop-folder
                    routeId: runs
                    parameters:
                      - {name: directory, value: drop/runs}
                      - {name: include, value: "[a-z]+"}
                      - {name: recipients, value: CA-RC}
                      - {name: complete-when, value: "done.txt"}
                      - {name: exclude, value: "*.link"}
                      - {name: take, value: copy}
                      - {name: naming, value: assign}
                """);
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        write("runs", "linked/done.txt", "marked/a.csv", "closed/done.txt", "good/done.txt", "run9/done.txt");
        Files.createSymbolicLink(inDrop("runs/linked/a.csv"), secret);
        Files.createSymbolicLink(inDrop("runs/marked/done.txt"), secret);
        Files.createSymbolicLink(inDrop("runs/good/a.link"), secret);
        Files.createSymbolicLink(inDrop("runs/entry"), inDrop("runs/good"));
        Files.writeString(inDrop("runs/closed/own.key"), "key");
        Files.setPosixFilePermissions(inDrop("runs/closed/own.key"), PosixFilePermissions.fromString("rw-------"));
        lab = home.start(hq.port());
        until(() -> runs().size() == 1);
        looksGoBy();

        assertThat(filesOf("good")).containsExactly("done.txt", "saddlebag-left-out.json");
        assertThat(runs()).hasSize(1);
        assertThat(home.files("failed")).isEmpty();
        until(() -> home.files("work").isEmpty());
        assertThat(home.files("drop/runs"))
                .contains("run9/done.txt", "closed/own.key", "good/done.txt", "linked/a.csv", "marked/done.txt");
    }
}
