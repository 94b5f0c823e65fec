package io.saddlebag.site.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeLibrariesTest {
    /** A component as an integrator's jar has it: it answers each message with its own name. */
    private static final String COMPONENT = """
            package org.example;
            import java.util.Map;
            import org.apache.camel.*;
            import org.apache.camel.support.*;
            public class Echo extends DefaultComponent {
                protected Endpoint createEndpoint(String uri, String rest, Map<String, Object> parameters) {
                    return new DefaultEndpoint(uri, this) {
                        public Producer createProducer() {
                            return new DefaultProducer(this) {
                                public void process(Exchange exchange) { exchange.getMessage().setBody("echo of " + rest); }
                            };
                        }
                        public Consumer createConsumer(Processor processor) { return null; }
                    };
                }
            }
            """;

    @TempDir
    private Path folder;

    private SiteHome home;

    @BeforeEach
    void makeHome() throws IOException {
        home = new SiteHome(folder.resolve("odd!/a home, 100%"));
        Files.createDirectories(home.lib());
        Files.createDirectories(home.routes());
        Files.writeString(home.settingsFile(), "");
    }

    @Test
    void loadsAComponentAndNamesItsJar() throws Exception {
        Path jar = home.lib().resolve("echo.jar");
        makeJar(jar);
        Files.writeString(home.routes().resolve("ours.camel.yaml"), """
                - route: {id: ours, from: {uri: "direct:ours", steps: [{to: "echo:here"}]}}
                """);
        Settings settings = Settings.load(home, List.of(), Map.of());

        RouteTrial.run(settings, List.of());
        try (LoggedLines log = LoggedLines.of(HomeLibraries.class);
                SiteRuntime runtime = new SiteRuntime(home, settings, List.of())) {
            runtime.start();

            assertThat(runtime.context().createProducerTemplate().requestBody("direct:ours", "", String.class))
                    .isEqualTo("echo of here");
            assertThat(log.from(Level.INFO)).containsExactly(jar + ": taken up");
        }
        assertThatThrownBy(() -> Class.forName("org.example.Echo")).isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void warnsOfACamelJarOfAnotherVersion() throws Exception {
        Files.createFile(home.lib().resolve(".camel-ftp-4.0.0.jar"));
        Path jar = home.lib().resolve("camel-ftp-4.0.0.jar");
        makeJar(jar);

        try (HomeLibraries libraries = HomeLibraries.open(home);
                LoggedLines log = LoggedLines.of(HomeLibraries.class)) {
            libraries.tell("4.22.0");

            assertThat(log.from(Level.WARN))
                    .containsExactly(jar + ": expected a Camel jar of version 4.22.0, as the site's Camel, found one of"
                            + " 4.0.0");
        }
    }

    @Test
    void namesEachJarThatCannotBeRead() throws Exception {
        Path text = Files.writeString(home.lib().resolve("a.jar"), "no jar");
        Path empty = Files.createFile(home.lib().resolve("b.jar"));

        assertThatThrownBy(() -> HomeLibraries.open(home))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(text + ": expected a jar that can be read")
                .hasMessageContaining(empty + ": expected a jar that can be read");
    }

    private void makeJar(Path jar) throws IOException {
        Path source = Files.writeString(folder.resolve("Echo.java"), COMPONENT);
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                folder.toString(),
                                source.toString()))
                .isZero();
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (String name :
                    List.of("org/example/Echo.class", "org/example/Echo$1.class", "org/example/Echo$1$1.class")) {
                entries.putNextEntry(new JarEntry(name));
                entries.write(Files.readAllBytes(folder.resolve(name)));
            }
            entries.putNextEntry(new JarEntry("META-INF/services/org/apache/camel/component/echo"));
            entries.write("class=org.example.Echo".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }
}
