package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.AgeKeyFile;
import io.saddlebag.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysCommandTest {
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final SiteId LAB = SiteId.of("FL-LAB");

    @TempDir
    private Path folder;

    private final AgeIdentity first = AgeIdentity.generate();
    private TestNetwork network;
    private Path centre;
    private Path lab;
    private Path keyFile;

    @BeforeEach
    void makeHomes() throws Exception {
        network = TestNetwork.create(folder);
        network.identityFolder(LAB);
        centre = network.home(CENTRE);
        lab = network.home(LAB);
        keyFile = network.identityFolder(CENTRE).resolve("age.key");
        first.write(keyFile);
    }

    private static CommandLineRun done(Object... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    @Test
    void rotatesTheKeyOfACentreWithAGracePeriod() throws Exception {
        done("keys", "rotate", "--home", centre, "--grace", "12h");

        AgeKeyFile keys = AgeKeyFile.load(keyFile, () -> null);
        String next = keys.published().get(0).recipient();
        assertThat(keys.opening(Instant.now())).hasSize(2);
        assertThat(keys.opening(Instant.now().plus(Duration.ofHours(13)))).hasSize(1);
        assertThat(done("keys", "list", "--home", centre).out())
                .contains(next + "  sealed for", first.recipient() + "  opens until ");
    }

    @Test
    void encryptsTheKeysOfASiteThatHasAPassphrase() throws Exception {
        Path secret = Files.writeString(keyFile.resolveSibling("passphrase"), "six random words\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));

        done("keys", "rotate", "--home", centre);
        done("keys", "revoke", "--home", centre, first.recipient());

        assertThat(Files.readString(keyFile, StandardCharsets.ISO_8859_1)).startsWith("age-encryption.org/v1");
        Path revoked = keyFile.resolveSibling("age.key.revoked");
        assertThat(Files.readString(revoked, StandardCharsets.ISO_8859_1)).startsWith("age-encryption.org/v1");
        assertThat(done("keys", "list", "--home", centre).out()).contains("sealed for");
        Path sealed = folder.resolve("sealed");
        done("seal", "--to", first.recipient(), secret, "-o", sealed);
        Path opened = folder.resolve("opened");
        done("open", "--identity", revoked, "--passphrase-file", secret, sealed, "-o", opened);
        assertThat(opened).hasContent("six random words\n");

        Files.delete(secret);
        CommandLineRun refused = CommandLineRun.of("keys", "list", "--home", centre);
        assertThat(refused.exitCode()).isEqualTo(12);
        assertThat(refused.err()).contains("age.key: the key is encrypted, and no passphrase was found in ");
    }

    @Test
    void revokesAKeyAndKeepsItToOpenByHand() throws Exception {
        done("keys", "revoke", "--home", centre, first.recipient());

        assertThat(AgeKeyFile.load(keyFile, () -> null).published()).hasSize(1).doesNotContain(first);
        assertThat(AgeIdentity.load(keyFile.resolveSibling("age.key.revoked"))).containsExactly(first);
    }

    @Test
    void revokesALongKeyByTheBeginningThatAnErrorShows() throws Exception {
        AgeIdentity hybrid = AgeIdentity.generatePostQuantum();
        Files.delete(keyFile);
        hybrid.write(keyFile);

        CommandLineRun run = done("keys", "revoke", "--home", centre, hybrid.shown());

        assertThat(run.out()).contains(hybrid.shown()).doesNotContain(hybrid.recipient());
        assertThat(AgeKeyFile.load(keyFile, () -> null).published()).hasSize(1).doesNotContain(hybrid);
    }

    @Test
    void refusesAKeyThatTheCentreHasNotAndATimeThatIsNone() {
        CommandLineRun unknown = CommandLineRun.of(
                "keys", "revoke", "--home", centre, AgeIdentity.generate().recipient());
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err()).contains("not in this file");
        CommandLineRun noTime = CommandLineRun.of("keys", "rotate", "--home", centre, "--grace", "soon");
        assertThat(noTime.exitCode()).isEqualTo(2);
        assertThat(noTime.err()).contains("Expected --grace");
        assertThat(CommandLineRun.of("keys").exitCode()).isEqualTo(2);
    }

    private void pin(Instant until) throws Exception {
        SiteIdentity signer = network.identity(CENTRE);
        byte[] bundle = Json.write(new KeyBundle(
                signer.trust().networkId(),
                CENTRE,
                1,
                null,
                until.minusSeconds(60),
                List.of(new KeyBundle.Key("k1", first.recipient(), until.minusSeconds(60), until))));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(signer.signingKey());
        signature.update(Envelope.preAuthenticationEncoding(KeyBundle.TYPE, bundle));
        Files.createDirectories(lab.resolve("keys"));
        Files.write(
                lab.resolve("keys/CA-RC.json"),
                new Envelope(
                                KeyBundle.TYPE,
                                bundle,
                                signer.signingFingerprint(),
                                signature.sign(),
                                signer.signingCertificate().getEncoded())
                        .write());
    }

    @Test
    void listsAndShowsTheBundlesThatALaboratoryHasPinned() throws Exception {
        pin(Instant.now().plusSeconds(50));

        assertThat(done("keys", "list", "--home", lab).out()).contains("CA-RC  version 1", "key k1 until");
        assertThat(done("keys", "show", "--home", lab, "CA-RC").out())
                .contains("\"site_id\" : \"CA-RC\"", first.recipient());
    }

    @Test
    void exitsWith1WhenAPinnedBundleDoesNotCount() throws Exception {
        pin(Instant.now().minusSeconds(1));
        CommandLineRun ended = CommandLineRun.of("keys", "list", "--home", lab);
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.out()).contains("no key is current");

        Path envelope = lab.resolve("keys/CA-RC.json");
        Files.writeString(
                envelope, Files.readString(envelope).replaceFirst("\"payload\":\"....", "\"payload\":\"AAAA"));
        CommandLineRun forged = CommandLineRun.of("keys", "list", "--home", lab);
        assertThat(forged.exitCode()).isEqualTo(1);
        assertThat(CommandLineRun.of("keys", "show", "--home", lab, "CA-RC").exitCode())
                .isEqualTo(1);
        CommandLineRun none = CommandLineRun.of("keys", "show", "--home", lab, "SF-RC");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.err()).contains("SF-RC.json: expected a pinned key bundle");
    }
}
