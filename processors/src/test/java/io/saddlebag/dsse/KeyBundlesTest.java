package io.saddlebag.dsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.AgeIdentity;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyBundlesTest {
    private static final Sha256 NETWORK = Sha256.of(new byte[] {1});
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final String RECIPIENT = AgeIdentity.generate().recipient();

    private static KeyBundle bundle(Sha256 network, SiteId site, long version, String recipient) {
        return new KeyBundle(
                network,
                site,
                version,
                version == 1 ? null : Sha256.of(new byte[0]),
                List.of(new KeyBundle.Key(
                        "1", recipient, Instant.parse("2025-01-01T00:00:00Z"), Instant.parse("2027-01-01T00:00:00Z"))));
    }

    private static KeyBundle version(long version) {
        return bundle(NETWORK, CENTRE, version, RECIPIENT);
    }

    private static void assertRefused(Refusal.Code code, KeyBundle candidate, SiteId signer, KeyBundle known) {
        assertThatThrownBy(() -> KeyBundles.accept(candidate, signer, known))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void takesTheFirstAndEveryLaterVersion() {
        assertThat(KeyBundles.accept(version(3), CENTRE, null)).isTrue();
        assertThat(KeyBundles.accept(version(4), CENTRE, version(3))).isTrue();
        assertThat(KeyBundles.accept(version(9), CENTRE, version(3))).isTrue();
    }

    @Test
    void takesTheSameBundleAgainAsNothingNew() {
        assertThat(KeyBundles.accept(version(3), CENTRE, version(3))).isFalse();
    }

    @Test
    void refusesARollback() {
        assertRefused(Refusal.Code.ROLLBACK, version(2), CENTRE, version(3));
    }

    @Test
    void refusesOtherKeysUnderTheSameVersion() {
        KeyBundle swapped = bundle(NETWORK, CENTRE, 3, AgeIdentity.generate().recipient());

        assertRefused(Refusal.Code.CONFLICT, swapped, CENTRE, version(3));
    }

    @Test
    void refusesABundleThatAnotherSiteSigned() {
        assertRefused(Refusal.Code.WRONG_SENDER, version(1), SiteId.of("NY-RC"), null);
    }

    @Test
    void refusesTheBundleOfAnotherSiteOrNetwork() {
        SiteId other = SiteId.of("NY-RC");
        assertRefused(Refusal.Code.CONFLICT, bundle(NETWORK, other, 4, RECIPIENT), other, version(3));
        assertRefused(
                Refusal.Code.CONFLICT, bundle(Sha256.of(new byte[] {2}), CENTRE, 4, RECIPIENT), CENTRE, version(3));
    }

    @Test
    void refusesAKeyThatNobodyCanSealFor() {
        assertRefused(Refusal.Code.MALFORMED, bundle(NETWORK, CENTRE, 1, "age1nothing"), CENTRE, null);
    }
}
