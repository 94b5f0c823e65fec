package io.saddlebag.site.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteFilesTest {
    private static final String GOOD = """
            - templatedRoute:
                routeTemplateRef: copy-folder
                routeId: raw-data
                parameters:
                  - {name: directory, value: "drop"}
                  - {name: target, value: "mock:end"}
            """;

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void routesFolder() throws IOException {
        file = Files.createDirectory(folder.resolve("routes")).resolve("ours.camel.yaml");
    }

    @Test
    void readsTemplatedRoutesWithTheirPlaces() throws Exception {
        Files.writeString(file, GOOD);

        List<TemplatedRoute> routes = read();

        assertThat(routes).hasSize(1);
        TemplatedRoute route = routes.get(0);
        assertThat(route.routeId()).isEqualTo("raw-data");
        assertThat(route.template()).isEqualTo("copy-folder");
        assertThat(route.place()).isEqualTo(file + ":1");
        assertThat(route.parameters().get("target")).isEqualTo(new TemplatedRoute.Parameter("mock:end", file + ":6"));
    }

    @Test
    void passesOverWhatEditorsAndFileSharesLeaveBeside() throws Exception {
        Files.writeString(file, GOOD);
        Files.write(file.resolveSibling("._ours.camel.yaml"), new byte[] {0, 5, 22, 7, 0});
        Files.createSymbolicLink(file.resolveSibling(".#ours.camel.yaml"), Path.of("somebody@host.1234:1"));
        Files.writeString(file.resolveSibling("ours.camel.yaml~"), "- broken");
        Files.writeString(file.resolveSibling("drop.yaml"), GOOD);

        assertThat(read()).hasSize(1);
        assertThat(RouteSource.passedOver(new SiteHome(folder)))
                .extracting(each -> each.getFileName().toString())
                .containsExactly(".#ours.camel.yaml", "._ours.camel.yaml", "drop.yaml", "ours.camel.yaml~");
    }

    @Test
    void readsAFileWithAByteOrderMark() throws Exception {
        Files.writeString(file, "\uFEFF" + GOOD);

        assertThat(read()).hasSize(1);
    }

    @Test
    void tellsTheLineOfAnotherEncodingAndOfWhatCannotBeRead() throws Exception {
        Files.write(file, GOOD.replace("raw-data", "röh-data").getBytes(StandardCharsets.ISO_8859_1));
        Path link = Files.createSymbolicLink(file.resolveSibling("link.camel.yaml"), Path.of("nowhere"));

        AbstractThrowableAssert<?, ?> refused = assertThatThrownBy(this::read).isInstanceOf(SiteStartException.class);
        refused.hasMessageContaining(file + ":3: expected UTF-8, found the byte 0xF6, which is 'ö' in Latin-1");
        refused.hasMessageContaining(link + ": expected a route file that can be read");
    }

    @Test
    void isContentWithAHomeWithoutRoutes() throws Exception {
        Files.delete(folder.resolve("routes"));

        assertThat(read()).isEmpty();
    }

    @Test
    void requiresARouteAndNamesTheFilesThatAreNone() throws Exception {
        Files.writeString(file, "- beans:\n    - name: mine\n      type: java.lang.Object\n");
        Files.writeString(file.resolveSibling("drop.yaml"), GOOD);
        Files.writeString(file.resolveSibling("more.camel.yml"), GOOD);
        SiteHome home = new SiteHome(folder);

        assertThatThrownBy(() -> RouteFiles.require(home, List.of("preflight")))
                .isInstanceOf(SiteStartException.class)
                .hasMessageStartingWith(home.routes() + ": expected a file *.camel.yaml with at least one route, found"
                        + " none besides drop.yaml, more.camel.yml, which are no route files by their names");
        Files.writeString(file, "- from:\n    uri: direct:ours\n    steps: [{log: x}]\n");
        assertThat(RouteFiles.require(home, List.of("preflight"))).isEmpty();
        Files.delete(file);
        Files.writeString(file, GOOD);
        assertThat(RouteFiles.require(home, List.of("preflight"))).hasSize(1);
    }

    @Test
    void refusesAFolderBelowWhereverTheProcessWasStarted() throws Exception {
        refuses("""
                - route:
                    from:
                      uri: file:drop/raw-data
                      steps:
                        - to: "file://out?fileName=x"
                        - to: "file:{{home}}/out"
                        - to: "file:///srv/out"
                        - to: "file:/srv/out"
                """)
                .hasMessageContaining(file + ":3: expected file: with a whole path, found 'file:drop/raw-data'")
                .hasMessageContaining("Write file:{{home}}/drop/raw-data")
                .hasMessageContaining(file + ":5: ")
                .hasMessageNotContaining(":6:")
                .hasMessageNotContaining(":7:");
    }

    @Test
    void tellsTheLineOfBrokenYaml() throws Exception {
        refuses("- templatedRoute:\n    routeId: [a\n    parameters: x\n")
                .hasMessageContaining(file + ":3: expected YAML");
    }

    @Test
    void refusesAnUnknownTemplateAndNamesTheKnownOnes() throws Exception {
        refuses(GOOD.replace("copy-folder", "copy-fodler"))
                .hasMessageContaining(file + ":2: expected one of the templates copy-folder; found 'copy-fodler'");
    }

    @Test
    void refusesAnUnknownParameter() throws Exception {
        refuses(GOOD + "      - {name: dircetory, value: x}\n")
                .hasMessageContaining(file + ":7: expected one of the parameters directory, interval, note, target")
                .hasMessageContaining("found 'dircetory'");
    }

    @Test
    void refusesAMissingParameterButNotADefaultedOrOptionalOne() throws Exception {
        refuses(GOOD.replace("      - {name: target, value: \"mock:end\"}\n", ""))
                .hasMessageContaining(file + ":1: expected the parameter target of copy-folder, found none")
                .hasMessageNotContaining("interval")
                .hasMessageNotContaining("note");
    }

    @Test
    void refusesAParameterGivenTwice() throws Exception {
        refuses(GOOD + "      - {name: target, value: x}\n")
                .hasMessageContaining(file + ":7: expected the parameter target once");
    }

    @Test
    void refusesARouteIdGivenTwice() throws Exception {
        refuses(GOOD + GOOD)
                .hasMessageContaining(
                        file + ":9: expected a routeId that no other route has, found raw-data at " + file + ":3 too");
    }

    @Test
    void refusesARouteIdOfTheSuite() throws Exception {
        refuses(GOOD.replace("raw-data", "greeting"))
                .hasMessageContaining("found greeting at saddlebag/routes/preflight/");
    }

    @Test
    void refusesAnotherKindOfEntry() throws Exception {
        refuses("- templatdRoute:\n    routeId: a\n")
                .hasMessageContaining(file + ":1: expected templatedRoute, found 'templatdRoute'");
    }

    @Test
    void refusesAnotherShapeOfFile() throws Exception {
        refuses("templatedRoute: x\n").hasMessageContaining(file + ":1: expected a list of entries");
    }

    @Test
    void refusesAnUnknownKeyOfARoute() throws Exception {
        refuses(GOOD + "    recipients: x\n")
                .hasMessageContaining(file + ":7: expected one of")
                .hasMessageContaining("'recipients'");
    }

    @Test
    void tellsAllFaultsAtOnce() throws Exception {
        refuses("- templatedRoute:\n    routeTemplateRef: a\n- templatedRoute:\n    routeTemplateRef: b\n")
                .hasMessageContaining(file + ":2:")
                .hasMessageContaining(file + ":4:");
    }

    private AbstractThrowableAssert<?, ?> refuses(String yaml) throws IOException {
        Files.writeString(file, yaml);
        return assertThatThrownBy(this::read).isInstanceOf(SiteStartException.class);
    }

    private List<TemplatedRoute> read() throws SiteStartException {
        return RouteFiles.read(new SiteHome(folder), List.of("preflight"));
    }
}
