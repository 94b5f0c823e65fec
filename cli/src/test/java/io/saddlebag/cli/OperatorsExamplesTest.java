package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.routing.QueueRules;
import io.saddlebag.hq.routing.Topology;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples that an operator copies are whole: the units of the package, and a topology with every field. */
class OperatorsExamplesTest {
    private static final Path UNITS = ProjectText.ROOT.resolve("package/src/systemd");
    private static final Pattern TOPOLOGY = Pattern.compile("(?s)```yaml\n(# topology\\.yaml\n.*?)```");
    private static final List<Path> SYSTEMD_ANALYZE = Stream.of("/usr/bin/systemd-analyze", "/bin/systemd-analyze")
            .map(Path::of)
            .toList();

    @TempDir
    private Path folder;

    private static List<Path> units() throws IOException {
        try (Stream<Path> files = Files.list(UNITS)) {
            return files.sorted().toList();
        }
    }

    @Test
    void theUnitsOfSitesStartAfterTheNetworkAndAtEachBoot() {
        assertThat(List.of("hq", "lab", "rc"))
                .allSatisfy(kind -> assertThat(ProjectText.read(UNITS.resolve("saddlebag-" + kind + "@.service")))
                        .contains(
                                "Wants=network-online.target",
                                "After=network-online.target",
                                "StartLimitIntervalSec=0",
                                "Restart=on-failure",
                                "[Install]\nWantedBy=multi-user.target"));
    }

    @Test
    void systemdTakesTheUnits() throws Exception {
        Path command =
                SYSTEMD_ANALYZE.stream().filter(Files::isExecutable).findFirst().orElse(null);
        assumeTrue(command != null, "systemd-analyze is not installed");
        List<String> verify = new ArrayList<>(List.of(command.toString(), "verify"));
        for (Path unit : units()) {
            // It looks for the program of a unit.
            Path file = folder.resolve(unit.getFileName().toString());
            Files.writeString(file, ProjectText.read(unit).replace("/usr/bin/saddlebag", "/bin/true"));
            verify.add(file.toString());
        }

        Process process = new ProcessBuilder(verify).redirectErrorStream(true).start();

        assertThat(new String(process.getInputStream().readAllBytes())).isEmpty();
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void theWholeTopologyIsOneAndHasEveryField() throws Exception {
        String page = ProjectText.read(ProjectText.ROOT.resolve("docs/configuration-hq.md"));
        List<MatchResult> examples = TOPOLOGY.matcher(page).results().toList();
        assertThat(examples).hasSize(1);
        String example = examples.get(0).group(1);

        Topology topology = new LiveTopology(Files.writeString(folder.resolve("topology.yaml"), example)).current();

        QueueRules rules = topology.rules().get("ca_rc_clinical");
        assertThat(rules.ordered()).isTrue();
        assertThat(rules.ttl()).isEqualTo(Duration.ofDays(30));
        assertThat(topology.limitsOf(SiteId.of("PA-LAB")).rate()).isEqualTo(50);
        Stream.of("| `ordered` |", "| `rate` |")
                .flatMap(first ->
                        page.lines().dropWhile(line -> !line.startsWith(first)).takeWhile(line -> line.startsWith("|")))
                .flatMap(row -> Stream.of(ProjectText.cells(row).get(0).split(",")))
                .map(name -> name.replace("`", "").strip())
                .forEach(field -> assertThat(example).contains(field + ": "));
    }
}
