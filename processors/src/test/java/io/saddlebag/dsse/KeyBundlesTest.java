package io.saddlebag.dsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.Json;
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
    private static final long EPOCH = 1_750_000_000;

    private static VerifiedBundle bundle(SiteId signer, long epoch, long version, Sha256 previous, String recipient) {
        KeyBundle bundle = new KeyBundle(
                NETWORK,
                CENTRE,
                version,
                previous,
                Instant.parse("2025-01-01T00:00:00Z"),
                List.of(new KeyBundle.Key(
                        "1", recipient, Instant.parse("2025-01-01T00:00:00Z"), Instant.parse("2025-03-01T00:00:00Z"))));
        return new VerifiedBundle(bundle, signer, new BundleMark(epoch, version, Sha256.of(Json.write(bundle))));
    }

    private static VerifiedBundle first(long epoch) {
        return bundle(CENTRE, epoch, 1, null, RECIPIENT);
    }

    private static VerifiedBundle after(VerifiedBundle before, long steps) {
        return bundle(
                CENTRE,
                before.mark().epoch(),
                before.mark().version() + steps,
                before.mark().sha256(),
                RECIPIENT);
    }

    private static void assertRefused(Refusal.Code code, VerifiedBundle candidate, VerifiedBundle known) {
        assertThatThrownBy(() -> KeyBundles.accept(candidate, known == null ? null : known.mark()))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private static boolean accept(VerifiedBundle candidate, VerifiedBundle known) {
        return KeyBundles.accept(candidate, known == null ? null : known.mark());
    }

    @Test
    void takesTheFirstAndEveryLaterVersion() {
        VerifiedBundle third = after(first(EPOCH), 2);
        assertThat(accept(third, null)).isTrue();
        assertThat(accept(after(third, 1), third)).isTrue();
        assertThat(accept(after(third, 6), third)).isTrue();
    }

    @Test
    void takesTheSameBundleAgainAsNothingNew() {
        assertThat(accept(first(EPOCH), first(EPOCH))).isFalse();
    }

    @Test
    void refusesARollback() {
        assertRefused(Refusal.Code.ROLLBACK, first(EPOCH), after(first(EPOCH), 1));
    }

    @Test
    void takesAnyVersionOfANewerCertificateAndNoneOfAnOlderOne() {
        VerifiedBundle late = after(first(EPOCH), 700);
        assertThat(accept(first(EPOCH + 1), late)).isTrue();
        assertRefused(Refusal.Code.ROLLBACK, late, first(EPOCH + 1));
    }

    @Test
    void refusesAVersionThatUsesUpTheNumbers() {
        VerifiedBundle last = bundle(CENTRE, EPOCH, Long.MAX_VALUE, NETWORK, RECIPIENT);
        assertRefused(Refusal.Code.TOO_LARGE, last, first(EPOCH));
        assertRefused(Refusal.Code.TOO_LARGE, last, first(EPOCH - 1));
        assertRefused(Refusal.Code.TOO_LARGE, last, null);
        assertRefused(Refusal.Code.TOO_LARGE, after(first(EPOCH), KeyBundles.MAX_JUMP + 1), first(EPOCH));
        assertThat(accept(after(first(EPOCH), KeyBundles.MAX_JUMP), first(EPOCH)))
                .isTrue();
    }

    @Test
    void refusesAnotherBundleInTheSamePlace() {
        VerifiedBundle swapped =
                bundle(CENTRE, EPOCH, 1, null, AgeIdentity.generate().recipient());

        assertRefused(Refusal.Code.CONFLICT, swapped, first(EPOCH));
    }

    @Test
    void refusesANextBundleThatFollowsAnotherOne() {
        VerifiedBundle fork = bundle(CENTRE, EPOCH, 2, NETWORK, RECIPIENT);

        assertRefused(Refusal.Code.CONFLICT, fork, first(EPOCH));
    }

    @Test
    void refusesABundleThatAnotherSiteSigned() {
        assertRefused(Refusal.Code.WRONG_SENDER, bundle(SiteId.of("NY-RC"), EPOCH, 1, null, RECIPIENT), null);
    }

    @Test
    void refusesAKeyThatNobodyCanSealFor() {
        assertRefused(Refusal.Code.MALFORMED, bundle(CENTRE, EPOCH, 1, null, "age1nothing"), null);
    }
}
