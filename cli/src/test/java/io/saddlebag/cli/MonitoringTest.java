package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The figures of the code are those of the page, and the rules for alerts use them. */
class MonitoringTest {
    private static final Path FOLDER = ProjectText.ROOT.resolve("docs/monitoring");
    private static final Path RULES = FOLDER.resolve("saddlebag-alerts.yml");
    private static final Pattern FIGURE = Pattern.compile("\\bsaddlebag_[a-z_]+");

    private static Set<String> figuresIn(String text) {
        return FIGURE.matcher(text)
                .results()
                .map(figure -> figure.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> figuresOfTheCode() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = ProjectText.javaFiles(ProjectText.ROOT)
                .filter(file -> file.toString().contains("/src/main/"))) {
            for (Path file : files.toList()) {
                names.addAll(figuresIn(ProjectText.read(file)));
            }
        }
        return names;
    }

    @Test
    void thePageListsEachFigure() throws Exception {
        assertThat(figuresIn(ProjectText.read(ProjectText.ROOT.resolve("docs/operators.md"))))
                .containsExactlyElementsOf(figuresOfTheCode());
    }

    @Test
    void theRulesUseFiguresThatThereAre() throws Exception {
        assertThat(figuresOfTheCode()).containsAll(figuresIn(ProjectText.read(RULES)));
    }

    @Test
    void eachRuleNamesARemedyAndAChapterThatThereIs() throws Exception {
        String rules = ProjectText.read(RULES);
        long alerts = Pattern.compile("- alert: ").matcher(rules).results().count();
        assertThat(Pattern.compile("remedy: \\S").matcher(rules).results()).hasSize((int) alerts);
        assertThat(Pattern.compile("runbook: (\\S+)").matcher(rules).results().map(link -> link.group(1)))
                .hasSize((int) alerts)
                .allMatch(link -> DocumentsTest.exists(ProjectText.ROOT.resolve("README.md"), link));
    }

    @Test
    void promtoolAcceptsTheRulesAndTheirTests() throws Exception {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
                "Prometheus' promtool is not installed");
        Process promtool = new ProcessBuilder("promtool", "test", "rules", "saddlebag-alerts.test.yml")
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(promtool.getInputStream().readAllBytes());
        assertThat(promtool.waitFor()).as(output).isZero();
    }
}
