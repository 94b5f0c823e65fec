package io.saddlebag.cli.home;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.routing.Topology;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteApplication;
import io.saddlebag.site.SiteHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The network of docs/first-network.md, made by the commands of that page. */
class FirstNetworkPageTest {
    private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\n(# network\\.yaml\n.*?)```");
    private static final List<String> SITES = List.of("BERN-HQ", "BE-RC", "LS-RC", "ZH-LAB", "GE-LAB");

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void writeTheFileOfThePage() throws Exception {
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of("..", "docs", "first-network.md")));
        assertThat(example.find()).isTrue();
        file = Files.writeString(folder.resolve("network.yaml"), example.group(1));
    }

    private CommandLineRun run(Object... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private Path home(String site) {
        return folder.resolve("net").resolve(SiteId.of(site).folderName());
    }

    @Test
    void makesANetworkWhoseSitesStart() throws Exception {
        Path authority = folder.resolve("net/ca");
        run("init", "ca", "--dir", authority, "--name", "Alpine network");
        CommandLineRun made = run("init", "network", file, "--dir", folder.resolve("net"));
        for (String site : SITES) {
            assertThat(home(site).resolve("identity")).doesNotExist();
            assertThat(made.out()).contains("enrol request " + site + " --home " + home(site));
            Path answer = folder.resolve(site + ".pem");
            run("enrol", "request", site, "--home", home(site));
            run("init", "sign", site, home(site).resolve("identity/request.pem"), "--ca", authority, "-o", answer);
            run("enrol", "accept", answer, "--home", home(site));
            assertThat(SiteIdentity.load(home(site).resolve("identity")).site()).hasToString(site);
        }

        Topology topology = new LiveTopology(home("BERN-HQ").resolve("topology.yaml")).current();
        assertThat(topology.mayPublish(SiteId.of("GE-LAB"), "labs")).isTrue();
        assertThat(topology.queues()).containsOnlyKeys("be_rc_queue", "ls_rc_queue");
        assertThat(topology.mayConsume(SiteId.of("LS-RC"), "ls_rc_queue")).isTrue();
        starts("ZH-LAB", SiteKind.LAB);
        starts("GE-LAB", SiteKind.LAB);
        starts("BE-RC", SiteKind.CENTRE);
        for (String site : SITES) {
            assertThat(home(site).resolve("application.properties"))
                    .content()
                    .contains("site.id=" + site, "hq.port=61617")
                    .doesNotContain("FL-LAB", "CA-RC", "DC-HQ");
        }
    }

    /** Without headquarters, which it keeps looking for. */
    private void starts(String site, SiteKind kind) throws Exception {
        try (SiteApplication application = kind.application(new SiteHome(home(site)), Map.of(), Set.of())) {
            application.start();
        }
    }

    @Test
    void makesTheHomeOfANewSiteAndKeepsTheOthers() throws Exception {
        run("init", "network", file, "--dir", folder.resolve("net"));
        Path settings = home("ZH-LAB").resolve("application.properties");
        Files.writeString(settings, Files.readString(settings) + "folder.settle-time=5s\n");
        Files.writeString(file, Files.readString(file).replace("[BE-RC, LS-RC]\n\n", "[BE-RC, LS-RC, NEU-CH]\n\n"));

        CommandLineRun again = run("init", "network", file, "--dir", folder.resolve("net"));

        assertThat(again.out())
                .contains("Kept as it is: " + home("ZH-LAB"), "Made " + home("NEU-CH"), "NEU-CH --kind rc --home");
        assertThat(settings).content().contains("folder.settle-time=5s");
        assertThat(home("NEU-CH").resolve("routes/outbox.camel.yaml")).content().contains("\"neu_ch_queue\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[BE-RC]}        | [BE-RC, XX-RC]} | :8: expected one of the centres [BE-RC, LS-RC], found XX-RC",
                "[BE-RC]}        | []}             | :8: expected at least one recipient, found none",
                "[BE-RC]}        | [BE-RC, BE-RC]} | :8: expected each recipient once, found BE-RC again",
                "BERN-HQ         | bern            | :2: expected a site id such as FL-LAB, found 'bern'",
                "GE-LAB          | BE-RC           | :8: expected each site once, found BE-RC again",
                "port: 61617     | port: 0         | :2: expected a port from 1 to 65535, found 0",
                "host: 127.0.0.1 | host: a b       | :2: expected a host name such as hq.example.org",
                "host: 127.0.0.1 | hots: x         | :2: expected host, found nothing",
                "laboratories:   | labs:           | expected one of centres, headquarters, laboratories; found 'labs'"
            })
    void namesEachFaultWithItsLineAndMakesNothing(String text, String wrong, String fault) throws Exception {
        Files.writeString(file, Files.readString(file).replace(text, wrong));

        CommandLineRun refused = CommandLineRun.of("init", "network", file, "--dir", folder.resolve("net"));

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains(file.toString(), fault);
        assertThat(folder.resolve("net")).doesNotExist();
    }
}
