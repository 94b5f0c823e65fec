package io.saddlebag.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.SiteId;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Security;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteIdentityTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    @TempDir
    Path folder;

    private TestNetwork network;
    private Path identity;

    @BeforeEach
    void network() {
        network = TestNetwork.create(folder);
        identity = network.identityFolder(LAB);
    }

    @Test
    void readsWhatTheAuthorityIssued() throws IOException {
        SiteIdentity loaded = SiteIdentity.load(identity);
        assertThat(loaded.site()).isEqualTo(LAB);
        assertThat(loaded.signingFingerprint())
                .isEqualTo(Fingerprints.of(loaded.signingCertificate().getPublicKey()));
        assertThat(loaded).hasToString("identity of FL-LAB");
    }

    @Test
    void readsEncryptedKeysWithTheirPassphraseOnly() throws Exception {
        Path encrypted = folder.resolve("encrypted/identity");
        network.authority().issue(LAB, Role.LAB, List.of(), encrypted, "open sesame".toCharArray());
        assertThat(Files.readString(encrypted.resolve("tls.key"))).contains("BEGIN ENCRYPTED PRIVATE KEY");
        assertThat(SiteIdentity.load(encrypted, "open sesame"::toCharArray).site())
                .isEqualTo(LAB);
        assertThatThrownBy(() -> SiteIdentity.load(encrypted, "wrong"::toCharArray))
                .hasMessageContaining("tls.key")
                .hasMessageContaining("passphrase");
        assertThatThrownBy(() -> SiteIdentity.load(encrypted)).hasMessageContaining("no passphrase was found");
    }

    @Test
    void refusesToStartOnAListThatWasNotRenewedForLongAndAsksForAnotherListAlone() throws IOException {
        network.authority().renewList();
        Files.copy(network.authorityFolder().resolve("ca.crl"), identity.resolve("ca.crl"));
        SiteIdentity.load(identity, () -> null, Clock.offset(Clock.systemUTC(), Duration.ofDays(394)));

        assertThatThrownBy(() ->
                        SiteIdentity.load(identity, () -> null, Clock.offset(Clock.systemUTC(), Duration.ofDays(396))))
                .hasMessageContaining("Copy the newest ca.crl from the CA")
                .hasMessageNotContaining("issue the site's identity again");
    }

    @Test
    void refusesAKeyThatOthersMayRead() throws IOException {
        Files.setPosixFilePermissions(identity.resolve("signing.key"), PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> SiteIdentity.load(identity))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("chmod 0600");
    }

    @Test
    void refusesAFolderThatOthersMayEnter() throws IOException {
        Files.setPosixFilePermissions(identity, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThatThrownBy(() -> SiteIdentity.load(identity)).hasMessageContaining("chmod 0700");
    }

    @Test
    void namesTheFileThatIsMissing() throws IOException {
        Files.delete(identity.resolve("signing.crt"));
        assertThatThrownBy(() -> SiteIdentity.load(identity))
                .hasMessageContaining("signing.crt")
                .hasMessageContaining("saddlebag init site");
    }

    @Test
    void refusesAKeyOfAnotherCertificate() throws IOException {
        Path other = network.identityFolder(SiteId.of("PA-LAB"));
        Files.copy(other.resolve("tls.key"), identity.resolve("tls.key"), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> SiteIdentity.load(identity)).hasMessageContaining("found another");
    }

    @Test
    void refusesCertificatesOfTwoSites() throws IOException {
        Path other = network.identityFolder(SiteId.of("PA-LAB"));
        Files.copy(other.resolve("tls.crt"), identity.resolve("tls.crt"), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> SiteIdentity.load(identity))
                .hasMessageContaining("PA-LAB")
                .hasMessageContaining("FL-LAB");
    }

    @Test
    void refusesAnIdentityThatHasEnded() {
        Clock late = Clock.offset(Clock.systemUTC(), Duration.ofDays(900));
        assertThatThrownBy(() -> SiteIdentity.load(identity, () -> null, late))
                .hasMessageContaining("tls.crt")
                .hasMessageContaining("valid from");
    }

    @Test
    void readsKeysThatTheJdksTlsPresentsThoughBouncyCastleIsRegistered() throws IOException {
        Security.addProvider(new BouncyCastleProvider());

        assertThat(SiteIdentity.load(identity).tlsKey().getAlgorithm()).isEqualTo("EC");
    }

    @Test
    void refusesAKeyThatIsNoKey() throws IOException {
        Files.writeString(identity.resolve("tls.key"), "nothing of use\n");
        assertThatThrownBy(() -> SiteIdentity.load(identity))
                .hasMessageContaining("tls.key")
                .hasMessageContaining("PKCS#8");
    }
}
