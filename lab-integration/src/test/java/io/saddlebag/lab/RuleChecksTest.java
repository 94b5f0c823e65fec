package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.lab.keys.PostQuantum;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleChecksTest {
    @TempDir
    private Path folder;

    private LabRoutes read(String... routes) throws IOException, SiteStartException {
        SiteHome home = new SiteHome(folder);
        Files.createDirectories(home.routes());
        String yaml = Arrays.stream(routes)
                .map(parameters -> """
                        - templatedRoute:
                            routeTemplateRef: drop-folder
                            parameters:
                              - {name: directory, value: drop/runs}
                              - {name: recipients, value: CA-RC}
                        """
                        + Arrays.stream(parameters.split(";"))
                                .filter(each -> !each.isBlank())
                                .map(each -> each.strip().split("=", 2))
                                .map(each -> "      - {name: " + each[0] + ", value: \"" + each[1] + "\"}\n")
                                .collect(Collectors.joining()))
                .collect(Collectors.joining());
        Files.writeString(home.routes().resolve("a.camel.yaml"), yaml);
        return LabRoutes.read(home, LabApplication.ROUTE_FOLDERS, Map.of(SiteId.of("CA-RC"), PostQuantum.PREFERRED));
    }

    @Test
    void takesAllOfThemTogether() throws Exception {
        LabRoutes routes = read(
                "complete-when=a.txt, b/*.done|c?; quiet=10m; exclude=**/*.log,cache; take=copy",
                "include=x.*; complete-when=d.txt; take=copy");

        assertThat(routes.folders()).singleElement().satisfies(drop -> {
            assertThat(drop.routes()).hasSize(2);
            assertThat(drop.isWatchedForStrays()).isFalse();
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "complete-when=/a.txt # a.camel.yaml:6: complete-when: expected patterns of paths within the folder",
                "complete-when=../a.txt # found '../a.txt'. Correct it",
                "complete-when=a.txt,, # found ''. Correct it",
                "complete-when=**/a.txt # expected patterns without **, such as metadata/*.done, found '**/a.txt'",
                "exclude=* # expected patterns that leave something of a folder, such as *.log, found '*'",
                "exclude=a/../b # found 'a/../b'. Correct it",
                "quiet=soon # expected settle-time or a time above 0s, such as 10m, found 'soon'",
                "quiet=0s # found '0s'",
                "take=link # expected move or copy, found 'link'",
                "group=stem; complete-when=a.txt # complete-when: expected a route of folders, found group: stem",
                "group=stem; exclude=a.txt # exclude: expected a route of folders, found group: stem",
                "recursive=true; exclude=a.txt # expected a route of folders, found recursive: true, which takes the files",
            })
    void refusesWhatCannotBeMeant(String parameters, String fault) {
        assertThatThrownBy(() -> read(parameters))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(fault);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "take=copy # # take: expected the same in every route of drop/runs, found both",
                "complete-when=a # include=b.* # complete-when: expected it in every route of drop/runs or in none, found both",
            })
    void refusesRoutesOfAFolderThatDisagree(String one, String other, String fault) {
        assertThatThrownBy(() -> read(one, other == null ? "" : other))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(fault);
    }

    @Test
    void refusesMoreThanAFewPatterns() {
        String many = "a,".repeat(32) + "a";
        assertThatThrownBy(() -> read("exclude=" + many))
                .hasMessageContaining("exclude: expected at most 32 patterns, found 33");
    }

    @Test
    void leavesWhatMayBelongToAnIncompleteFolderAlone() throws Exception {
        assertThat(read("include=x.*; complete-when=a.txt").folders().get(0).isWatchedForStrays())
                .isTrue();
        assertThat(read("include=x.*; complete-when=a.txt; recursive=true")
                        .folders()
                        .get(0)
                        .isWatchedForStrays())
                .isFalse();
    }
}
