package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.lab.keys.KeySteps;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of recipients that are stolen, lost, renewed, lacking or held back, in a whole laboratory over TLS. */
class LabKeysTest {
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final Duration POLL = Duration.ofMillis(10);

    @TempDir
    Path folder;

    private TestNetwork network;
    private TestHeadquarters hq;
    private TestLab home;
    private LabApplication lab;

    @BeforeEach
    void makeSites() {
        network = TestNetwork.create(folder.resolve("network"));
        home = new TestLab(network, folder.resolve("fl-lab"));
        home.route("CA-RC");
        hq = new TestHeadquarters(network);
        hq.register("CA-RC", 1);
        hq.register("SF-RC", 1);
    }

    @AfterEach
    void close() {
        if (lab != null) {
            lab.close();
        }
        hq.close();
    }

    private void start(Map<String, String> settings) throws Exception {
        hq.listen();
        lab = home.start(hq.port(), settings);
        await().pollInterval(POLL).until(() -> home.files("keys").contains("CA-RC.mark.json"));
    }

    private static String name(int number) {
        return "FL-LAB_DAT_20251008_%03d.csv".formatted(number);
    }

    private void drop(int number) throws Exception {
        home.drop(name(number), new byte[] {(byte) number});
    }

    private void awaitSent(int number) {
        await().pollInterval(POLL).until(() -> home.sent().contains(name(number)));
    }

    private void awaitClaimed(int number) {
        String id = name(number).replace(".csv", "");
        await().pollInterval(POLL).until(() -> home.files("work").contains(id));
    }

    private String pinned() throws Exception {
        return Files.readString(home.home().resolve("keys/CA-RC.mark.json"));
    }

    /** The CA revokes all that the centre has; its list reaches the laboratory, and the centre gets a new identity. */
    private void revokeAndIssueAnew() throws Exception {
        network.authority().revoke(CENTRE);
        hq.pushRevocations(Files.readAllBytes(network.authorityFolder().resolve("ca.crl")));
        network.reissue(CENTRE);
    }

    @Test
    void sealsForARevokedCentreNoMoreUntilItSignsUnderANewCertificate() throws Exception {
        hq.register("CA-RC", 9_000);
        start(Map.of());
        drop(1);
        awaitSent(1);
        try (LoggedLines log = LoggedLines.of(KeySteps.class)) {
            revokeAndIssueAnew();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> log.at(Level.WARN).stream().anyMatch(line -> line.contains("was revoked")));
        }
        drop(2);
        awaitClaimed(2);
        assertThat(hq.confirmed()).hasSize(1);

        hq.register("CA-RC", 1);
        hq.pushKeys("CA-RC");

        awaitSent(2);
        assertThat(pinned()).contains("\"version\":1,");
    }

    @Test
    void isNotLockedOutByAThiefWhoSignsTheLastVersion() throws Exception {
        start(Map.of());
        String before = pinned();
        try (LoggedLines log = LoggedLines.of(KeySteps.class)) {
            hq.register("CA-RC", Long.MAX_VALUE);
            hq.pushKeys("CA-RC");
            await().until(() -> log.at(Level.WARN).stream().anyMatch(line -> line.contains("too-large")));
        }
        assertThat(pinned()).isEqualTo(before);

        hq.register("CA-RC", 3);
        hq.pushKeys("CA-RC");
        await().until(() -> pinned().contains("\"version\":3,"));
    }

    @Test
    void aRecipientWithoutAKeyHoldsUpOnlyItsOwnMessages() throws Exception {
        hq.close();
        hq = new TestHeadquarters(network);
        hq.register("CA-RC", 1);
        home.route("CA-RC", "FL-LAB_DAT_.*", """
                - templatedRoute:
                    routeTemplateRef: drop-folder
                    routeId: fl-lab-images
                    parameters:
                      - {name: directory, value: "drop/images"}
                      - {name: include, value: "FL-LAB_IMG_.*"}
                      - {name: recipients, value: "SF-RC"}
                """);
        start(Map.of("publish.window", "2"));
        Path images = Files.createDirectories(home.home().resolve("drop/images"));
        for (int i = 1; i <= 9; i++) {
            Files.write(images.resolve("FL-LAB_IMG_20251008_00" + i + ".bin"), new byte[] {1});
        }
        await().pollInterval(POLL).until(() -> home.files("work").size() == 9);

        for (int i = 1; i <= 5; i++) {
            drop(i);
            awaitSent(i);
        }
        await().pollInterval(POLL).until(() -> home.files("work").size() == 9);

        hq.register("SF-RC", 1);
        hq.pushKeys("SF-RC");
        await().pollInterval(POLL).until(() -> home.sent().contains("FL-LAB_IMG_20251008_009.bin"));
    }

    @Test
    void tellsThatABundleIsHeldBackAndSealsForItUnlessFreshOnesAreRequired() throws Exception {
        hq.registerIssued("CA-RC", Instant.now().minus(Duration.ofDays(8)));
        try (LoggedLines log = LoggedLines.of(KeySteps.class)) {
            start(Map.of());
            drop(1);
            awaitSent(1);
            await().atMost(Duration.ofSeconds(60)).until(() -> log.at(Level.WARN).stream()
                    .anyMatch(line -> line.contains("headquarters may hold a newer one back")));
        }
        lab.close();
        hq.close();

        start(Map.of("keys.freshness", "required"));
        drop(2);
        awaitClaimed(2);
        assertThat(hq.confirmed()).hasSize(1);
        hq.register("CA-RC", 3);
        hq.pushKeys("CA-RC");
        awaitSent(2);
    }

    @Test
    void takesRenewedCertificatesUpWhileItSendsAndSendsNothingTwice() throws Exception {
        start(Map.of());
        SiteIdentity renewed = network.reissue(TestLab.SITE);
        for (String file : List.of("signing.crt", "signing.key", "tls.key", "tls.crt")) {
            Files.copy(
                    network.identityFolder(TestLab.SITE).resolve(file),
                    home.home().identity().resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        AtomicInteger dropped = new AtomicInteger();
        await().atMost(Duration.ofSeconds(60)).pollInterval(POLL).until(() -> {
            home.drop(name(dropped.incrementAndGet()), new byte[] {1});
            return signers().contains(renewed.signingFingerprint());
        });
        await().pollInterval(POLL).until(() -> home.sent().size() == dropped.get());

        assertThat(hq.confirmed()).hasSize(dropped.get()).allSatisfy(upload -> assertThat(
                        Envelope.parse(upload.envelope()).keyId())
                .isEqualTo(upload.manifest().sender().fingerprint()));
        assertThat(hq.confirmed())
                .extracting(each -> each.manifest().messageId())
                .doesNotHaveDuplicates();
        assertThat(signers().get(0)).isNotEqualTo(renewed.signingFingerprint());
    }

    private List<Sha256> signers() {
        return hq.confirmed().stream()
                .map(upload -> Envelope.parse(upload.envelope()).keyId())
                .toList();
    }
}
