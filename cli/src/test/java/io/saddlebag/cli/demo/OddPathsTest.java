package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteProcesses;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sites in homes with odd paths, on a machine whose /tmp cannot be used. */
class OddPathsTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId CENTRE = SiteId.of("CA-RC");

    @TempDir
    private Path folder;

    private SiteProcesses processes;
    private Path mounted;

    @AfterEach
    void stop() throws Exception {
        if (processes != null) {
            processes.stop();
        }
        if (mounted != null) {
            assertThat(run("umount", "-l", mounted.toString())).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b, c+d%41 {{site.id}}", "#?&;=' ü: \\n", "(x)[y]*!~|"})
    void headquartersALabAndACentreWorkInHomesWithThisName(String name) throws Exception {
        try (RunningScenario scenario = new RunningScenario(folder.resolve(name))) {
            scenario.start(ScenarioHomes.HEADQUARTERS);
            scenario.start(CENTRE);
            scenario.start(SiteId.of("SF-RC"));
            scenario.start(LAB);
            Sample sample = Sample.ALL.get(0);
            scenario.drop(sample);

            await().until(() -> scenario.acknowledged() == 2 && scenario.isSent(sample));
            assertThat(RunningScenario.filesBelow(scenario.home(CENTRE).resolve("outbox")))
                    .contains("FL-LAB/" + sample.fileName());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"noexec", "size=1m"})
    void aLabStartsBesideATmpThatDoesNotServe(String option) throws Exception {
        Path tmp = mount(Files.createDirectory(folder.resolve("tmp")), option);
        ScenarioHomes homes = homes();
        processes = new SiteProcesses(homes);

        processes.start(LAB, "-Djava.io.tmpdir=" + tmp);

        await().until(() -> processes.facts(LAB).isPresent());
        assertThat(Files.readString(processes.log(LAB)))
                .contains("native libraries are unpacked in "
                        + homes.home(LAB).run().resolve("native"))
                .contains("TLSv1.3 by Conscrypt");
    }

    @Test
    void namesBothFoldersWhereNeitherServes() throws Exception {
        mount(folder, "noexec");
        Path tmp = Files.createDirectory(folder.resolve("tmp"));
        ScenarioHomes homes = homes();
        processes = new SiteProcesses(homes);

        processes.start(LAB, "-Djava.io.tmpdir=" + tmp);

        await().until(() -> !processes.process(LAB).orElseThrow().isAlive());
        assertThat(Files.readString(processes.log(LAB)))
                .contains("Cannot start: expected a folder for native libraries")
                .contains(tmp + ", where files may not be run (mounted noexec)")
                .contains(homes.home(LAB).run().resolve("native") + ", where files may not be run (mounted noexec)")
                .doesNotContain("journal that can be read");
    }

    private ScenarioHomes homes() throws IOException {
        ScenarioHomes homes = new ScenarioHomes(folder.resolve("homes"));
        homes.make(1);
        HomeMaker.set(homes.home(LAB), Map.of("hq.reconnect-max", "1s"));
        return homes;
    }

    private Path mount(Path at, String option) throws Exception {
        boolean isMounted = run("mount", "-t", "tmpfs", "-o", option, "tmpfs", at.toString()) == 0;
        assumeTrue(isMounted, "this user may not mount");
        mounted = at;
        return at;
    }

    private static int run(String... command) throws Exception {
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        } catch (IOException e) {
            return -1;
        }
    }
}
