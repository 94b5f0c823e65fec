package io.saddlebag.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnrolmentTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    @TempDir
    Path folder;

    private CertificateAuthority authority;
    private Path identity;
    private Path request;

    @BeforeEach
    void begin() throws IOException {
        authority = CertificateAuthority.create(folder.resolve("ca"), "Test");
        identity = folder.resolve("identity");
        request = identity.resolve(Enrolment.REQUEST);
        Enrolment.begin(identity, LAB, null, new SecureRandom());
    }

    private Path answer(CertificateAuthority by, Path to) throws IOException {
        return Files.write(folder.resolve("answer.pem"), by.sign(Enrolment.read(to), LAB, Role.LAB, List.of()));
    }

    @Test
    void givesASiteAnIdentityWhoseKeysTheAuthorityNeverSaw() throws IOException {
        SiteIdentity accepted = Enrolment.accept(identity, answer(authority, request), () -> null);

        assertThat(accepted.site()).isEqualTo(LAB);
        assertThat(accepted.role()).isEqualTo(Role.LAB);
        assertThat(Files.readString(request)).doesNotContain("PRIVATE");
        assertThat(Files.readString(folder.resolve("answer.pem"))).doesNotContain("PRIVATE");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(identity.resolve("signing.key"))))
                .isEqualTo("rw-------");
        assertThat(Files.readAllLines(folder.resolve("ca/issued.csv"))).hasSize(3);
    }

    @Test
    void encryptsTheKeysAndBringsTheRevocationListAlong() throws IOException {
        authority.issue(SiteId.of("PA-LAB"), Role.LAB, List.of(), folder.resolve("stolen"));
        authority.revoke(SiteId.of("PA-LAB"));
        char[] passphrase = "six random words".toCharArray();
        Path other = folder.resolve("other");
        Enrolment.begin(other, LAB, passphrase, new SecureRandom());

        Enrolment.accept(other, answer(authority, other.resolve(Enrolment.REQUEST)), () -> passphrase);

        assertThat(Files.readString(other.resolve("tls.key"))).contains("BEGIN ENCRYPTED PRIVATE KEY");
        assertThat(other.resolve("ca.crl")).hasSameBinaryContentAs(folder.resolve("ca/ca.crl"));
    }

    @Test
    void namesTheSameFingerprintAtTheSiteAndAtTheAuthority() throws IOException {
        Path copy = Files.copy(request, folder.resolve("carried.pem"));
        Path other = folder.resolve("other");

        assertThat(Enrolment.read(copy)).isEqualTo(Enrolment.read(request));
        assertThat(Enrolment.begin(other, LAB, null, new SecureRandom()).fingerprint())
                .isNotEqualTo(Enrolment.read(request).fingerprint());
    }

    @Test
    void refusesAnAnswerForOtherKeys() throws IOException {
        Path other = folder.resolve("other");
        Enrolment.begin(other, LAB, null, new SecureRandom());
        Path foreign = answer(authority, other.resolve(Enrolment.REQUEST));

        assertThatThrownBy(() -> Enrolment.accept(identity, foreign, () -> null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("of other keys");
        assertThat(identity.resolve("tls.crt")).doesNotExist();
    }

    @Test
    void leavesNothingOfAnAnswerThatIsNotOfOneAuthority() throws IOException {
        Path answer = answer(authority, request);
        CertificateAuthority.create(folder.resolve("another"), "Another");
        String mixed = Files.readString(folder.resolve("another/ca.crt"))
                + Files.readString(answer)
                        .substring(Files.readString(folder.resolve("ca/ca.crt")).length());
        Files.writeString(answer, mixed);

        assertThatThrownBy(() -> Enrolment.accept(identity, answer, () -> null)).isInstanceOf(IOException.class);

        assertThat(identity.resolve("ca.crt")).doesNotExist();
        assertThat(identity.resolve("tls.crt")).doesNotExist();
        assertThat(Enrolment.accept(identity, answer(authority, request), () -> null)
                        .site())
                .isEqualTo(LAB);
    }

    @Test
    void refusesARequestOfAnotherSiteOrOneThatWasAltered() throws IOException {
        Enrolment.Request read = Enrolment.read(request);
        assertThatThrownBy(() -> authority.sign(read, SiteId.of("PA-LAB"), Role.LAB, List.of()))
                .hasMessageContaining("Expected a request of PA-LAB, found one of FL-LAB");
        assertThat(Files.readAllLines(folder.resolve("ca/issued.csv"))).hasSize(1);

        Path other = folder.resolve("other");
        Enrolment.begin(other, SiteId.of("PA-LAB"), null, new SecureRandom());
        String first = Files.readString(request);
        String second = Files.readString(other.resolve(Enrolment.REQUEST));
        int middle = first.indexOf("-----BEGIN", 1);
        Files.writeString(request, first.substring(0, middle) + second.substring(second.indexOf("-----BEGIN", 1)));
        assertThatThrownBy(() -> Enrolment.read(request)).hasMessageContaining("two sites");

        Files.writeString(request, first.substring(0, middle));
        assertThatThrownBy(() -> Enrolment.read(request)).hasMessageContaining("two certificate requests, found 1");
        Files.writeString(request, "nothing");
        assertThatThrownBy(() -> Enrolment.read(request)).hasMessageContaining("found 0");
    }

    @Test
    void neverOverwritesAKey() {
        assertThatThrownBy(() -> Enrolment.begin(identity, LAB, null, new SecureRandom()))
                .isInstanceOf(FileAlreadyExistsException.class);
    }
}
