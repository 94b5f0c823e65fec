package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.message.Json;
import io.saddlebag.observe.alert.AlertRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures of the code are those of the page, and the rules for alerts use them. */
class MonitoringTest {
    private static final Path FOLDER = ProjectText.ROOT.resolve("docs/monitoring");
    private static final Path RULES = FOLDER.resolve("saddlebag-alerts.yml");
    private static final Pattern FIGURE = Pattern.compile("\\bsaddlebag_[a-z_]+");

    private static final Set<String> FIGURES_OF_THE_CODE = new TreeSet<>();

    private static Set<String> figuresIn(String text) {
        return FIGURE.matcher(text)
                .results()
                .map(figure -> figure.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @BeforeAll
    static void readTheCode() throws IOException {
        try (Stream<Path> files = ProjectText.javaFiles(ProjectText.ROOT)
                .filter(file -> file.toString().contains("/src/main/"))) {
            for (Path file : files.toList()) {
                FIGURES_OF_THE_CODE.addAll(figuresIn(ProjectText.read(file)));
            }
        }
    }

    @Test
    void thePageListsEachFigure() throws Exception {
        assertThat(figuresIn(ProjectText.read(ProjectText.ROOT.resolve("docs/operators.md"))))
                .containsExactlyElementsOf(FIGURES_OF_THE_CODE);
    }

    @Test
    void theRulesUseFiguresThatThereAre() throws Exception {
        assertThat(FIGURES_OF_THE_CODE).containsAll(figuresIn(ProjectText.read(RULES)));
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
    void aSitesOwnAlertsAreThoseOfTheRules() throws Exception {
        String rules = ProjectText.read(RULES);
        for (AlertRule rule : AlertRule.values()) {
            int begin = rules.indexOf("- alert: " + rule.text() + "\n");
            assertThat(begin).as(rule.text()).isNotNegative();
            assertThat(rules.substring(begin, rules.indexOf("runbook:", begin)))
                    .contains("severity: " + rule.severity(), "remedy: " + rule.remedy() + "\n");
        }
    }

    @Test
    void thePageListsEachAlertOfASite() throws Exception {
        String page = ProjectText.read(ProjectText.ROOT.resolve("docs/operators.md"));
        for (AlertRule rule : AlertRule.values()) {
            assertThat(page).contains("**" + rule.text() + "**");
        }
    }

    /** The expressions of the dashboard's panels. */
    private static List<String> expressions() throws IOException {
        JsonNode board = Json.read(
                ProjectText.read(FOLDER.resolve("saddlebag-dashboard.json")).getBytes(StandardCharsets.UTF_8),
                JsonNode.class);
        List<String> expressions = board.get("panels").findValuesAsText("expr");
        assertThat(expressions).hasSizeGreaterThan(board.get("panels").size());
        return expressions;
    }

    @Test
    void theDashboardUsesFiguresThatThereAre() throws Exception {
        assertThat(FIGURES_OF_THE_CODE)
                .containsAll(figuresIn(String.join("\n", expressions()).replaceAll("_bucket\\b", "")));
    }

    @Test
    void promtoolAcceptsTheExpressionsOfTheDashboard(@TempDir Path folder) throws Exception {
        StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        for (String expression : expressions()) {
            rules.append("      - {record: 'panel:expression', labels: {panel: '")
                    .append(rules.length())
                    .append("'}, expr: '")
                    .append(expression)
                    .append("'}\n");
        }
        Files.writeString(folder.resolve("dashboard.yml"), rules);

        promtool(folder, "check", "rules", "dashboard.yml");
    }

    @Test
    void promtoolAcceptsTheRulesAndTheirTests() throws Exception {
        promtool(FOLDER, "test", "rules", "saddlebag-alerts.test.yml", "saddlebag-alerts-days.test.yml");
    }

    private static void promtool(Path folder, String... arguments) throws Exception {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, "promtool"))),
                "Prometheus' promtool is not installed");
        Process promtool = new ProcessBuilder(Stream.concat(Stream.of("promtool"), Stream.of(arguments))
                        .toList())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(output).isZero();
    }
}
