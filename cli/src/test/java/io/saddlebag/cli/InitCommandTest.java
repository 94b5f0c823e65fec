package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.testing.LoggedLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitCommandTest {
    @TempDir
    private Path folder;

    @Test
    void makesTheHomeOfASiteThatLoads() throws Exception {
        ca();
        CommandLineRun run = site("BOS-LAB", "--hq", "hq.example.org:6000");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(SiteIdentity.load(home("BOS-LAB").resolve("identity")).site())
                .hasToString("BOS-LAB");
        assertThat(home("BOS-LAB").resolve("application.properties"))
                .content()
                .contains("site.id=BOS-LAB", "hq.host=hq.example.org", "hq.port=6000")
                .doesNotContain("FL-LAB");
        assertThat(Files.getPosixFilePermissions(home("BOS-LAB").resolve("identity/tls.key")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(home("BOS-LAB").resolve("identity")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"BOS-LAB", "BOS-RC"})
    void takesTheNodesOfHeadquartersInThePlaceOfOne(String site) {
        ca();
        CommandLineRun run = site(site, "--hq", "hq1.example.org:6000,[2001:db8::7]:6001");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(home(site).resolve("application.properties"))
                .content()
                .containsOnlyOnce("\nhq.addresses=hq1.example.org:6000,[2001:db8::7]:6001\n")
                .doesNotContain("hq.host=", "hq.port=", "hq2.example.org");
        assertThat(CommandLineRun.of("check", "--home", home(site)).out()).doesNotContain("hq.");
    }

    @ParameterizedTest
    @CsvSource({
        "::1, ::1, 61617",
        "[::1], ::1, 61617",
        "[2001:db8::7]:6000, 2001:db8::7, 6000",
        "my_hq, my_hq, 61617",
        "my_hq:6000, my_hq, 6000",
        "192.0.2.7:6000, 192.0.2.7, 6000"
    })
    void takesHeadquartersAsPeopleWriteIt(String option, String host, String port) {
        ca();
        CommandLineRun run = site("BOS-RC", "--hq", option);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(home("BOS-RC").resolve("application.properties"))
                .content()
                .containsOnlyOnce("hq.host=" + host + "\n")
                .containsOnlyOnce("hq.port=" + port + "\n");
    }

    @ParameterizedTest
    @CsvSource({
        "BOS-LAB, --hq, hq:",
        "BOS-LAB, --hq, :6000",
        "BOS-LAB, --hq, hq:70000",
        "BOS-LAB, --hq, https://hq.example.org",
        "BOS-LAB, --hq, my hq",
        "BOS-LAB, --hq, 'hq1:6000,hq2'",
        "DC-HQ, --hq, hq.example.org",
        "DC-HQ, --hq-id, BERN-HQ",
        "BOS-LAB, --hq-id, bern",
        "DC-HQ, --host, hq.example.org:61617"
    })
    void namesTheOptionThatIsWrongAndMakesNothing(String site, String option, String value) {
        ca();
        CommandLineRun run = site(site, option, value);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(option).containsIgnoringCase("expected");
        assertThat(home(site)).doesNotExist();
    }

    @Test
    void refusesAPortThatIsNoneForTheScenario() {
        CommandLineRun run = CommandLineRun.of("init", "scenario", "--dir", folder.resolve("all"), "--port", "70000");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("Expected --port from 1 to 65535, found 70000");
        assertThat(folder.resolve("all")).doesNotExist();
    }

    @Test
    void givesACentreAnAgeKey() throws Exception {
        ca();

        assertThat(site("CA-RC").exitCode()).isZero();
        assertThat(AgeIdentity.load(home("CA-RC").resolve("identity/age.key")))
                .extracting(AgeIdentity::recipient)
                .satisfiesExactly(
                        hybrid -> assertThat(hybrid).startsWith("age1pq1"),
                        plain -> assertThat(plain).startsWith("age1").doesNotStartWith("age1pq1"));
    }

    @Test
    void asksForTheQueueOfANewCentreByItsOwnName() {
        ca();

        assertThat(site("BOS-RC").exitCode()).isZero();
        assertThat(home("BOS-RC").resolve("routes/outbox.camel.yaml"))
                .content()
                .contains("bos_rc_queue")
                .doesNotContain("ca_rc");
    }

    /** A laboratory without recipients does not start until somebody names one. */
    @Test
    void writesNoNameOfTheScenarioIntoAnotherNetwork() throws Exception {
        ca();
        site("ZH-LAB", "--hq-id", "BERN-HQ");
        site("LS-RC", "--hq-id", "BERN-HQ");
        site("BERN-HQ");

        for (String site : List.of("ZH-LAB", "LS-RC", "BERN-HQ")) {
            for (String file : List.of("application.properties", "topology.yaml", "routes/drop-folders.camel.yaml")) {
                if (Files.exists(home(site).resolve(file))) {
                    assertThat(home(site).resolve(file)).content().doesNotContain("CA-RC", "SF-RC", "PA-LAB", "DC-HQ");
                }
            }
        }
        assertThat(home("ZH-LAB").resolve("application.properties"))
                .content()
                .containsOnlyOnce("hq.id=BERN-HQ\n")
                .contains("# recipient.BOS-RC=bos_rc");
        assertThat(home("LS-RC").resolve("application.properties")).content().containsOnlyOnce("hq.id=BERN-HQ\n");
        assertThat(new LiveTopology(home("BERN-HQ").resolve("topology.yaml"))
                        .current()
                        .queues())
                .isEmpty();
        try (LoggedLines log = LoggedLines.of(SiteProcess.class)) {
            CommandLineRun.of("lab", "--home", home("ZH-LAB"));
            assertThat(log.at(Level.ERROR))
                    .singleElement()
                    .asString()
                    .contains("expected at least one line such as recipient.CA-RC=ca_rc, found none");
        }
    }

    @Test
    void neverOverwritesAnIdentityOrACa() {
        ca();
        site("CA-RC");

        CommandLineRun again = site("CA-RC");

        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("never overwritten");
        assertThat(CommandLineRun.of("init", "ca", "--dir", folder.resolve("ca"))
                        .exitCode())
                .isEqualTo(1);
    }

    @Test
    void keepsSettingsThatStandThere() throws Exception {
        ca();
        Files.createDirectories(home("CA-RC"));
        Files.writeString(home("CA-RC").resolve("application.properties"), "site.id=CA-RC\n");

        site("CA-RC");

        assertThat(home("CA-RC").resolve("application.properties")).hasContent("site.id=CA-RC\n");
    }

    @Test
    void encryptsPrivateKeysWithAPassphraseFromAFile() throws Exception {
        ca();
        Path passphrase = Files.writeString(folder.resolve("passphrase"), "six random words\n");
        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));

        site("FL-LAB", "--passphrase-file", passphrase.toString());

        Path identity = home("FL-LAB").resolve("identity");
        assertThat(identity.resolve("tls.key")).content().contains("BEGIN ENCRYPTED PRIVATE KEY");
        assertThat(SiteIdentity.load(identity, "six random words"::toCharArray).site())
                .hasToString("FL-LAB");
    }

    @Test
    void encryptsTheKeyOfTheAuthorityAndAsksForItsPassphrase() throws Exception {
        Path passphrase = Files.writeString(folder.resolve("passphrase"), "six random words\n");
        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
        CommandLineRun made =
                CommandLineRun.of("init", "ca", "--dir", folder.resolve("ca"), "--ca-passphrase-file", passphrase);
        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(folder.resolve("ca/ca.key")).content().contains("BEGIN ENCRYPTED PRIVATE KEY");

        CommandLineRun without = site("FL-LAB");
        assertThat(without.exitCode()).isEqualTo(12);
        assertThat(without.err())
                .contains(
                        "ca.key: the key is encrypted, and no passphrase was found in the file of --ca-passphrase-file or in $SADDLEBAG_CA_PASSPHRASE. Put it there");
        CommandLineRun with = site("FL-LAB", "--ca-passphrase-file", passphrase.toString());
        assertThat(with.exitCode()).as(with.err()).isZero();
        CommandLineRun revoked = CommandLineRun.of(
                "init", "revoke", "FL-LAB", "--ca", folder.resolve("ca"), "--ca-passphrase-file", passphrase);
        assertThat(revoked.exitCode()).as(revoked.err()).isZero();

        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(site("PA-LAB", "--ca-passphrase-file", passphrase.toString()).err())
                .contains("chmod 0600");
    }

    @Test
    void takesThePassphraseOfAnEnrolmentFromTheHomeToo() throws Exception {
        ca();
        Path passphrase = Files.writeString(folder.resolve("passphrase"), "six random words");
        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
        Path home = home("FL-LAB");
        Path answer = folder.resolve("answer.pem");
        assertThat(CommandLineRun.of("enrol", "request", "FL-LAB", "--home", home, "--passphrase-file", passphrase)
                        .exitCode())
                .isZero();
        Path request = home.resolve("identity/request.pem");
        assertThat(CommandLineRun.of("init", "sign", "FL-LAB", request, "--ca", folder.resolve("ca"), "-o", answer)
                        .exitCode())
                .isZero();

        CommandLineRun without = CommandLineRun.of("enrol", "accept", answer, "--home", home);
        assertThat(without.exitCode()).isEqualTo(12);
        assertThat(without.err())
                .contains("no passphrase was found in " + home.resolve("identity/passphrase")
                        + " (setting identity.passphrase-file). Put it there");
        assertThat(home.resolve("identity/tls.crt")).doesNotExist();

        Files.copy(passphrase, home.resolve("identity/passphrase"), StandardCopyOption.COPY_ATTRIBUTES);
        CommandLineRun accepted = CommandLineRun.of("enrol", "accept", answer, "--home", home);
        assertThat(accepted.exitCode()).as(accepted.err()).isZero();
    }

    @Test
    void enrolsASiteWhoseKeysNeverLeaveIt() throws Exception {
        ca();
        CommandLineRun asked = CommandLineRun.of("enrol", "request", "CA-RC", "--home", home("CA-RC"));
        assertThat(asked.exitCode()).as(asked.err()).isZero();
        Path identity = home("CA-RC").resolve("identity");
        CommandLineRun signed = CommandLineRun.of(
                "init",
                "sign",
                "CA-RC",
                identity.resolve("request.pem"),
                "--ca",
                folder.resolve("ca"),
                "-o",
                folder.resolve("answer.pem"));
        assertThat(signed.exitCode()).as(signed.err()).isZero();
        String fingerprint = asked.out().replaceAll("(?s).*fingerprint ([0-9a-f]{64}).*", "$1");
        assertThat(signed.out()).contains(fingerprint);

        CommandLineRun accepted =
                CommandLineRun.of("enrol", "accept", folder.resolve("answer.pem"), "--home", home("CA-RC"));

        assertThat(accepted.exitCode()).as(accepted.err()).isZero();
        SiteIdentity made = SiteIdentity.load(identity);
        assertThat(made.site()).hasToString("CA-RC");
        assertThat(accepted.out()).contains(made.trust().networkId().hex());
        assertThat(identity.resolve("age.key")).isRegularFile();
        assertThat(home("CA-RC").resolve("application.properties")).isRegularFile();
    }

    @Test
    void revokesASite() {
        ca();
        site("FL-LAB");

        assertThat(CommandLineRun.of("init", "revoke", "FL-LAB", "--ca", folder.resolve("ca"))
                        .out())
                .contains("Withdrew 2 certificates");
        assertThat(folder.resolve("ca/ca.crl")).isRegularFile();
    }

    @Test
    void writesARevocationListWithoutARevocation() {
        ca();

        assertThat(CommandLineRun.of("init", "list", "--ca", folder.resolve("ca"))
                        .out())
                .contains("number 1", "to be renewed by");
        assertThat(CommandLineRun.of("init", "list", "--ca", folder.resolve("ca"))
                        .out())
                .contains("number 2");
        site("FL-LAB");
        assertThat(home("FL-LAB").resolve("identity/ca.crl")).isRegularFile();
    }

    @Test
    void makesTheWholeScenario() {
        CommandLineRun run = CommandLineRun.of("init", "scenario", "--dir", folder.resolve("all"), "--port", "6001");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(folder.resolve("all/dc-hq/topology.yaml")).isRegularFile();
        for (String site : new String[] {"dc-hq", "ca-rc", "ny-rc", "sf-rc", "fl-lab", "pa-lab", "ma-lab", "il-lab"}) {
            Path home = folder.resolve("all").resolve(site);
            assertThat(home.resolve("application.properties")).content().contains("hq.port=6001");
            assertThat(home.resolve("identity/tls.key")).isRegularFile();
        }
    }

    private void ca() {
        assertThat(CommandLineRun.of("init", "ca", "--dir", folder.resolve("ca"))
                        .exitCode())
                .isZero();
    }

    private CommandLineRun site(String site, String... more) {
        List<Object> arguments =
                new ArrayList<>(List.of("init", "site", site, "--ca", folder.resolve("ca"), "--home", home(site)));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray());
    }

    private Path home(String site) {
        return folder.resolve(site);
    }
}
