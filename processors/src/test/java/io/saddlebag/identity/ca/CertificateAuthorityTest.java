package io.saddlebag.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.identity.Fingerprints;
import io.saddlebag.identity.PemFiles;
import io.saddlebag.identity.Revocations;
import io.saddlebag.identity.Role;
import io.saddlebag.identity.SiteNames;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.SettableClock;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
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
        CertificateAuthority.load(folder.resolve("ca"), () -> null)
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
    void namesTheRoleInTheSigningCertificateAlone() throws IOException {
        CertificateAuthority authority = CertificateAuthority.create(folder.resolve("ca"), "Test");
        for (Role role : Role.values()) {
            Path identity = folder.resolve(role.name());
            authority.issue(SiteId.of("A-" + role.name()), role, List.of(), identity);

            assertThat(SiteNames.roleIn(PemFiles.readCertificate(identity.resolve("signing.crt"))))
                    .hasValue(role);
            assertThat(SiteNames.roleIn(PemFiles.readCertificate(identity.resolve("tls.crt"))))
                    .isEmpty();
        }
    }

    private Instant signingStart(CertificateAuthority authority, String into) throws IOException {
        authority.issue(SiteId.of("CA-RC"), Role.CENTRE, List.of(), folder.resolve(into));
        return PemFiles.readCertificate(folder.resolve(into).resolve("signing.crt"))
                .getNotBefore()
                .toInstant();
    }

    @Test
    void letsEachSigningCertificateOfASiteBeginLaterThanTheOneBefore() throws IOException {
        SettableClock clock = SettableClock.still(Instant.parse("2026-03-01T10:00:00.5Z"));
        CertificateAuthority authority =
                CertificateAuthority.create(folder.resolve("ca"), "Test", null, new SecureRandom(), clock);
        Instant first = signingStart(authority, "1");
        assertThat(first).isEqualTo("2026-03-01T09:50:00Z");
        assertThat(signingStart(authority, "2")).isEqualTo(first.plusSeconds(1));

        clock.advance(Duration.ofMinutes(-9));
        CertificateAuthority loaded =
                CertificateAuthority.load(folder.resolve("ca"), () -> null, new SecureRandom(), clock);
        assertThat(signingStart(loaded, "3")).isEqualTo(first.plusSeconds(2));

        clock.advance(Duration.ofMinutes(-2));
        assertThatThrownBy(() -> signingStart(loaded, "4"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("issued.csv", "Correct the clock");
        assertThat(folder.resolve("4")).doesNotExist();
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
    void renewsTheListWithItsEntriesAndALaterDate() throws IOException {
        SettableClock clock = SettableClock.still(Instant.parse("2026-03-01T10:00:00Z"));
        CertificateAuthority authority =
                CertificateAuthority.create(folder.resolve("ca"), "Test", null, new SecureRandom(), clock);
        assertThat(authority.renewList().getRevokedCertificates()).isNull();
        authority.issue(HQ, Role.HQ, List.of(), folder.resolve("identity"));
        authority.revoke(HQ);
        clock.advance(Duration.ofDays(300));

        X509CRL renewed = authority.renewList();

        assertThat(Revocations.number(renewed)).isEqualTo(3);
        assertThat(renewed.getRevokedCertificates()).hasSize(2);
        assertThat(renewed.getNextUpdate().toInstant())
                .isEqualTo(clock.instant().plus(Duration.ofDays(365)));
        clock.advance(Duration.ofDays(-1));
        assertThatThrownBy(authority::renewList)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ca.crl", "Correct the clock");
    }

    @Test
    void opensAnEncryptedAuthorityByItsPassphraseAlone() throws IOException {
        CertificateAuthority.create(folder.resolve("ca"), "Test", "six random words".toCharArray());
        assertThat(Files.readString(folder.resolve("ca/ca.key"))).contains("BEGIN ENCRYPTED PRIVATE KEY");

        CertificateAuthority.load(folder.resolve("ca"), "six random words"::toCharArray)
                .issue(HQ, Role.HQ, List.of(), folder.resolve("identity"));
        assertThatThrownBy(() -> CertificateAuthority.load(folder.resolve("ca"), "wrong"::toCharArray))
                .hasMessageContaining("does not open this key");
        assertThatThrownBy(() -> CertificateAuthority.load(folder.resolve("ca"), () -> null))
                .hasMessageContaining("no passphrase was found");
    }

    @Test
    void refusesAnAuthorityWhoseKeyOthersMayRead() throws IOException {
        CertificateAuthority.create(folder.resolve("ca"), "Test");
        Files.setPosixFilePermissions(folder.resolve("ca/ca.key"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> CertificateAuthority.load(folder.resolve("ca"), () -> null))
                .hasMessageContaining("chmod 0600");
    }
}
