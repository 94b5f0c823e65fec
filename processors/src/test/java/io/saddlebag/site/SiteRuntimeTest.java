package io.saddlebag.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.Processor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
                      - {name: target, value: "file:{{site.home}}/{{target.folder}}"}
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

    private SiteRuntime runtime() throws SiteStartException {
        Setting target = Setting.required("target.folder", Setting.Kind.PATH, "Where files go.");
        return new SiteRuntime(home, Settings.load(home, List.of(target), Map.of()), List.of("preflight"));
    }
}
