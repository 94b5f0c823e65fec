package io.saddlebag.site.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.site.Setting;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.testing.LoggedLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.Processor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SiteRuntimeTest {
    private static final Processor GREET = exchange -> exchange.getMessage()
            .setBody("Good morning, " + exchange.getMessage().getBody());

    @TempDir
    private Path folder;

    private SiteHome home;

    @BeforeEach
    void home() throws Exception {
        home = new SiteHome(folder.resolve("a home"));
        Files.createDirectories(home.routes());
        Files.writeString(home.settingsFile(), "target.folder=out\n");
        Files.writeString(home.routes().resolve("ours.camel.yaml"), """
                - templatedRoute:
                    routeTemplateRef: copy-folder
                    routeId: raw-data
                    parameters:
                      - {name: directory, value: "drop"}
                      - {name: target, value: "file:{{home}}/{{target.folder}}"}
                """);
    }

    @Test
    void runsTheSuitesRoutesWithBeansAndTheHomesOwnRoutes() throws Exception {
        try (SiteRuntime runtime = runtime().bind("greet", GREET)) {
            runtime.start();

            assertThat(runtime.context().createProducerTemplate().requestBody("direct:greeting", "CA-RC", String.class))
                    .isEqualTo("Good morning, CA-RC");
            Files.writeString(home.resolve("drop/file.txt"), "text");
            await().until(() -> Files.exists(home.resolve("out/file.txt")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a, b", "%41", "c+d", "#?&=;", "{{none}}", "back\\slash", "(x)*[y]", "ü:", "dash-"})
    void runsInAHomeWithThisName(String name) throws Exception {
        SiteHome odd = new SiteHome(folder.resolve(name));
        Files.createDirectories(odd.routes());
        Files.writeString(odd.settingsFile(), "");
        Files.writeString(odd.routes().resolve(name + ".camel.yaml"), """
                - route:
                    id: ours
                    from:
                      uri: direct:ours
                      steps: [{setBody: {constant: {expression: "here"}}}]
                """);
        Files.writeString(odd.routes().resolve(".#" + name + ".camel.yaml"), "- broken");
        try (LoggedLines lines = LoggedLines.of(SiteRuntime.class);
                SiteRuntime runtime = new SiteRuntime(odd, Settings.load(odd, List.of(), Map.of()), List.of("test"))
                        .bind("greet", GREET)) {
            runtime.start();

            assertThat(runtime.context().createProducerTemplate().requestBody("direct:ours", "", String.class))
                    .isEqualTo("here");
            assertThat(lines.from(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains(odd.routes().resolve(".#" + name + ".camel.yaml") + ": passed over");
        }
    }

    @Test
    void stopsTheStartWithFileAndLineWhenARouteFileIsWrong() throws Exception {
        Path file = home.routes().resolve("ours.camel.yaml");
        Files.writeString(file, Files.readString(file).replace("copy-folder", "copy"));

        try (SiteRuntime runtime = runtime().bind("greet", GREET)) {
            assertThatThrownBy(runtime::start)
                    .isInstanceOf(SiteStartException.class)
                    .hasMessageContaining(file + ":2");
        }
    }

    @Test
    void stopsTheStartWhenARouteNamesABeanThatIsNotThere() throws Exception {
        try (SiteRuntime runtime = runtime()) {
            assertThatThrownBy(runtime::start)
                    .isInstanceOf(SiteStartException.class)
                    .hasMessageContaining("greet");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {to: "sftpp:somewhere"}                      | sftpp
            {to: {uri: "log:x", parameters: {levle: 1}}} | levle
            {bean: {ref: nobody}}                        | nobody
            {setBody: {simpel: "x"}}                     | simpel
            {setBody: {simple: "${body.half"}}           | functionEnd
            {marshal: {json: {library: Nothing}}}        | Nothing
            """)
    void tellsFileAndLineOfWhatCamelRefuses(String step, String found) throws Exception {
        Path file = home.routes().resolve("plain.camel.yaml");
        Files.writeString(file, """
                - route:
                    id: plain
                    from:
                      uri: direct:plain
                      steps:
                        - log: "in between"
                        - %s
                """.formatted(step));

        try (SiteRuntime runtime = runtime().bind("greet", GREET)) {
            assertThatThrownBy(runtime::start)
                    .isInstanceOf(SiteStartException.class)
                    .message()
                    .startsWith(file + ":7: expected a route that can start, found: ")
                    .contains(found)
                    .doesNotContain("\n");
        }
    }

    @Test
    void tellsFileAndLineOfABeanWhoseClassIsNotThere() throws Exception {
        Path file = home.routes().resolve("beans.camel.yaml");
        Files.writeString(file, "- beans:\n    - name: mine\n      type: org.example.Nobody\n");

        try (SiteRuntime runtime = runtime().bind("greet", GREET)) {
            assertThatThrownBy(runtime::start)
                    .message()
                    .startsWith(file + ":3: expected a route that can start, found: ")
                    .contains("ClassNotFoundException: org.example.Nobody");
        }
    }

    private SiteRuntime runtime() throws SiteStartException {
        Setting target = Setting.required("target.folder", Setting.Kind.PATH, "Where files go.");
        return new SiteRuntime(home, Settings.load(home, List.of(target), Map.of()), List.of("preflight"));
    }
}
