package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worked examples of docs/integrators.md run as they are printed, and those of samples/, at real sites. */
class IntegratorsPageTest {
    private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\n# ([a-z-]+)/routes/([a-z.]+)\n(.*?)```");
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    private RunningScenario scenario;

    private WorkedSamples samples;

    @AfterEach
    void stop() throws IOException {
        samples.close();
        scenario.close();
    }

    @Test
    void runsEveryExample() throws Exception {
        scenario = new RunningScenario(folder.resolve("scenario"));
        List<MatchResult> examples = EXAMPLE.matcher(Files.readString(Path.of("..", "docs", "integrators.md")))
                .results()
                .toList();
        assertThat(examples).hasSize(6);
        for (MatchResult example : examples) {
            SiteId site = SiteId.of(example.group(1).toUpperCase(Locale.ROOT));
            Files.writeString(scenario.home(site).routes().resolve(example.group(2)), example.group(3));
        }
        samples = new WorkedSamples(scenario.home(LAB), scenario.home(SiteId.of("SF-RC")), folder);
        samples.install();
        for (SiteId site : List.of(ScenarioHomes.HEADQUARTERS, LAB, CENTRE, SiteId.of("SF-RC"))) {
            scenario.start(site);
        }
        samples.dropFiles();

        drop("drop/images", "scan of sample 7.tif", "image");
        drop("drop/sequencing", "FL-LAB_SEQ_20251008_001.bam", "reads");
        drop("drop/sequencing", "FL-LAB_SEQ_20251008_001.bam.bai", "index");
        drop("instrument", "run 12.csv", "values");
        drop("drop/reports", "FL-LAB_RPT_20251008_001.txt", "report");

        Path run = scenario.home(LAB).resolve("drop/runs/20251008_LH00123_0042_A22ABCDLT3");
        for (String file : List.of("RunInfo.xml", "Thumbnail_Images/s_1.jpg", "Logs/run.log", "CopyComplete.txt")) {
            Files.createDirectories(run.resolve(file).getParent());
            Files.writeString(run.resolve(file), file);
        }

        Path centre = scenario.home(CENTRE).folder();
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(RunningScenario.filesBelow(centre.resolve("import/reports")))
                    .containsExactly("FL-LAB_RPT_20251008_001.txt");
            assertThat(RunningScenario.filesBelow(centre.resolve("import/data")))
                    .hasSize(2)
                    .allMatch(name -> name.matches("FL-LAB_IMG_\\d{8}_00[12][.](tif|csv)"));
            assertThat(RunningScenario.filesBelow(centre.resolve("outbox")))
                    .contains(
                            "FL-LAB/FL-LAB_SEQ_20251008_001/FL-LAB_SEQ_20251008_001.bam",
                            "FL-LAB/FL-LAB_SEQ_20251008_001/FL-LAB_SEQ_20251008_001.bam.bai",
                            "FL-LAB/FL-LAB_SEQ_20251008_001.sha256",
                            "FL-LAB/FL-LAB_SEQ_20251008_001.ro-crate-metadata.json",
                            "FL-LAB/FL-LAB_SEQ_20251008_001.ready")
                    .filteredOn(name -> name.matches("FL-LAB/FL-LAB_RUN_\\d{8}_001/.*"))
                    .extracting(name -> name.substring(name.lastIndexOf('/') + 1))
                    .containsExactlyInAnyOrder("CopyComplete.txt", "RunInfo.xml", "saddlebag-left-out.json");
        });
        assertThat(run.resolve("Logs/run.log")).exists();
        assertThat(RunningScenario.filesBelow(scenario.home(LAB).resolve("instrument")))
                .containsExactly(".done/run 12.csv");
        assertThat(RunningScenario.filesBelow(scenario.home(LAB).resolve("failed")))
                .allMatch(name -> name.startsWith("song.mp3"));
        assertThat(CommandLineRun.of("doctor", "--home", scenario.home(CENTRE).folder())
                        .out())
                .contains("ok    connection    TLS to DC-HQ at 127.0.0.1:")
                .contains("ok    clock         the clock of DC-HQ is 0.");
        await().atMost(PATIENCE).untilAsserted(samples::requireOutcome);
    }

    private void drop(String into, String name, String content) throws Exception {
        Path target = Files.createDirectories(scenario.home(LAB).resolve(into));
        Files.move(Files.writeString(folder.resolve("hidden"), content), target.resolve(name));
    }
}
