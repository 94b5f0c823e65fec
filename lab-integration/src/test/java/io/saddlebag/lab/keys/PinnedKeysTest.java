package io.saddlebag.lab.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.identity.Trust;
import io.saddlebag.lab.keys.PinnedKeys.State;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinnedKeysTest {
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final Instant NOW = Instant.now();

    @TempDir
    Path folder;

    private TestNetwork network;
    private SignedBundles bundles;
    private PinnedKeys pinned;

    @BeforeEach
    void open() throws IOException {
        network = TestNetwork.create(folder.resolve("network"));
        network.identityFolder(SiteId.of("FL-LAB"));
        bundles = new SignedBundles(network.identity(CENTRE));
        pinned = pinned(NOW, false);
    }

    /** As after a start of the laboratory. */
    private PinnedKeys pinned(Instant now, boolean mustBeFresh) throws IOException {
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        Trust trust = Trust.load(network.identityFolder(SiteId.of("FL-LAB")), clock);
        PinnedKeys keys =
                new PinnedKeys(folder.resolve("keys"), Set.of(CENTRE), new EnvelopeVerifier(trust), mustBeFresh, clock);
        keys.load();
        return keys;
    }

    private boolean pin(KeyBundle bundle) throws IOException {
        return pin(pinned, bundle);
    }

    private boolean pin(PinnedKeys keys, KeyBundle bundle) throws IOException {
        return keys.pin(bundles.verified(bundle), bundles.envelope(bundle));
    }

    private void assertRefused(Refusal.Code code, PinnedKeys keys, KeyBundle bundle) {
        assertThatThrownBy(() -> pin(keys, bundle))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    /** The CA revokes all that the centre has, and its list reaches the laboratory. */
    private void revoke() throws IOException {
        network.authority().revoke(CENTRE);
        Files.copy(
                network.authorityFolder().resolve("ca.crl"),
                network.identityFolder(SiteId.of("FL-LAB")).resolve("ca.crl"),
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void knowsNoKeyBeforeABundleCame() throws Exception {
        assertThat(pinned.state(CENTRE)).isEqualTo(State.LACKING);
        assertThat(pinned.current(CENTRE, false)).isNull();
        assertThat(pinned.envelopeOnDisk(CENTRE)).isEmpty();
    }

    @Test
    void keepsTheEnvelopeOfTheHighestVersion() throws Exception {
        assertThat(pin(bundles.version(3, NOW))).isTrue();
        assertThat(pin(bundles.version(4, NOW))).isTrue();
        assertThat(pinned.state(CENTRE)).isEqualTo(State.USABLE);
        assertThat(pinned.current(CENTRE, false).keyId()).isEqualTo("k4");
        assertThat(pinned.envelopeOnDisk(CENTRE)).hasValue(bundles.envelope(bundles.version(4, NOW)));
    }

    @Test
    void refusesAnOlderVersionAndAnothersSignature() throws Exception {
        pin(bundles.version(3, NOW));
        assertRefused(Refusal.Code.ROLLBACK, pinned, bundles.version(2, NOW));
        SignedBundles others = new SignedBundles(network.identity("NY-RC"));
        KeyBundle swapped = bundles.version(4, NOW);
        assertThatThrownBy(() -> pinned.pin(
                        new io.saddlebag.dsse.VerifiedBundle(
                                swapped,
                                SiteId.of("NY-RC"),
                                others.verified(swapped).mark()),
                        others.envelope(swapped)))
                .isInstanceOf(Refusal.class);
        assertThat(pinned.current(CENTRE, false).keyId()).isEqualTo("k3");
        assertThat(pinned.envelopeOnDisk(CENTRE)).hasValue(bundles.envelope(bundles.version(3, NOW)));
    }

    @Test
    void theSameBundleAgainIsNothingNew() throws Exception {
        pin(bundles.version(3, NOW));
        assertThat(pin(bundles.version(3, NOW))).isFalse();
    }

    @Test
    void aKeyCountsOnlyWithinItsTerm() throws Exception {
        pin(bundles.version(1, NOW, NOW.minusSeconds(9), NOW.minusSeconds(1)));
        assertThat(pinned.state(CENTRE)).isEqualTo(State.LACKING);
        pin(bundles.version(3, NOW, NOW.plusSeconds(1), NOW.plusSeconds(9)));
        assertThat(pinned.state(CENTRE)).isEqualTo(State.LACKING);
        assertThat(pinned.current(CENTRE, false)).isNull();
    }

    @Test
    void takesThePinnedBundleUpAfterARestart() throws Exception {
        pin(bundles.version(3, NOW));
        PinnedKeys restarted = pinned(NOW, false);

        assertThat(pin(restarted, bundles.version(3, NOW))).isTrue();
        assertThat(restarted.state(CENTRE)).isEqualTo(State.USABLE);
    }

    @Test
    void refusesAnOlderVersionAlsoWhenThePinnedBundleIsGoneSince() throws Exception {
        pin(bundles.version(3, NOW));
        Files.delete(folder.resolve("keys/CA-RC.json"));
        PinnedKeys restarted = pinned(NOW, false);

        assertRefused(Refusal.Code.ROLLBACK, restarted, bundles.version(2, NOW));
        assertRefused(Refusal.Code.CONFLICT, restarted, bundles.version(3, NOW.minusSeconds(5)));
        assertThat(pin(restarted, bundles.version(4, NOW))).isTrue();
    }

    @Test
    void doesNotStartWithAMarkThatCannotBeRead() throws Exception {
        pin(bundles.version(3, NOW));
        Files.writeString(folder.resolve("keys/CA-RC.mark.json"), "{}");

        assertThatThrownBy(() -> pinned(NOW, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("CA-RC.mark.json");
    }

    @Test
    void sealsForNoBundleWhoseSignerWasRevokedSince() throws Exception {
        pin(bundles.version(3, NOW));
        revoke();

        assertThat(pinned(NOW, false).state(CENTRE)).isEqualTo(State.LACKING);
        PinnedKeys restarted = pinned(NOW, false);
        pin(restarted, bundles.version(3, NOW));
        assertThat(restarted.state(CENTRE)).isEqualTo(State.REFUSED);
    }

    @Test
    void takesTheFirstBundleUnderANewCertificateAndNoneUnderTheOldOneAfterIt() throws Exception {
        SignedBundles stolen = bundles;
        pin(bundles.version(900, NOW));
        revoke();
        bundles = new SignedBundles(network.reissue(CENTRE));

        assertThat(pin(bundles.version(1, NOW))).isTrue();
        assertThat(pinned(NOW, false).envelopeOnDisk(CENTRE)).hasValue(bundles.envelope(bundles.version(1, NOW)));

        KeyBundle late = stolen.version(901, NOW);
        assertThatThrownBy(() -> pinned.pin(stolen.verified(late), stolen.envelope(late)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.ROLLBACK));
    }

    @Test
    void sealsForABundleThatIsNotFreshUnlessFreshOnesAreRequired() throws Exception {
        Instant later = NOW.plus(PinnedKeys.FRESH);
        KeyBundle bundle = bundles.version(1, NOW);
        PinnedKeys advised = pinned(later, false);
        pin(advised, bundle);
        PinnedKeys required = pinned(later, true);
        pin(required, bundle);

        assertThat(advised.state(CENTRE)).isEqualTo(State.STALE);
        assertThat(advised.state(CENTRE).isUsable()).isTrue();
        assertThat(required.state(CENTRE)).isEqualTo(State.TOO_OLD);
        assertThat(required.state(CENTRE).isUsable()).isFalse();
        assertThat(pinned(later.plus(Duration.ofDays(30)), false).state(CENTRE)).isEqualTo(State.LACKING);
    }

    @Test
    void aBundleIssuedInTheFutureIsNotFresh() throws Exception {
        pin(bundles.version(1, NOW.plus(Duration.ofHours(2)), NOW.minusSeconds(1), NOW.plusSeconds(60)));

        assertThat(pinned.state(CENTRE)).isEqualTo(State.STALE);
    }
}
