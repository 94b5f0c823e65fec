package io.saddlebag.check.kind;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.check.Checked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonCheckTest {
    private static final String SCHEMA = """
        {"type": "object", "required": ["id"], "additionalProperties": false,
         "properties": {"id": {"type": "integer"}, "taken": {"type": "string", "format": "date"},
                        "values": {"type": "array", "items": {"type": "number", "maximum": 10}}}}
        """;

    @TempDir
    private Path home;

    @BeforeEach
    void schema() throws IOException {
        Files.createDirectory(home.resolve("checks"));
        Files.writeString(home.resolve("checks/s.json"), SCHEMA);
    }

    private List<String> faults(String more, String content) throws IOException {
        return Checked.faults("- {kind: json, schema: checks/s.json" + more + "}", "x.json", content.getBytes(), home);
    }

    @Test
    void judgesATextByItsSchemaAndSaysNoNameOrValue() throws IOException {
        assertThat(faults("", "{\"id\": 1, \"taken\": \"2025-10-08\", \"values\": [1, 2.5]}\n"))
                .isEmpty();
        assertThat(faults(
                        "",
                        "{\"id\": \"Mustermann\", \"Mustermann\": 1, \"taken\": \"08.10.2025\", \"values\": [1, 11]}"))
                .containsExactlyInAnyOrder(
                        "expected what /properties/id/type of the schema asks for",
                        "expected what /additionalProperties of the schema asks for",
                        "expected what /properties/taken/format of the schema asks for",
                        "expected in element 1, from 0, what /properties/values/items/maximum of the schema asks for");
        assertThat(faults("", "{}")).containsExactly("expected what /required of the schema asks for");
    }

    @Test
    void refusesWhatIsNoJson() throws IOException {
        assertThat(faults("", "{\"id\": 1,\n \"id\": 2}"))
                .singleElement()
                .asString()
                .startsWith("row 2, column ");
        assertThat(faults("", "{\"id\": 1} more")).singleElement().asString().contains("expected JSON");
        assertThat(faults("", "")).containsExactly("expected a JSON text");
        assertThat(faults(", at-most: 8", "{\"id\": 123}")).containsExactly("expected a JSON text of at most 8 bytes");
    }

    @Test
    void judgesLinesEachByItself() throws IOException {
        assertThat(faults(", lines: true, at-most: 20", "{\"id\": 1}\n\n{\"id\": 2}"))
                .isEmpty();
        assertThat(faults(
                        ", lines: true, at-most: 20",
                        "{\"id\": 1}\n{\"id\": true}\n{\n" + "x".repeat(30) + "\n{\"id\":2}"))
                .containsExactly(
                        "row 2: expected what /properties/id/type of the schema asks for",
                        "row 3, column 2: expected JSON, each name once in an object",
                        "row 4: expected a JSON text of at most 20 bytes");
    }

    @Test
    void refusesASchemaThatIsNoneAndFetchesNothing() throws IOException {
        Files.writeString(home.resolve("checks/bad.json"), "{\"type\": ");
        Files.writeString(home.resolve("checks/remote.json"), "{\"$ref\": \"http://127.0.0.1:1/schema.json\"}");

        assertThat(Checked.faultsOf("- {kind: json, schema: checks/bad.json}", home))
                .hasSize(1);
        assertThat(Checked.faultsOf("- {kind: json, schema: checks/absent.json}", home))
                .hasSize(1);
        assertThat(Checked.faultsOf("- {kind: json, schema: checks/remote.json}", home))
                .hasSize(1);
        assertThat(Checked.faultsOf("- {kind: json, schema: checks/../s.json}", home))
                .containsExactly("checks/x.yaml:1: expected for schema a file in checks/ of the home, found"
                        + " checks/../s.json. Put it there");
        assertThat(Checked.faultsOf("- {kind: json, schema: checks/s.json, at-most: 2MiB}", home))
                .hasSize(1);
    }
}
