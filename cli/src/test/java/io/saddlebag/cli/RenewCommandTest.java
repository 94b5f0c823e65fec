package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.renewals.RenewalFolder;
import io.saddlebag.identity.RenewableIdentity;
import io.saddlebag.identity.Revocations;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.server.StompReplies;
import io.saddlebag.testing.RunningTimes;
import io.saddlebag.testing.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A renewal over TLS, between the command and a headquarters that has its folder of requests and nothing else. */
class RenewCommandTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    @TempDir
    private Path folder;

    private ScriptedServer server;
    private Path ca;
    private Path hq;
    private Path lab;
    private Path renewals;

    @BeforeEach
    void makeNetwork() throws Exception {
        ca = folder.resolve("ca");
        hq = folder.resolve("hq");
        lab = folder.resolve("lab");
        renewals = hq.resolve("renewals/FL-LAB");
        done("init", "ca", "--dir", ca);
        done("init", "site", "DC-HQ", "--ca", ca, "--home", hq);
        server = ScriptedServer.start(SiteIdentity.load(hq.resolve("identity")), this::answer);
        done("init", "site", "FL-LAB", "--ca", ca, "--home", lab, "--hq", "127.0.0.1:" + server.port());
    }

    @AfterEach
    void close() {
        server.close();
    }

    private StompFrame answer(StompConnection connection, StompFrame frame) throws IOException {
        RenewalFolder requests = new RenewalFolder(hq);
        if (frame.command() == StompCommand.SEND) {
            requests.put(connection.peer(), frame.body());
        } else if (frame.command() == StompCommand.SUBSCRIBE) {
            RenewalFolder.Found found = requests.find(connection.peer());
            connection.send(StompFrame.of(StompCommand.MESSAGE)
                    .header(Headers.SUBSCRIPTION, frame.header(Headers.ID))
                    .header(Headers.STATE, found.state().name().toLowerCase(Locale.ROOT))
                    .header(Headers.REQUEST_SHA256, found.request())
                    .body(found.body())
                    .build());
        }
        return frame.header(Headers.RECEIPT) == null ? null : StompReplies.receipt(frame);
    }

    private static CommandLineRun done(Object... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private static CommandLineRun failed(Object... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.out()).isEqualTo(1);
        return run;
    }

    private CommandLineRun renewEarly() {
        return done("renew", "--home", lab, "--before", "900d");
    }

    private Path request() {
        return renewals.resolve("request.json");
    }

    private SiteIdentity identity() throws IOException {
        return SiteIdentity.load(lab.resolve("identity"));
    }

    private static String fingerprint(CommandLineRun run) {
        return run.out().replaceAll("(?s).*fingerprint ([0-9a-f]{64}).*", "$1");
    }

    @Test
    void renewsInTimeByTheHandOfTheCasKeeper() throws Exception {
        SiteIdentity before = identity();
        RenewableIdentity running = SiteIdentity.load(
                lab.resolve("identity"),
                () -> null,
                RunningTimes.sinceEver(Clock.systemUTC()),
                Revocations.Rules.READING);
        assertThat(done("renew", "--home", lab).out()).contains("Nothing is due", "FL-LAB");
        assertThat(server.frames()).isEmpty();

        CommandLineRun requested = renewEarly();
        assertThat(requested.out()).contains("Requested new certificates");
        assertThat(done("renew", "--home", lab).out()).contains("waits at headquarters", fingerprint(requested));
        assertThat(identity().signingFingerprint()).isEqualTo(before.signingFingerprint());

        CommandLineRun signed =
                done("init", "sign", "FL-LAB", request(), "--ca", ca, "-o", renewals.resolve("answer.pem"));
        assertThat(signed.out()).contains("is signed by FL-LAB", fingerprint(requested));
        assertThat(done("renew", "--home", lab).out()).contains("Accepted", "FL-LAB");

        SiteIdentity after = identity();
        assertThat(after.epoch()).isGreaterThan(before.epoch());
        assertThat(after.tlsKey()).isNotEqualTo(before.tlsKey());
        running.look();
        assertThat(running.now().signingCertificate()).isEqualTo(after.signingCertificate());
        assertThat(lab.resolve("identity/renewal")).doesNotExist();
        assertThat(done("renew", "--home", lab).out()).contains("Nothing is due");
    }

    @Test
    void saysWhyTheKeeperRefusedAndAsksAnewWithOtherKeys() throws Exception {
        CommandLineRun first = renewEarly();
        Files.writeString(renewals.resolve("refused.txt"), "who is on the telephone?\u0007\n");

        assertThat(failed("renew", "--home", lab).out())
                .contains("Refused by the keeper of the CA: who is on the telephone?")
                .doesNotContain("\u0007");

        CommandLineRun second = renewEarly();
        assertThat(second.out()).contains("Requested");
        assertThat(fingerprint(second)).isNotEqualTo(fingerprint(first));
        assertThat(renewals.resolve("refused.txt")).doesNotExist();
    }

    @Test
    void takesNoCertificatesThatHeadquartersMade() throws Exception {
        renewEarly();
        byte[] before = Files.readAllBytes(lab.resolve("identity/signing.crt"));
        Path theirs = folder.resolve("theirs");
        done("init", "ca", "--dir", theirs);
        Path bare = lab.resolve("identity/renewal/request.pem");
        Path answer = renewals.resolve("answer.pem");
        done("init", "sign", "FL-LAB", bare, "--ca", theirs, "-o", answer);

        assertThat(failed("renew", "--home", lab).err()).contains("nothing was changed");
        assertThat(Files.readAllBytes(lab.resolve("identity/signing.crt"))).isEqualTo(before);

        Files.delete(answer);
        done("init", "sign", "FL-LAB", request(), "--ca", ca, "-o", answer);
        assertThat(done("renew", "--home", lab).out()).contains("Accepted");
    }

    @Test
    void theKeeperCertifiesNothingThatThePresentKeyHasNotAskedFor() throws Exception {
        renewEarly();
        Path answer = folder.resolve("answer.pem");
        Path bare = lab.resolve("identity/renewal/request.pem");
        assertThat(failed("init", "sign", "FL-LAB", bare, "--ca", ca, "-o", answer)
                        .err())
                .contains("without a signature", "--without-proof");

        // Headquarters has a certificate too, and asks in the laboratory's name.
        done("renew", "--home", hq, "--before", "900d");
        String own = Files.readString(hq.resolve("renewals/DC-HQ/request.json"));
        Path forged = Files.writeString(folder.resolve("forged.json"), own);
        assertThat(failed("init", "sign", "FL-LAB", forged, "--ca", ca, "-o", answer)
                        .err())
                .contains("Expected a request signed under the present certificate of FL-LAB");
        assertThat(answer).doesNotExist();

        Path kept = Files.copy(request(), folder.resolve("kept.json"));
        done("init", "sign", "FL-LAB", request(), "--ca", ca, "-o", answer);
        assertThat(failed("init", "sign", "FL-LAB", kept, "--ca", ca, "-o", folder.resolve("b"))
                        .err())
                .contains("signed under");
        done("init", "sign", "FL-LAB", bare, "--ca", ca, "-o", folder.resolve("c"), "--without-proof");
    }

    @Test
    void headquartersRenewsThroughItsOwnFolder() throws Exception {
        assertThat(done("renew", "--home", hq, "--before", "900d").out()).contains("Requested");
        Path own = hq.resolve("renewals/DC-HQ");
        done(
                "init",
                "sign",
                "DC-HQ",
                own.resolve("request.json"),
                "--ca",
                ca,
                "--host",
                "hq.example.org",
                "-o",
                own.resolve("answer.pem"));

        assertThat(done("renew", "--home", hq).out()).contains("Accepted", "DC-HQ");
    }

    @Test
    void encryptsTheNewKeysAsTheOldOnes() throws Exception {
        Path secret = Files.writeString(lab.resolve("identity/passphrase"), "six random words\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));

        renewEarly();
        assertThat(lab.resolve("identity/renewal/signing.key")).content().contains("ENCRYPTED");
        assertThat(LAB).isEqualTo(identity().site());
    }
}
