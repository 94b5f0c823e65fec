package io.saddlebag.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.site.SiteHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckFileTest {
    @TempDir
    private Path home;

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "- kind: cvs # 1: expected kind: with one of csv, ",
                "- columns: [] # 1: expected kind: with one of csv, ",
                "- {kind: csv, columns: [{name: a}], colums: 1} # 1: expected one of columns, files, ",
                "- {kind: csv} # 1: expected columns, found nothing. Add it",
                "- {kind: csv, columns: []} # 1: expected at least one column, found none. Add one",
                "- {kind: csv, columns: [{name: a}, {name: a}]} # 1: expected each column's name once",
                "- {kind: csv, columns: [{name: a, type: real}]} # 1: expected for type one of text, integer, ",
                "- {kind: csv, columns: [{name: a, pattern: '['}]} # 1: expected for pattern a regular expression,"
                        + " found '['",
                "- {kind: csv, columns: [{name: a, unique: yes}]} # 1: expected for unique true or false, found 'yes'",
                "- {kind: csv, columns: [{name: a, at-least: 1}]} # 1: expected at-least and at-most for integer or"
                        + " decimal",
                "- {kind: csv, columns: [{name: a}], rows-at-most: -1} # 1: expected for rows-at-most a whole number",
                "- {kind: csv, columns: [{name: a}], files: /x} # 1: expected for files a path in the folder",
                "- {kind: csv, columns: [{name: a}], separator: x} # 1: expected for separator one of comma, ",
                "- {kind: command, command: scan} # 1: expected for command the absolute path of a program",
                "kind: csv # 1: expected a list of checks, each beginning with - kind:, found a map",
                "[] # 1: expected a list of checks, each beginning with - kind:, found none. Add one",
                "- [kind # 1: expected YAML, found "
            })
    void namesWhatIsWrong(String yaml, String expected) {
        List<String> faults = Checked.faultsOf(yaml, home);

        assertThat(faults).isNotEmpty().allMatch(fault -> fault.startsWith("checks/x.yaml:"));
        assertThat(faults.get(0)).startsWith("checks/x.yaml:" + expected);
    }

    @Test
    void namesEachFaultWithItsLine() {
        assertThat(Checked.faultsOf("""
            - kind: csv
              columns:
                - {name: a, typ: text}
                - {type: date}
            - kind: fastq
              gzip: always
            """, home))
                .hasSize(3)
                .satisfiesExactly(
                        fault -> assertThat(fault).startsWith("checks/x.yaml:3: expected one of at-least, "),
                        fault -> assertThat(fault).startsWith("checks/x.yaml:4: expected name, found nothing"),
                        fault -> assertThat(fault).startsWith("checks/x.yaml:6: expected for gzip one of required, "));
    }

    @Test
    void makesAllChecksOfItsFileAndThoseOfOneNameAlone() throws Exception {
        String yaml = """
            - {kind: csv, files: "data/*.csv", columns: [{name: a, type: integer}]}
            - {kind: folder, must-contain: "README.txt"}
            """;
        Path folder = Checked.folder(
                home.resolve("in"), "data/one.csv", "a\n1\n", "data/two.csv", "a\nx\n", "other.csv", "b\n");

        assertThat(Checked.faultsOfFolder(yaml, folder, home))
                .containsExactly(
                        "data/two.csv, row 2, column 1: expected a whole number (a)",
                        "expected an entry that matches README.txt, found none");
    }

    @Test
    void keepsAHundredFaultsAndEndsThere() throws Exception {
        byte[] content = ("a\n" + "x\n".repeat(1000)).getBytes();

        assertThat(Checked.faults("- {kind: csv, columns: [{name: a, type: integer}]}", "x.csv", content, home))
                .hasSize(100);
    }

    @Test
    void readsAFileAnewWhenItChanged() throws Exception {
        Files.createDirectory(home.resolve("checks"));
        Path file = Files.writeString(home.resolve("checks/a.yaml"), "- {kind: csv, columns: [{name: a}]}");
        Path content = Files.writeString(home.resolve("x.csv"), "a,b\n");
        HomeChecks checks = new HomeChecks(new SiteHome(home));

        assertThat(checks.faults("checks/a.yaml", content)).hasSize(1);
        Files.writeString(file, "- {kind: csv, columns: [{name: a}, {name: b}]}");
        assertThat(checks.faults("checks/a.yaml", content)).isEmpty();
    }
}
