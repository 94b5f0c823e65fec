package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The pages lead to something, name what exists, and list each line of the log that an operator may meet. Each line of the
 * threat model names the tests that hold it.
 */
class DocumentsTest {
    private static final Pattern FENCED = Pattern.compile("(?s)```.*?```");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\n]|\\\\.)*)\"");
    private static final Pattern LOGGED =
            Pattern.compile("\\bLOG\\s*\\.\\s*(?:warn|error)\\(\\s*\"((?:[^\"\\\\\n]|\\\\.)*)\"");
    private static final Pattern CLASS_NAME = Pattern.compile("`(?:[a-z]+\\.)*([A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+)`");
    /** The line below the head of a table. */
    private static final Pattern RULE = Pattern.compile("\\|( --- \\|)+");

    private static final String HELD_BY = "| held by |";
    /** Classes of Java, Camel and others. */
    private static final Set<String> FOREIGN = Set.of(
            "FileIdempotentRepository",
            "InputStream",
            "NettyServerBootstrapFactory",
            "OutputStream",
            "SecureDirectoryStream",
            "ServerChannelHandler");

    @Test
    void everyRelativeLinkLeadsToSomething() throws Exception {
        List<String> broken = new ArrayList<>();
        for (Path page : ProjectText.pages()) {
            LINK.matcher(unfenced(page)).results().map(link -> link.group(1)).forEach(link -> {
                if (!link.contains("://") && !exists(page, link)) {
                    broken.add(page + " " + link);
                }
            });
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyClassThatAPageNamesExists() throws Exception {
        Set<String> classes = ProjectText.javaFiles(ProjectText.ROOT)
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        for (Path page : ProjectText.pages()) {
            if (!page.toString().contains("history")) {
                assertThat(CLASS_NAME.matcher(unfenced(page)).results().map(name -> name.group(1)))
                        .as(page.toString())
                        .allMatch(name -> classes.contains(name) || FOREIGN.contains(name));
            }
        }
    }

    @Test
    void theFloorsAreThoseThatArchUnitHolds() throws Exception {
        String rules = ProjectText.read(
                ProjectText.ROOT.resolve("bench/src/test/java/io/saddlebag/architecture/DependenciesTest.java"));
        String floors = rules.substring(rules.indexOf("FLOORS = "), rules.indexOf(";", rules.indexOf("FLOORS = ")));
        assertThat(ProjectText.rows(ProjectText.ROOT.resolve("docs/architecture.md"), "| floor, from below |"))
                .extracting(row -> row.get(1).replace("`", ""))
                .containsExactlyElementsOf(Pattern.compile("Set\\.of\\(([^)]*)\\)")
                        .matcher(floors)
                        .results()
                        .map(floor -> floor.group(1).replace("\"", ""))
                        .toList());
    }

    @Test
    void theRunbookListsEveryWarningAndError() throws Exception {
        List<Pattern> listed = runbook();
        List<String> unlisted = operated()
                .flatMap(source -> LOGGED.matcher(source).results())
                .map(line -> line.group(1))
                .filter(line -> !line.replace("{}", "").isBlank())
                .filter(line ->
                        listed.stream().noneMatch(each -> each.matcher(line).find()))
                .toList();
        assertThat(unlisted).as("add a row to docs/operators.md, Runbook").isEmpty();
    }

    @Test
    void everyLineOfTheLogThatAPageQuotesExists() throws Exception {
        List<String> texts = operated()
                .flatMap(source -> LITERAL.matcher(source).results())
                .map(text -> text.group(1))
                .toList();
        assertThat(Stream.concat(
                        runbook().stream(), quoted("reliability.md", "## What happens", "## Borders", 2).stream()))
                .allMatch(each ->
                        texts.stream().anyMatch(text -> each.matcher(text).find()));
    }

    @Test
    void eachLineOfTheThreatModelNamesTestsThatExist() {
        Set<String> tests = ProjectText.javaFiles(ProjectText.ROOT)
                .filter(file -> file.toString().contains("/src/test/")
                        && file.toString().endsWith("Test.java"))
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        List<String> rows = threatModel()
                .filter(line -> line.startsWith("|"))
                .filter(line -> !line.endsWith(HELD_BY) && !RULE.matcher(line).matches())
                .toList();
        assertThat(rows)
                .isNotEmpty()
                .allSatisfy(row -> assertThat(heldBy(row)).as(row).isNotEmpty().isSubsetOf(tests));
    }

    @Test
    void everyTableOfTheThreatModelHasAColumnOfTests() {
        List<String> lines = threatModel().toList();
        assertThat(lines).filteredOn(line -> RULE.matcher(line).matches()).hasSizeGreaterThan(4);
        for (int line = 1; line < lines.size(); line++) {
            if (RULE.matcher(lines.get(line)).matches()) {
                assertThat(lines.get(line - 1)).endsWith(HELD_BY);
            }
        }
    }

    /** The page on security, up to what is not protected. */
    private static Stream<String> threatModel() {
        return ProjectText.read(ProjectText.ROOT.resolve("docs/security.md"))
                .lines()
                .takeWhile(line -> !line.equals("## Not protected"));
    }

    /** The names in the last column. */
    private static List<String> heldBy(String row) {
        List<String> cells = ProjectText.cells(row);
        return CODE.matcher(cells.get(cells.size() - 2))
                .results()
                .map(code -> code.group(1))
                .toList();
    }

    private static List<Pattern> runbook() {
        return quoted("operators.md", "## 4. Runbook", "## 5. ", 0);
    }

    /** The texts in a column of the tables between two headings, with anything for an ellipsis. */
    private static List<Pattern> quoted(String name, String from, String to, int column) {
        String page = ProjectText.read(ProjectText.ROOT.resolve("docs").resolve(name));
        return page.substring(page.indexOf("\n" + from), page.indexOf("\n" + to))
                .lines()
                .filter(line -> line.startsWith("|"))
                .flatMap(line ->
                        CODE.matcher(ProjectText.cells(line).get(column)).results())
                .map(text -> Stream.of(text.group(1).strip().split("\\.\\.\\.", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")))
                .map(Pattern::compile)
                .toList();
    }

    /** The sources of what an operator runs; a text of several literals is one, with {} for what is put between them. */
    private static Stream<String> operated() {
        return Stream.of("processors", "hq-broker", "lab-integration", "rc-integration", "cli", "console")
                .flatMap(ProjectText::sources)
                .map(ProjectText::read)
                .map(source -> source.replaceAll("\"\\s*\\+\\s*\"", "")
                        .replaceAll("\"\\s*\\+\\s*[^\";]{1,80}?\\s*\\+\\s*\"", "{}"));
    }

    static boolean exists(Path page, String link) {
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
        return Files.exists(target) && (hash < 0 || anchors(target).contains(link.substring(hash + 1)));
    }

    /** The anchors that GitHub gives to the headings of a page. */
    private static Set<String> anchors(Path page) {
        return HEADING.matcher(unfenced(page))
                .results()
                .map(DocumentsTest::anchor)
                .collect(Collectors.toSet());
    }

    private static String anchor(MatchResult heading) {
        return heading.group(1)
                .strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private static String unfenced(Path page) {
        return FENCED.matcher(ProjectText.read(page)).replaceAll("");
    }
}
