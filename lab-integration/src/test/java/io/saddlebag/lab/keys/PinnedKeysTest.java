package io.saddlebag.lab.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.AgeIdentity;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinnedKeysTest {
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final Instant NOW = Instant.parse("2025-10-08T09:00:00Z");

    private static final String RECIPIENT = AgeIdentity.generate().recipient();

    @TempDir
    Path folder;

    private PinnedKeys pinned;

    @BeforeEach
    void open() {
        pinned = new PinnedKeys(folder.resolve("keys"), Set.of(CENTRE), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static KeyBundle bundle(long version, Instant from, Instant until) {
        return new KeyBundle(
                Sha256.of(new byte[0]),
                CENTRE,
                version,
                version == 1 ? null : Sha256.of(new byte[1]),
                List.of(new KeyBundle.Key("k" + version, RECIPIENT, from, until)));
    }

    private static KeyBundle bundle(long version) {
        return bundle(version, NOW.minusSeconds(1), NOW.plus(Duration.ofDays(1)));
    }

    @Test
    void knowsNoKeyBeforeABundleCame() throws Exception {
        assertThat(pinned.current(CENTRE, false)).isNull();
        assertThat(pinned.envelopeOnDisk(CENTRE)).isEmpty();
    }

    @Test
    void keepsTheEnvelopeOfTheHighestVersion() throws Exception {
        assertThat(pinned.pin(bundle(3), CENTRE, new byte[] {3})).isTrue();
        assertThat(pinned.pin(bundle(4), CENTRE, new byte[] {4})).isTrue();
        assertThat(pinned.current(CENTRE, false).keyId()).isEqualTo("k4");
        assertThat(pinned.envelopeOnDisk(CENTRE)).hasValue(new byte[] {4});
    }

    @Test
    void refusesAnOlderVersionAndAnothersSignature() throws Exception {
        pinned.pin(bundle(3), CENTRE, new byte[] {3});
        assertThatThrownBy(() -> pinned.pin(bundle(2), CENTRE, new byte[] {2})).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> pinned.pin(bundle(4), SiteId.of("NY-RC"), new byte[] {4}))
                .isInstanceOf(Refusal.class);
        assertThat(pinned.current(CENTRE, false).keyId()).isEqualTo("k3");
        assertThat(pinned.envelopeOnDisk(CENTRE)).hasValue(new byte[] {3});
    }

    @Test
    void theSameBundleAgainIsNothingNew() throws Exception {
        pinned.pin(bundle(3), CENTRE, new byte[] {3});
        assertThat(pinned.pin(bundle(3), CENTRE, new byte[] {3})).isFalse();
    }

    @Test
    void aKeyCountsOnlyWithinItsTerm() throws Exception {
        pinned.pin(bundle(1, NOW.minusSeconds(9), NOW.minusSeconds(1)), CENTRE, new byte[] {1});
        assertThat(pinned.current(CENTRE, false)).isNull();
        pinned.pin(bundle(2, NOW.plusSeconds(1), NOW.plusSeconds(9)), CENTRE, new byte[] {2});
        assertThat(pinned.current(CENTRE, false)).isNull();
    }
}
