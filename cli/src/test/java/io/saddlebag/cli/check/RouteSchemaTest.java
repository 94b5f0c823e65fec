package io.saddlebag.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.lab.LabApplication;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.RouteFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The schema that {@code saddlebag schema} prints says yes and no as a site does, by a validator of its own. */
class RouteSchemaTest {
    private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\n# [a-z-]+/routes/[a-z.-]+\n(.*?)```");
    private static final String GOOD = """
            - templatedRoute:
                routeTemplateRef: drop-folder
                routeId: raw-data
                parameters:
                  - {name: directory, value: "drop/raw-data"}
                  - {name: recipients, value: "CA-RC"}
                  - {name: ttl, value: "30d"}
            """;

    @TempDir
    private Path folder;

    static Stream<String> written() throws IOException {
        Path root = Path.of("..");
        Stream<Path> files;
        try (Stream<Path> all =
                Stream.concat(Files.walk(root.resolve("config")), Files.walk(root.resolve("samples")))) {
            files = all.filter(file -> file.toString().endsWith(".camel.yaml")).toList().stream();
        }
        return Stream.concat(
                files.map(RouteSchemaTest::text),
                EXAMPLE.matcher(text(root.resolve("docs/integrators.md")))
                        .results()
                        .map(example -> example.group(1)));
    }

    @ParameterizedTest
    @MethodSource("written")
    void acceptsWhatIsWritten(String yaml) throws Exception {
        assertThat(faults(yaml)).isEmpty();
    }

    static Stream<String> broken() {
        return Stream.of(
                GOOD.replace("routeTemplateRef: drop-folder", "routeTemplateRef: drop-folders"),
                GOOD.replace("    routeTemplateRef: drop-folder\n", ""),
                GOOD.replace("name: ttl", "name: tll"),
                GOOD.replace("{name: recipients, value: \"CA-RC\"}", "{name: priority, value: \"high\"}"),
                GOOD.replace("{name: ttl, value: \"30d\"}", "{name: directory, value: \"drop/x\"}"),
                GOOD.replace("{name: ttl, value: \"30d\"}", "{name: ttl}"),
                GOOD.replace("routeId:", "id:"),
                GOOD.replace("templatedRoute:", "templateRoute:"),
                GOOD.replaceAll("(?s) *parameters:.*", ""),
                GOOD.replace("{name: ttl, value: \"30d\"}", "{name: ttl, value: [30d]}"),
                "templatedRoute: {routeTemplateRef: outbox}\n");
    }

    @ParameterizedTest
    @MethodSource("broken")
    void refusesWhatASiteRefuses(String yaml) throws Exception {
        assertThat(isTakenByASite(yaml)).isFalse();
        assertThat(faults(yaml)).isNotEmpty();
    }

    @Test
    void knowsTheTemplatesOfAHome() throws Exception {
        String own = """
                - routeTemplate:
                    id: copy
                    parameters: [{name: from}, {name: to, defaultValue: "mock:end"}]
                    route: {from: {uri: "direct:{{from}}", steps: [{to: "{{to}}"}]}}
                - templatedRoute: {routeTemplateRef: copy, parameters: [{name: from, value: here}]}
                """;

        assertThat(isTakenByASite(own)).isTrue();
        assertThat(faults(own)).isNotEmpty();
        assertThat(faults(own, "--home", folder)).isEmpty();
    }

    private boolean isTakenByASite(String yaml) throws IOException {
        SiteHome home = new SiteHome(folder);
        Files.createDirectories(home.routes());
        Files.writeString(home.routes().resolve("ours.camel.yaml"), yaml);
        try {
            RouteFiles.read(home, LabApplication.ROUTE_FOLDERS);
            return true;
        } catch (SiteStartException e) {
            return false;
        }
    }

    private static List<?> faults(String yaml, Object... options) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        CommandLineRun run = CommandLineRun.of(
                Stream.concat(Stream.of("schema"), Stream.of(options)).toArray());
        assertThat(run.exitCode()).isZero();
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(mapper.readTree(run.out()));
        JsonNode routes = mapper.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml));
        return schema.validate(routes);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
