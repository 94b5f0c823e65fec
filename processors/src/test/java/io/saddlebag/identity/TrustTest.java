package io.saddlebag.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.clock.RunningTime;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.RunningTimes;
import io.saddlebag.testing.SettableClock;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId CENTRE = SiteId.of("CA-RC");

    @TempDir
    Path folder;

    private TestNetwork network;
    private Trust trust;

    @BeforeEach
    void network() throws IOException {
        network = TestNetwork.create(folder.resolve("ours"));
        trust = Trust.load(network.identityFolder(CENTRE), Clock.systemUTC());
    }

    private static Clock at(Instant instant) {
        return Clock.fixed(instant, ZoneOffset.UTC);
    }

    @Test
    void namesTheSiteOfASignerAndOfAPeer() {
        assertThat(trust.verifySigner(network.identity(LAB).signingCertificate()))
                .isEqualTo(LAB);
        assertThat(trust.verifyPeer(network.identity(LAB).tlsCertificate(), Purpose.CLIENT))
                .isEqualTo(LAB);
        assertThat(trust.verifyPeer(network.identity(TestNetwork.HQ).tlsCertificate(), Purpose.SERVER))
                .isEqualTo(TestNetwork.HQ);
    }

    @Test
    void networkIdIsTheAuthoritysFingerprint() throws IOException {
        X509Certificate authority =
                PemFiles.readCertificate(network.authorityFolder().resolve("ca.crt"));
        assertThat(trust.networkId()).isEqualTo(Fingerprints.of(authority));
    }

    @Test
    void refusesAnotherAuthoritysCertificateWithBothFingerprints() {
        X509Certificate foreign =
                TestNetwork.create(folder.resolve("theirs")).identity(LAB).signingCertificate();
        assertThatThrownBy(() -> trust.verifySigner(foreign))
                .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(Refusal.Code.BAD_SIGNATURE))
                .hasMessageContaining(Fingerprints.of(foreign).brief())
                .hasMessageContaining(trust.networkId().brief());
    }

    @Test
    void refusesAClientThatPosesAsServer() {
        X509Certificate lab = network.identity(LAB).tlsCertificate();
        assertThatThrownBy(() -> trust.verifyPeer(lab, Purpose.SERVER)).hasMessageContaining("serverAuth");
    }

    @Test
    void refusesASigningCertificateOnTls() {
        X509Certificate signing = network.identity(LAB).signingCertificate();
        assertThatThrownBy(() -> trust.verifyPeer(signing, Purpose.CLIENT)).hasMessageContaining("clientAuth");
    }

    @Test
    void refusesATlsCertificateOnASignature() {
        X509Certificate tls = network.identity(LAB).tlsCertificate();
        assertThatThrownBy(() -> trust.verifySigner(tls)).hasMessageContaining("Ed25519");
    }

    @Test
    void refusesTheAuthorityItselfAsASite() throws IOException {
        X509Certificate authority =
                PemFiles.readCertificate(network.authorityFolder().resolve("ca.crt"));
        assertThatThrownBy(() -> trust.verifySigner(authority)).isInstanceOf(Refusal.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "urn:saddlebag:site:FL-LAB urn:saddlebag:site:CA-RC",
                "urn:saddlebag:site:FL-LAB urn:saddlebag:site:FL-LAB",
                "urn:saddlebag:site:*",
                "urn:saddlebag:site:fl-lab",
                "urn:saddlebag:site:FL-LAB%00",
                "urn:saddlebag:site:FL-LAB/../CA-RC",
                "https://FL-LAB",
                "urn:saddlebag:role:lab"
            })
    void refusesACertificateThatDoesNotNameOneSite(String names) throws Exception {
        assertThat(trust.verifyPeer(certificate("urn:saddlebag:site:FL-LAB"), Purpose.CLIENT))
                .isEqualTo(LAB);
        X509Certificate other = certificate(names.split(" "));
        assertThatThrownBy(() -> trust.verifyPeer(other, Purpose.CLIENT)).isInstanceOf(Refusal.class);
    }

    /** For the laboratory's TLS key, by the network's CA. */
    private X509Certificate certificate(String... names) throws Exception {
        Path authority = network.authorityFolder();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                PemFiles.readCertificate(authority.resolve("ca.crt")),
                BigInteger.TEN,
                Date.from(Instant.now().minusSeconds(60)),
                Date.from(Instant.now().plusSeconds(600)),
                new X500Principal("CN=FL-LAB"),
                network.identity(LAB).tlsCertificate().getPublicKey());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(Stream.of(names)
                        .map(name -> new GeneralName(GeneralName.uniformResourceIdentifier, name))
                        .toArray(GeneralName[]::new)));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA")
                        .build(PemFiles.readKey(authority.resolve("ca.key"), () -> null))));
    }

    @Test
    void refusesBeforeAndAfterTheCertificatesDates() throws IOException {
        X509Certificate lab = network.identity(LAB).signingCertificate();
        Path identity = network.identityFolder(CENTRE);
        Trust late = Trust.load(identity, at(lab.getNotAfter().toInstant().plusSeconds(1)));
        Trust early = Trust.load(identity, at(lab.getNotBefore().toInstant().minusSeconds(1)));
        assertThatThrownBy(() -> late.verifySigner(lab)).hasMessageContaining("valid from");
        assertThatThrownBy(() -> early.verifySigner(lab)).hasMessageContaining("valid from");
    }

    @Test
    void refusesForADateOnlyForNowWhileTheClockHasJustStepped() throws IOException {
        X509Certificate lab = network.identity(LAB).signingCertificate();
        SettableClock wall = new SettableClock(Clock.systemUTC());
        SettableClock steady = SettableClock.still(Instant.EPOCH);
        Trust stepping =
                Trust.load(network.identityFolder(CENTRE), new RunningTime(wall, steady), Revocations.Rules.READING);
        assertThat(stepping.verifySigner(lab)).isEqualTo(LAB);

        wall.advance(Duration.ofDays(1000));
        assertThatThrownBy(() -> stepping.verifySigner(lab))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.CLOCK_DOUBTFUL));
        wall.advance(RunningTime.DOUBT.plusMinutes(1));
        steady.advance(RunningTime.DOUBT.plusMinutes(1));
        assertThatThrownBy(() -> stepping.verifySigner(lab))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_SIGNATURE));
    }

    @Test
    void refusesEverythingOnceTheAuthorityHasEnded() throws IOException {
        X509Certificate lab = network.identity(LAB).signingCertificate();
        Trust late = Trust.load(network.identityFolder(CENTRE), at(Instant.now().plus(Duration.ofDays(3651))));
        assertThatThrownBy(() -> late.verifySigner(lab)).hasMessageContaining("the network's CA was valid to");
    }

    @Test
    void takesUpARevocationWithoutARestart() throws Exception {
        SettableClock clock = SettableClock.still(Instant.now());
        Path identity = network.identityFolder(CENTRE);
        Trust running = Trust.load(identity, clock);
        X509Certificate lab = network.identity(LAB).signingCertificate();
        assertThat(running.verifySigner(lab)).isEqualTo(LAB);
        network.authority().revoke(LAB);
        copyList(identity);
        clock.advance(Duration.ofSeconds(Revocations.LOOK_SECONDS));
        assertThatThrownBy(() -> running.verifySigner(lab)).hasMessageContaining("revoked");
        assertThat(running.verifySigner(network.identity(CENTRE).signingCertificate()))
                .isEqualTo(CENTRE);
    }

    @Test
    void keepsARevocationWhenTheListVanishesOrIsForged() throws Exception {
        SettableClock clock = SettableClock.still(Instant.now());
        Path identity = network.identityFolder(CENTRE);
        X509Certificate lab = network.identity(LAB).signingCertificate();
        network.authority().revoke(LAB);
        copyList(identity);
        Trust running = Trust.load(identity, clock);
        Files.delete(identity.resolve("ca.crl"));
        clock.advance(Duration.ofMinutes(1));
        assertThatThrownBy(() -> running.verifySigner(lab)).hasMessageContaining("revoked");

        TestNetwork other = TestNetwork.create(folder.resolve("theirs"));
        other.identity(LAB);
        other.authority().revoke(LAB);
        Files.copy(other.authorityFolder().resolve("ca.crl"), identity.resolve("ca.crl"));
        clock.advance(Duration.ofMinutes(1));
        assertThatThrownBy(() -> running.verifySigner(lab)).hasMessageContaining("revoked");
    }

    @Test
    void saysOnceThatAListIsBrokenUntilItIsRightAgain() throws Exception {
        SettableClock clock = SettableClock.still(Instant.now());
        Path identity = network.identityFolder(CENTRE);
        X509Certificate lab = network.identity(LAB).signingCertificate();
        network.identity("PA-LAB");
        network.authority().revoke(SiteId.of("PA-LAB"));
        Trust running = Trust.load(identity, clock);
        try (LoggedLines lines = LoggedLines.of(Revocations.class)) {
            for (int times = 1; times <= 2; times++) {
                for (int looks = 0; looks < 20; looks++) {
                    Files.writeString(identity.resolve("ca.crl"), "broken " + looks);
                    clock.advance(Duration.ofSeconds(10));
                    running.verifySigner(lab);
                }
                assertThat(lines.from(Level.ERROR)).hasSize(times).allMatch(line -> line.contains("ca.crl"));
                copyList(identity);
                clock.advance(Duration.ofSeconds(10));
                running.verifySigner(lab);
            }
        }
    }

    private static final Revocations.Rules RUNNING =
            new Revocations.Rules(true, false, Duration.ofDays(14), Duration.ofDays(30));

    private Trust running(Path identity, SettableClock clock, Revocations.Rules rules) throws IOException {
        return Trust.load(identity, RunningTimes.sinceEver(clock), rules);
    }

    /** Headquarters, an operator or a restored back-up puts an older list there, under which the thief's key counts. */
    @Test
    void takesNoOlderListThanItHasSeenAfterARestartToo() throws Exception {
        SettableClock clock = SettableClock.still(Instant.now());
        Path identity = network.identityFolder(CENTRE);
        X509Certificate lab = network.identity(LAB).signingCertificate();
        network.identity("PA-LAB");
        network.authority().revoke(SiteId.of("PA-LAB"));
        copyList(identity);
        byte[] older = Files.readAllBytes(identity.resolve("ca.crl"));
        network.authority().revoke(LAB);
        copyList(identity);
        running(identity, clock, RUNNING);

        Files.write(identity.resolve("ca.crl"), older);
        try (LoggedLines lines = LoggedLines.of(Revocations.class)) {
            for (Trust restarted : List.of(running(identity, clock, RUNNING), running(identity, clock, RUNNING))) {
                assertThatThrownBy(() -> restarted.verifySigner(lab)).hasMessageContaining("revoked");
                clock.advance(Duration.ofMinutes(1));
                assertThatThrownBy(() -> restarted.verifySigner(lab)).hasMessageContaining("revoked");
            }
            assertThat(lines.from(Level.ERROR))
                    .hasSize(2)
                    .allMatch(line -> line.contains("expected a list not older than number 2"));
        }
        Files.delete(identity.resolve("ca.crl"));
        Trust without = running(identity, clock, RUNNING);
        assertThatThrownBy(() -> without.verifySigner(lab)).hasMessageContaining("revoked");
    }

    @Test
    void takesANewerListFromHeadquartersAndKeepsItThoughTheFileIsOlder() throws Exception {
        SettableClock clock = SettableClock.still(Instant.now());
        Path identity = network.identityFolder(CENTRE);
        X509Certificate lab = network.identity(LAB).signingCertificate();
        network.authority().renewList();
        copyList(identity);
        byte[] older = Files.readAllBytes(identity.resolve("ca.crl"));
        Trust running = running(identity, clock, RUNNING);
        network.authority().revoke(LAB);
        byte[] newer = Files.readAllBytes(network.authorityFolder().resolve("ca.crl"));

        running.takeRevocationList(newer, false);

        assertThatThrownBy(() -> running.verifySigner(lab)).hasMessageContaining("revoked");
        assertThat(identity.resolve("ca.crl")).hasBinaryContent(newer);
        TestNetwork other = TestNetwork.create(folder.resolve("theirs"));
        other.authority().renewList();
        byte[] foreign = Files.readAllBytes(other.authorityFolder().resolve("ca.crl"));
        try (LoggedLines lines = LoggedLines.of(Revocations.class)) {
            for (byte[] bad : List.of(older, foreign, new byte[0], new byte[2_000_000])) {
                running.takeRevocationList(bad, false);
                running.takeRevocationList(newer, false);
            }
            assertThat(lines.from(Level.ERROR)).hasSize(3).allMatch(line -> line.contains("headquarters: expected a"));
        }
        try (LoggedLines lines = LoggedLines.of(Revocations.class)) {
            running.takeRevocationList(older, true);
            assertThat(lines.from(Level.WARN)).as("of a node that lags").isEmpty();
            assertThatThrownBy(() -> running.verifySigner(lab)).hasMessageContaining("revoked");
        }
        clock.advance(Duration.ofMinutes(1));
        assertThatThrownBy(() -> running.verifySigner(lab)).hasMessageContaining("revoked");
        assertThat(identity.resolve("ca.crl")).hasBinaryContent(newer);
    }

    /** The same number and date, as from a CA whose folder was restored from a back-up, does not make a later list. */
    @Test
    void takesNoOtherListThatIsNotLater() throws Exception {
        Path identity = network.identityFolder(CENTRE);
        X509Certificate lab = network.identity(LAB).signingCertificate();
        network.identity("PA-LAB");
        Clock still = Clock.fixed(Instant.now(), ZoneOffset.UTC);
        Path ca = network.authorityFolder();
        CertificateAuthority.load(ca, () -> null, new SecureRandom(), still).revoke(SiteId.of("PA-LAB"));
        byte[] without = Files.readAllBytes(ca.resolve("ca.crl"));
        Files.delete(ca.resolve("ca.crl"));
        CertificateAuthority.load(ca, () -> null, new SecureRandom(), still).revoke(LAB);
        copyList(identity);
        Trust running = running(identity, SettableClock.still(Instant.now()), RUNNING);

        running.takeRevocationList(without, false);

        assertThatThrownBy(() -> running.verifySigner(lab)).hasMessageContaining("revoked");
    }

    @Test
    void startsWithoutAListUnlessOneIsRequired() throws Exception {
        SettableClock clock = SettableClock.still(Instant.now());
        Path identity = network.identityFolder(CENTRE);
        Revocations.Rules required = new Revocations.Rules(true, true, Duration.ofDays(14), Duration.ofDays(30));
        running(identity, clock, RUNNING);
        assertThatThrownBy(() -> running(identity, clock, required)).hasMessageContaining("revocation.required=true");

        network.identity("PA-LAB");
        network.authority().revoke(SiteId.of("PA-LAB"));
        copyList(identity);
        running(identity, clock, required);
    }

    @Test
    void saysDailyThatAListEndsAndTrustsNobodyLongAfterThat() throws Exception {
        SettableClock clock = SettableClock.still(Instant.now());
        Path identity = network.identityFolder(CENTRE);
        X509Certificate lab = network.identity(LAB).signingCertificate();
        network.identity("PA-LAB");
        network.authority().revoke(SiteId.of("PA-LAB"));
        copyList(identity);
        Trust running = running(identity, clock, RUNNING);
        try (LoggedLines lines = LoggedLines.of(Revocations.class)) {
            clock.advance(Duration.ofDays(350));
            running.verifySigner(lab);
            assertThat(lines.from(Level.WARN)).isEmpty();
            clock.advance(Duration.ofDays(2));
            running.verifySigner(lab);
            clock.advance(Duration.ofHours(23));
            running.verifySigner(lab);
            assertThat(lines.from(Level.WARN)).hasSize(1);
            clock.advance(Duration.ofHours(1));
            running.verifySigner(lab);
            assertThat(lines.from(Level.WARN)).hasSize(2).allMatch(line -> line.contains("is to be renewed by"));
        }
        clock.advance(Duration.ofDays(43));

        assertThatThrownBy(() -> running.verifySigner(lab))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.LIST_STALE))
                .hasMessageContaining("revocation.stale-after");
    }

    @Test
    void refusesToStartOnAForeignRevocationList() throws IOException {
        TestNetwork other = TestNetwork.create(folder.resolve("theirs"));
        other.identity(LAB);
        other.authority().revoke(LAB);
        Path identity = network.identityFolder(CENTRE);
        Files.copy(other.authorityFolder().resolve("ca.crl"), identity.resolve("ca.crl"));
        assertThatThrownBy(() -> Trust.load(identity, Clock.systemUTC()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ca.crl")
                .hasMessageContaining(trust.networkId().brief());
    }

    @Test
    void refusesASitesCertificateAsAuthority() throws IOException {
        Path identity = network.identityFolder(CENTRE);
        Files.copy(identity.resolve("tls.crt"), identity.resolve("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> Trust.load(identity, Clock.systemUTC())).hasMessageContaining("not a CA");
    }

    private void copyList(Path identity) throws IOException {
        Files.copy(
                network.authorityFolder().resolve("ca.crl"),
                identity.resolve("ca.crl"),
                StandardCopyOption.REPLACE_EXISTING);
    }
}
