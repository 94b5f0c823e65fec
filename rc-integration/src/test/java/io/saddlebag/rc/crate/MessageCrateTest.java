package io.saddlebag.rc.crate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageCrateTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CRATE = """
            {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [
              {"@id": "https://creativecommons.org/licenses/by/4.0/", "@type": "CreativeWork", "name": "CC BY 4.0"},
              {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}},
              {"@id": "./", "@type": "Dataset", "name": "Cohort 7", "description": "Counts of cohort 7",
               "license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
               "identifier": ["https://doi.org/10.5072/abc", "second"], "hasPart": [{"@id": "a.csv"}]}]}
            """;

    @TempDir
    private Path folder;

    private static Sha256 sha256(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Sha256.of(new ByteArrayInputStream(bytes), bytes.length);
    }

    private static MessageCrate crate(String payloadName, String fileName) throws IOException {
        return new MessageCrate(
                MessageId.of("FL-LAB_DAT_20251008_001"),
                SiteId.of("FL-LAB"),
                SiteId.of("CA-RC"),
                Instant.parse("2025-10-08T09:00:00Z"),
                Instant.parse("2025-10-08T09:01:00Z"),
                payloadName,
                fileName,
                "text/csv",
                1,
                sha256("1"),
                sha256("manifest"),
                sha256("hmac"));
    }

    private Path write(String place, String text) throws IOException {
        Path file = folder.resolve(place);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Path describeFolder() throws IOException {
        Path metadata = folder.resolve("described.json");
        try (OutputStream out = Files.newOutputStream(metadata)) {
            crate("FL-LAB_DAT_20251008_001", "run 7").writeFolder(folder.resolve("dropped"), out);
        }
        return metadata;
    }

    private static JsonNode entity(Path metadata, String id) throws IOException {
        for (JsonNode each : JSON.readTree(metadata.toFile()).get("@graph")) {
            if (each.get("@id").textValue().equals(id)) {
                return each;
            }
        }
        throw new AssertionError(id + " is none of " + Files.readString(metadata));
    }

    /** @param files that the crate is to describe */
    private JsonNode judged(Path metadata, String... files) throws Exception {
        Path entry = Path.of("..", "target", "interop", "node_modules", "ro-crate", "index.js")
                .toAbsolutePath();
        boolean installed = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "node")));
        assumeTrue(
                installed && Files.exists(entry),
                "SKIPPED: nothing was judged by the npm package ro-crate; it needs node, and in the project's folder: npm"
                        + " install --prefix target/interop ro-crate@3.7.2");
        List<String> line = new ArrayList<>(List.of(
                "node",
                Path.of(MessageCrateTest.class.getResource("ro-crate.mjs").toURI())
                        .toString(),
                entry.toString(),
                metadata.toString()));
        line.addAll(List.of(files));
        Process node = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(node.waitFor()).as(output).isZero();
        return JSON.readTree(output);
    }

    @Test
    void describesAFileWithDigestSenderTimesAndReceipt() throws Exception {
        Path metadata = folder.resolve("described.json");
        try (OutputStream out = Files.newOutputStream(metadata)) {
            crate("FL-LAB_DAT_20251008_001.csv", "counts \"7\".csv").writeFile(out);
        }

        JsonNode file = entity(metadata, "FL-LAB_DAT_20251008_001.csv");
        assertThat(file.get("sha256").textValue()).isEqualTo(sha256("1").toString());
        assertThat(file.get("name").textValue()).isEqualTo("counts \"7\".csv");
        assertThat(file.get("encodingFormat").textValue()).isEqualTo("text/csv");
        JsonNode delivery = entity(metadata, "#delivery");
        assertThat(delivery.at("/sender/@id").textValue()).isEqualTo("urn:saddlebag:site:FL-LAB");
        assertThat(delivery.get("startTime").textValue()).isEqualTo("2025-10-08T09:00:00Z");
        assertThat(delivery.get("endTime").textValue()).isEqualTo("2025-10-08T09:01:00Z");
        assertThat(entity(metadata, "#manifest-sha256").get("value").textValue())
                .isEqualTo(sha256("manifest").toString());
        assertThat(entity(metadata, "ro-crate-metadata.json")
                        .at("/conformsTo/@id")
                        .textValue())
                .isEqualTo("https://w3id.org/ro/crate/1.1");
        JsonNode judged = judged(metadata, "FL-LAB_DAT_20251008_001.csv");
        assertThat(judged.get("errors")).isEmpty();
        assertThat(judged.get("sha256").textValue()).isEqualTo("http://schema.org/sha256");
    }

    @Test
    void describesAFolderAndTakesOverWhatTheLaboratorysOwnCrateSays() throws Exception {
        write("dropped/a.csv", "1");
        write("dropped/deep/b c%.csv", "22");
        write("dropped/ro-crate-metadata.json", CRATE);
        Path metadata = describeFolder();

        assertThat(entity(metadata, "FL-LAB_DAT_20251008_001/deep/b%20c%25.csv")
                        .get("sha256")
                        .textValue())
                .isEqualTo(sha256("22").toString());
        assertThat(entity(metadata, "./").get("identifier"))
                .extracting(JsonNode::textValue)
                .containsExactly("FL-LAB_DAT_20251008_001", "https://doi.org/10.5072/abc");
        JsonNode judged = judged(
                metadata,
                "FL-LAB_DAT_20251008_001/",
                "FL-LAB_DAT_20251008_001/a.csv",
                "FL-LAB_DAT_20251008_001/deep/b%20c%25.csv",
                "FL-LAB_DAT_20251008_001/ro-crate-metadata.json");
        assertThat(judged.get("errors")).isEmpty();
        assertThat(judged.get("name").get(0).textValue()).isEqualTo("Cohort 7");
        assertThat(judged.get("license").textValue()).isEqualTo("https://creativecommons.org/licenses/by/4.0/");
        assertThat(judged.get("licenseName").get(0).textValue()).isEqualTo("CC BY 4.0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"@graph\": {}}",
                "{\"@graph\": [{\"@id\": \"./\", \"name\": \"x\"",
                "{\"@graph\": [1, {\"@id\": \"./\", \"name\": 7, \"license\": [[]], \"identifier\": {}}]}",
                "{\"@graph\": [{\"@id\": \"./\", \"license\": {\"@id\": \"javascript:alert(1)\"}, \"identifier\": \"#x\"}]}",
            })
    void describesAFolderWhoseOwnCrateIsNotInOrder(String crate) throws Exception {
        write("dropped/data/ro-crate-metadata.json", crate);
        Path metadata = describeFolder();

        JsonNode root = entity(metadata, "./");
        assertThat(root.get("name").textValue()).isEqualTo("run 7");
        assertThat(root.get("identifier")).hasSize(1);
        assertThat(root.at("/license/@id").textValue()).isEqualTo("#licence");
        JsonNode judged =
                judged(metadata, "FL-LAB_DAT_20251008_001/", "FL-LAB_DAT_20251008_001/data/ro-crate-metadata.json");
        assertThat(judged.get("errors")).isEmpty();
    }

    @Test
    void readsNoCrateThroughALink() throws Exception {
        Path secret = write("secret.json", CRATE);
        Files.createDirectories(folder.resolve("dropped"));
        Files.createSymbolicLink(folder.resolve("dropped/ro-crate-metadata.json"), secret);

        assertThat(DroppedCrate.in(folder.resolve("dropped"))).isEqualTo(DroppedCrate.NONE);
    }
}
