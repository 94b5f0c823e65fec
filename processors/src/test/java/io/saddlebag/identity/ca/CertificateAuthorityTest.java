package io.saddlebag.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.identity.Fingerprints;
import io.saddlebag.identity.PemFiles;
import io.saddlebag.identity.Revocations;
import io.saddlebag.identity.Role;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {
    private static final SiteId HQ = SiteId.of("DC-HQ");

    @TempDir
    Path folder;

    @Test
    void writesAPrivateKeyThatOnlyTheOwnerMayRead() throws IOException {
        CertificateAuthority.create(folder.resolve("ca"), "Network of labs, test");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("ca/ca.key"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("ca"))))
                .isEqualTo("rwx------");
        assertThat(PemFiles.readCertificate(folder.resolve("ca/ca.crt"))
                        .getSubjectX500Principal()
                        .getName())
                .isEqualTo("CN=Network of labs\\, test");
    }

    @Test
    void neverOverwritesAnAuthorityOrAnIdentity() throws IOException {
        CertificateAuthority authority = CertificateAuthority.create(folder.resolve("ca"), "Test");
        assertThatThrownBy(() -> CertificateAuthority.create(folder.resolve("ca"), "Test"))
                .isInstanceOf(FileAlreadyExistsException.class);
        authority.issue(HQ, Role.HQ, List.of(), folder.resolve("identity"));
        assertThatThrownBy(() -> authority.issue(HQ, Role.HQ, List.of(), folder.resolve("identity")))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void issuesAgainAfterItWasLoaded() throws IOException {
        CertificateAuthority.create(folder.resolve("ca"), "Test");
        CertificateAuthority.load(folder.resolve("ca"))
                .issue(HQ, Role.HQ, List.of("hq.example.org", "10.0.0.7"), folder.resolve("identity"));
        X509Certificate tls = PemFiles.readCertificate(folder.resolve("identity/tls.crt"));
        assertThat(tls.getSerialNumber().signum()).isPositive();
        assertThat(tls.toString()).contains("hq.example.org", "10.0.0.7", "127.0.0.1", "localhost");
        assertThat(Files.readAllLines(folder.resolve("ca/issued.csv")))
                .hasSize(3)
                .element(1)
                .asString()
                .contains(",DC-HQ,HQ,tls,", Fingerprints.of(tls).hex());
    }

    @Test
    void revokesEverythingOfASiteOnce() throws IOException {
        CertificateAuthority authority = CertificateAuthority.create(folder.resolve("ca"), "Test");
        authority.issue(HQ, Role.HQ, List.of(), folder.resolve("identity"));
        assertThat(authority.revoke(HQ)).isEqualTo(2);
        assertThat(authority.revoke(HQ)).isZero();
        X509Certificate ca = PemFiles.readCertificate(folder.resolve("ca/ca.crt"));
        assertThat(Revocations.parse(folder.resolve("ca/ca.crl"), ca).getRevokedCertificates())
                .hasSize(2);
        assertThatThrownBy(() -> authority.revoke(SiteId.of("NY-RC"))).hasMessageContaining("NY-RC");
    }

    @Test
    void refusesAnAuthorityWhoseKeyOthersMayRead() throws IOException {
        CertificateAuthority.create(folder.resolve("ca"), "Test");
        Files.setPosixFilePermissions(folder.resolve("ca/ca.key"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> CertificateAuthority.load(folder.resolve("ca")))
                .hasMessageContaining("chmod 0600");
    }
}
