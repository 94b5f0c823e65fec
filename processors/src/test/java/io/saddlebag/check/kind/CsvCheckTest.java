package io.saddlebag.check.kind;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.check.Checked;
import io.saddlebag.check.format.CsvRows;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvCheckTest {
    @TempDir
    private Path work;

    private List<String> faults(String yaml, String content) throws IOException {
        return Checked.faults(yaml, "x.csv", content.getBytes(StandardCharsets.UTF_8), work);
    }

    private List<String> faultsOf(String column, String... cells) throws IOException {
        return faults("- {kind: csv, columns: [{name: a, " + column + "}]}", "a\n" + String.join("\n", cells) + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "integer # 1 -7 +0 123456789012345678901234567890 # 1.0 x - 1e3 0x1",
                "decimal # 1 -0.5 .5 5. 1e-3 1E+20 # 1,5 . e3 1e 1e1234 NaN -",
                "boolean # true false # TRUE 1 yes",
                "date # 2025-10-08 2024-02-29 # 2025-02-29 2025-13-01 08.10.2025 2025-1-1 2025-10-00",
                "time # 09:30 23:59:60 09:30:00.25 # 24:00 09:60 9:30 09:30: 09:30:00.",
                "date-time # 2025-10-08T09:30:00Z 2025-10-08T09:30 2025-10-08T09:30:00.5+02:00 # 2025-10-08"
                        + " 2025-10-08T09:30:00z 2025-10-08T09:30:00+2"
            })
    void judgesTypes(String type, String good, String bad) throws IOException {
        assertThat(faultsOf("type: " + type, good.strip().split(" "))).isEmpty();
        for (String cell : bad.strip().split(" ")) {
            assertThat(faultsOf("type: " + type, cell)).as(cell).hasSize(1);
        }
    }

    @Test
    void judgesRequiredUniquePatternValuesAndBounds() throws IOException {
        assertThat(faultsOf("required: true", "1", "", "2")).containsExactly("row 3, column 1: expected a value (a)");
        assertThat(faultsOf("unique: true", "x", "y", "", "", "x"))
                .containsExactly("row 6, column 1: expected a value that no row has before; row 2 has it (a)");
        assertThat(faultsOf("pattern: 'S[0-9]+'", "S1", "xS1"))
                .containsExactly("row 3, column 1: expected a value that matches S[0-9]+ (a)");
        assertThat(faultsOf("values: [A, B]", "A", "C"))
                .containsExactly("row 3, column 1: expected one of the values that the check names (a)");
        assertThat(faultsOf("type: decimal, at-least: -1, at-most: 1e1", "-1", "10.0", "-1.01", "11"))
                .containsExactly(
                        "row 4, column 1: expected a number of at least -1 (a)",
                        "row 5, column 1: expected a number of at most 10 (a)");
    }

    @Test
    void judgesColumnsAndRows() throws IOException {
        String two =
                "- {kind: csv, columns: [{name: a, required: true}, {name: b}], rows-at-least: 1, rows-at-most: 2}";

        assertThat(faults(two, "b,a\n1,2\n")).isEmpty();
        assertThat(faults(two, "a\n1\n")).isEmpty();
        assertThat(faults(two, "b\n1\n")).containsExactly("row 1: expected a column a");
        assertThat(faults(two, "a,c\n1,2\n"))
                .containsExactly("row 1, column 2: expected the name of a column that the check has");
        assertThat(faults(two, "a,a\n1,2\n"))
                .containsExactly("row 1, column 2: expected each name once, and a was there before");
        assertThat(faults(two, "a,b\n1\n1,2,3\n"))
                .containsExactly(
                        "row 2: expected 2 cells, as many as columns", "row 3: expected 2 cells, as many as columns");
        assertThat(faults(two, "a,b\n")).containsExactly("expected at least 1 rows, found 0");
        assertThat(faults(two, "a\n1\n2\n3")).containsExactly("expected at most 2 rows, found 3");
        assertThat(faults(two, "")).containsExactly("row 1: expected a row with the names of the columns");
        assertThat(faults(
                        "- {kind: csv, header: false, separator: tab, columns: [{name: a, type: integer}, {name: b}]}",
                        "1\tx\nx\t1"))
                .containsExactly("row 2, column 1: expected a whole number (a)");
        assertThat(faults(
                        "- {kind: csv, other-columns: allowed, columns: [{name: a, type: integer}]}",
                        "x,a,y\nq,1,\"z\"\"\"\n"))
                .isEmpty();
    }

    @Test
    void judgesQuotesAndEncoding() throws IOException {
        String one = "- {kind: csv, columns: [{name: a}, {name: b, type: integer}]}";

        assertThat(faults(one, "\uFEFF\"a\",b\r\n\"x\n,\"\"y\",1\r\n\"\",\r\n")).isEmpty();
        assertThat(faults(one, "a,b\n\"x\"y,1\n"))
                .containsExactly(
                        "row 2, column 1: expected a separator or the end of the row behind the quote that ends"
                                + " a cell; a quote within it is doubled (a)");
        assertThat(faults(one, "a,b\n1,\"2"))
                .containsExactly("row 2, column 2: expected a quote that ends the cell before the end of the file (b)");
        assertThat(Checked.faults(one, "x.csv", new byte[] {'a', ',', 'b', '\n', (byte) 0xFC, ',', '1'}, work))
                .containsExactly("row 2, column 1: expected text in UTF-8 (a)");
        assertThat(faults(one, "a,b\n\u00FC\u20AC,1\n")).isEmpty();
        assertThat(faults(one, "a,b\n" + "x".repeat(CsvRows.MAX_CELL) + ",1\n")).isEmpty();
        assertThat(faults(one, "a,b\n" + "x".repeat(CsvRows.MAX_CELL + 1) + ",1\n"))
                .containsExactly("row 2, column 1: expected a cell of at most 65536 bytes (a)");
    }

    @Test
    void saysNoValueOfACell() throws IOException {
        String secret = "Mustermann";
        String yaml = "- {kind: csv, columns: [{name: a, type: integer, unique: true, required: true}, {name: b, type:"
                + " date, values: ['2025-10-08']}]}";
        String rows = (secret + "," + secret + "\n\"" + secret + "\"x,\"" + secret).repeat(3);

        assertThat(faults(yaml, rows)).isNotEmpty().noneMatch(fault -> fault.contains(secret));
        assertThat(faults(yaml, "a,b\n" + rows)).isNotEmpty().noneMatch(fault -> fault.contains(secret));
    }

    @Test
    void agreesWithCommonsCsv() throws IOException {
        Random random = new Random(19);
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder();
            int rows = 1 + random.nextInt(4);
            for (int row = 0; row < rows; row++) {
                int cells = 1 + random.nextInt(3);
                for (int cell = 0; cell < cells; cell++) {
                    text.append(cell == 0 ? "" : ",").append(cell(random));
                }
                text.append(List.of("\n", "\r\n", "\r").get(random.nextInt(3)));
            }
            List<List<String>> expected = new ArrayList<>();
            CSVFormat format =
                    CSVFormat.DEFAULT.builder().setIgnoreEmptyLines(false).get();
            try (CSVParser parser = CSVParser.parse(new StringReader(text.toString()), format)) {
                for (CSVRecord each : parser) {
                    expected.add(each.toList());
                }
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            for (int piece : new int[] {bytes.length, 3, 1}) {
                assertThat(read(bytes, piece)).as(text.toString()).isEqualTo(expected);
            }
        }
    }

    private static String cell(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> "\"\"";
            case 2 -> "\"a,\r\nb\"\"\"";
            case 3 -> "x\"y";
            case 4 -> "\u00FCber";
            default -> "plain " + random.nextInt(100);
        };
    }

    private static List<List<String>> read(byte[] bytes, int piece) {
        List<List<String>> rows = new ArrayList<>();
        CsvRows reader = new CsvRows(',') {
            private List<String> row = new ArrayList<>();

            @Override
            protected void cell(byte[] from, int start, int end, boolean isAscii) {
                row.add(new String(from, start, end - start, StandardCharsets.UTF_8));
            }

            @Override
            protected void endOfRow() {
                rows.add(row);
                row = new ArrayList<>();
            }

            @Override
            protected void malformed(String expected) {
                row.add("malformed");
            }
        };
        for (int at = 0; at < bytes.length; at += piece) {
            reader.update(bytes, at, Math.min(piece, bytes.length - at));
        }
        reader.end();
        return rows;
    }
}
