package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each line of the threat model names the tests that hold it. */
class SecurityPageTest {
    private static final Path PAGE = ProjectText.ROOT.resolve("docs/security.md");
    private static final Pattern RULE = Pattern.compile("\\|( --- \\|)+");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @Test
    void eachLineOfTheThreatModelNamesTestsThatExist() {
        Set<String> tests = ProjectText.javaFiles(ProjectText.ROOT)
                .filter(file -> file.toString().contains("/src/test/")
                        && file.toString().endsWith("Test.java"))
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        assertThat(threats())
                .isNotEmpty()
                .allSatisfy(row -> assertThat(testsOf(row)).as(row).isNotEmpty().isSubsetOf(tests));
    }

    @Test
    void everyTableOfTheThreatModelHasAColumnOfTests() {
        List<String> lines = model().toList();
        assertThat(lines).filteredOn(line -> RULE.matcher(line).matches()).hasSizeGreaterThan(4);
        for (int line = 1; line < lines.size(); line++) {
            if (RULE.matcher(lines.get(line)).matches()) {
                assertThat(lines.get(line - 1)).endsWith("| held by |");
            }
        }
    }

    /** The rows of all tables, without heads and rules. */
    private static List<String> threats() {
        return model().filter(line -> line.startsWith("|"))
                .filter(line ->
                        !line.endsWith("| held by |") && !RULE.matcher(line).matches())
                .toList();
    }

    /** The page up to what is not protected. */
    private static Stream<String> model() {
        return ProjectText.read(PAGE).lines().takeWhile(line -> !line.equals("## Not protected"));
    }

    private static List<String> testsOf(String row) {
        List<String> cells = ProjectText.cells(row);
        String heldBy = cells.get(cells.size() - 2);
        return CODE.matcher(heldBy).results().map(code -> code.group(1)).toList();
    }
}
