package io.saddlebag.site.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.testing.LoggedLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveRoutesTest {
    private static final String STAYING = route("staying", "direct:staying", "first");
    private static final String CHANGING = route("changing", "direct:changing", "first");

    @TempDir
    private Path folder;

    private SiteHome home;
    private Path file;
    private SiteRuntime runtime;
    private List<String> reasons = List.of();
    private boolean taken;

    private static String route(String id, String from, String answer) {
        return """
                # Before %1$s.
                - route:
                    id: %1$s
                    from: {uri: "%2$s", steps: [{setBody: {constant: "%3$s"}}]}

                """.formatted(id, from, answer);
    }

    @BeforeEach
    void start() throws Exception {
        home = new SiteHome(folder.resolve("home"));
        Files.createDirectories(home.routes());
        Files.writeString(home.settingsFile(), "");
        file = home.routes().resolve("ours.camel.yaml");
        Files.writeString(file, STAYING + CHANGING);
        runtime = new SiteRuntime(home, Settings.load(home, List.of(), Map.of()), List.of()).live(new LiveSite() {
            @Override
            public Collection<String> judge() {
                return reasons;
            }

            @Override
            public void afterChange(CamelContext context, boolean isTaken) {
                taken = isTaken;
            }
        });
        runtime.start();
    }

    @AfterEach
    void stop() {
        runtime.close();
    }

    /** Two looks of the site, which takes a file that did not change between them. */
    private List<String> look(Level level) throws Exception {
        Processor step = runtime.context().getRegistry().lookupByNameAndType("takeUpRoutes", Processor.class);
        try (LoggedLines log = LoggedLines.of(LiveRoutes.class)) {
            step.process(null);
            step.process(null);
            step.process(null);
            return log.from(level);
        }
    }

    private String answer(String from) {
        return runtime.context().createProducerTemplate().requestBody(from, "", String.class);
    }

    @Test
    void takesUpWhatWasAddedChangedAndRemovedAndLeavesTheRest() throws Exception {
        Files.writeString(file, Files.readString(file) + route("going", "direct:going", "first"));
        assertThat(look(Level.INFO)).hasSize(1);
        Route staying = runtime.context().getRoute("staying");

        Files.writeString(file, "# A comment.\n" + STAYING + CHANGING.replace("first", "second"));
        Files.writeString(home.routes().resolve("more.camel.yaml"), route("coming", "direct:coming", "new"));

        assertThat(look(Level.INFO))
                .containsExactly(
                        home.routes() + ": routes taken up: added [coming], changed [changing], removed [going]");
        assertThat(taken).isTrue();
        assertThat(answer("direct:changing")).isEqualTo("second");
        assertThat(answer("direct:coming")).isEqualTo("new");
        assertThat(runtime.context().getRoute("going")).isNull();
        assertThat(runtime.context().getRoute("staying")).isSameAs(staying);
        assertThat(look(Level.INFO)).isEmpty();
    }

    @Test
    void waitsUntilAFileStaysTheSame() throws Exception {
        Processor step = runtime.context().getRegistry().lookupByNameAndType("takeUpRoutes", Processor.class);
        for (String half : List.of("- rou", "- route: {id: x", STAYING + CHANGING)) {
            Files.writeString(file, half);
            try (LoggedLines log = LoggedLines.of(LiveRoutes.class)) {
                step.process(null);

                assertThat(log.from(Level.INFO)).isEmpty();
            }
        }
        assertThat(answer("direct:changing")).isEqualTo("first");
    }

    @Test
    void refusesAFaultWholeAndNamesItOnce() throws Exception {
        Files.writeString(file, CHANGING.replace("first", "second") + route("broken", "sftpp:x", "none"));

        assertThat(look(Level.WARN))
                .singleElement()
                .asString()
                .startsWith("The routes have a fault; those that run stay. " + file + ":")
                .contains("sftpp");
        assertThat(look(Level.WARN)).isEmpty();
        assertThat(answer("direct:changing")).isEqualTo("first");
        assertThat(answer("direct:staying")).isEqualTo("first");
        Files.writeString(file, CHANGING.replace("first", "second"));
        assertThat(look(Level.INFO)).hasSize(1);
        assertThat(answer("direct:changing")).isEqualTo("second");
    }

    @Test
    void namesAFileThatIsNoTextOnce() throws Exception {
        Files.write(file, new byte[] {'-', ' ', (byte) 0xE9});

        assertThat(look(Level.WARN)).singleElement().asString().contains(file + ":1: expected");
        assertThat(look(Level.WARN)).isEmpty();
        assertThat(answer("direct:changing")).isEqualTo("first");
    }

    @Test
    void namesWhatOnlyAStartTakesUp() throws Exception {
        Files.writeString(
                file,
                STAYING + "- beans: [{name: mine, type: java.util.Date}]\n"
                        + "- route: {from: {uri: \"direct:nameless\", steps: [{to: \"log:x\"}]}}\n");
        reasons = List.of("the outbox elsewhere");

        assertThat(look(Level.WARN))
                .containsExactly("The routes that run stay until a restart, since only a start can take up: [a route"
                        + " without an id, beans, the outbox elsewhere]");
        assertThat(answer("direct:changing")).isEqualTo("first");
    }

    @Test
    void bringsTheFormerRoutesBackWhenOneCannotStart() throws Exception {
        Files.writeString(
                file,
                CHANGING.replace("first", "second")
                        + route(
                                "zero",
                                "file:" + folder.resolve("none") + "?autoCreate=false&startingDirectoryMustExist=true",
                                "x"));

        assertThat(look(Level.WARN))
                .singleElement()
                .asString()
                .startsWith("The routes cannot be taken up; those that ran before run again: ");
        assertThat(taken).isFalse();
        assertThat(answer("direct:changing")).isEqualTo("first");
        assertThat(answer("direct:staying")).isEqualTo("first");
        assertThat(runtime.context().getRouteController().getRouteStatus("changing"))
                .isEqualTo(ServiceStatus.Started);
        assertThat(runtime.context().getRoute("zero")).isNull();
    }

    @Test
    void refusesFilesThatOthersMayWrite() throws Exception {
        Files.writeString(file, STAYING);
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-rw-rw-"));

        assertThat(look(Level.WARN)).singleElement().asString().contains("chmod");
        assertThat(answer("direct:changing")).isEqualTo("first");
    }

    /** At each look the former route gets its files back, until they have ended. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neitherLosesNorRepeatsAFileThatIsUnderWay(boolean isRemoved) throws Exception {
        Collection<String> handled = new ConcurrentLinkedQueue<>();
        CountDownLatch underWay = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Path drop = Files.createDirectories(folder.resolve("drop"));
        runtime.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:handle").process(exchange -> {
                    String name = exchange.getIn().getHeader(Exchange.FILE_NAME, String.class);
                    underWay.countDown();
                    if (name.equals("large")) {
                        end.await();
                    }
                    handled.add(exchange.getFromRouteId() + " " + name);
                });
            }
        });
        String files = """
                - route:
                    id: files
                    from:
                      uri: "file:%s?delay=20&initialDelay=0&delete=true"
                      steps: [{to: "direct:handle"}]
                """.formatted(drop);
        String former = Files.readString(file);
        Files.writeString(file, former + files);
        assertThat(look(Level.INFO)).hasSize(1);
        Files.writeString(drop.resolve("large"), "x");
        assertThat(underWay.await(20, TimeUnit.SECONDS)).isTrue();
        LiveRoutes routes = new LiveRoutes(
                Settings.load(home, List.of(), Map.of()),
                List.of(),
                LiveSite.ANY,
                Duration.ofMillis(100),
                List.of(RouteSource.of(file)));

        Files.writeString(file, former.replace("first", "second") + (isRemoved ? "" : files.replace("=20", "=30")));
        try (LoggedLines log = LoggedLines.of(LiveRoutes.class)) {
            routes.look(runtime.context());
            routes.look(runtime.context());
            routes.look(runtime.context());

            assertThat(log.from(Level.INFO))
                    .containsExactly(
                            home.routes() + ": changed routes are taken up when the files under way have ended");
        }
        assertThat(answer("direct:changing")).isEqualTo("first");
        end.countDown();
        Files.writeString(drop.resolve("later"), "x");
        await().untilAsserted(() -> assertThat(handled).containsExactly("files large", "files later"));
        await().untilAsserted(() -> {
            routes.look(runtime.context());
            assertThat(answer("direct:changing")).isEqualTo("second");
        });
        Files.writeString(drop.resolve("last"), "x");
        if (isRemoved) {
            assertThat(runtime.context().getRoute("files")).isNull();
        } else {
            await().untilAsserted(
                            () -> assertThat(handled).containsExactly("files large", "files later", "files last"));
        }
    }
}
