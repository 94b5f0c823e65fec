package io.saddlebag.identity;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.RunningTimes;
import io.saddlebag.testing.SettableClock;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenewableIdentityTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    @TempDir
    Path folder;

    private final SettableClock clock = SettableClock.still(Instant.now());
    private final AtomicInteger renewals = new AtomicInteger();
    private TestNetwork network;
    private Path files;
    private Path next;
    private RenewableIdentity identity;
    private SiteIdentity first;
    private LoggedLines log;

    @BeforeEach
    void load() throws IOException {
        network = TestNetwork.create(folder);
        files = network.identityFolder(LAB);
        identity = SiteIdentity.load(files, () -> null, RunningTimes.sinceEver(clock), Revocations.Rules.READING);
        identity.onRenewal(renewals::incrementAndGet);
        first = identity.now();
        next = folder.resolve("next");
        network.authority().issue(LAB, Role.LAB, List.of(), next);
        log = LoggedLines.of(RenewableIdentity.class);
    }

    @AfterEach
    void close() {
        log.close();
    }

    private void copy(Path from, String... names) throws IOException {
        for (String name : names) {
            Files.copy(
                    from.resolve(name),
                    files.resolve(name),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    @Test
    void takesRenewedCertificatesUpOnce() throws Exception {
        copy(next, "tls.crt", "tls.key", "signing.crt", "signing.key");
        identity.look();
        identity.look();

        assertThat(identity.now().signingCertificate())
                .isEqualTo(SiteIdentity.load(next).signingCertificate());
        assertThat(identity.now().epoch()).isGreaterThan(first.epoch());
        assertThat(identity.now().trust()).isSameAs(first.trust());
        assertThat(renewals).hasValue(1);
        assertThat(log.at(Level.INFO)).singleElement().asString().contains("FL-LAB", "took up new certificates");
    }

    @Test
    void takesNoHalfOfAPairAndWarnsWhenItStays() throws Exception {
        copy(next, "signing.crt");
        identity.look();
        assertThat(log.from(Level.WARN)).isEmpty();
        identity.look();
        identity.look();
        assertThat(log.from(Level.WARN)).singleElement().asString().contains("signing.key", "stay in force");
        assertThat(identity.now()).isSameAs(first);

        copy(next, "signing.key");
        identity.look();
        assertThat(identity.now().signingFingerprint()).isNotEqualTo(first.signingFingerprint());
        assertThat(identity.now().tlsCertificate()).isEqualTo(first.tlsCertificate());
    }

    @Test
    void judgesTheSameFilesAgainAfterAMinute() throws Exception {
        Path early = folder.resolve("early");
        CertificateAuthority.load(
                        network.authorityFolder(),
                        () -> null,
                        new SecureRandom(),
                        Clock.offset(clock, Duration.ofHours(1)))
                .issue(LAB, Role.LAB, List.of(), early);
        copy(early, "tls.crt", "tls.key", "signing.crt", "signing.key");
        identity.look();
        identity.look();
        assertThat(log.from(Level.WARN)).singleElement().asString().contains("valid from");

        clock.advance(Duration.ofHours(1));
        identity.look();
        assertThat(renewals).hasValue(1);
    }

    @Test
    void keepsItsIdentityWhenTheFilesAreAnothersOrOlder() throws Exception {
        copy(network.identityFolder(SiteId.of("PA-LAB")), "tls.crt", "tls.key", "signing.crt", "signing.key");
        identity.look();
        identity.look();
        copy(next, "tls.crt", "tls.key", "signing.crt", "signing.key");
        Path older = folder.resolve("older");
        Files.createDirectory(older);
        for (String name : List.of("tls.crt", "tls.key", "signing.crt", "signing.key")) {
            Files.copy(files.resolve(name), older.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Path newest = folder.resolve("newest");
        network.authority().issue(LAB, Role.LAB, List.of(), newest);
        copy(newest, "tls.crt", "tls.key", "signing.crt", "signing.key");
        identity.look();
        SiteIdentity taken = identity.now();
        copy(older, "signing.crt", "signing.key");
        identity.look();
        identity.look();

        assertThat(identity.now()).isSameAs(taken);
        assertThat(log.from(Level.WARN)).hasSize(2);
        assertThat(log.from(Level.WARN).get(0)).contains("PA-LAB");
        assertThat(log.from(Level.WARN).get(1)).contains("newest identity");
    }

    @Test
    void saysEachDayThatACertificateEndsSoon() throws Exception {
        try (LoggedLines lines = LoggedLines.of(SiteIdentity.class)) {
            clock.advance(Duration.between(
                            clock.instant(),
                            first.tlsCertificate().getNotAfter().toInstant())
                    .minusDays(9));
            identity.look();
            identity.look();
            clock.advance(Duration.ofDays(1));
            identity.look();

            assertThat(lines.at(Level.WARN)).hasSize(4).allMatch(line -> line.contains("ends on"));
        }
    }
}
