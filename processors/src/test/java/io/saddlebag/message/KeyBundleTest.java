package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyBundleTest {
    private static final Instant NOW = Instant.parse("2025-10-08T09:00:00Z");
    private static final Sha256 NETWORK = Sha256.of(new byte[0]);

    private static KeyBundle.Key key(String id, long from, long until) {
        return new KeyBundle.Key(id, "age1" + id, NOW.plusSeconds(from), NOW.plusSeconds(until));
    }

    private static KeyBundle bundle(KeyBundle.Key... keys) {
        return new KeyBundle(NETWORK, SiteId.of("CA-RC"), 1, null, NOW, List.of(keys));
    }

    @Test
    void sealsForTheNewestKeyThatIsCurrent() {
        KeyBundle bundle = bundle(key("old", -100, 100), key("new", -10, 200), key("next", 10, 300));

        assertThat(bundle.current(NOW, false).keyId()).isEqualTo("new");
    }

    @Test
    void sealsForTheNewestKeyOfTheKindThatIsAskedFor() {
        KeyBundle bundle = bundle(key("old", -100, 100), key("pq1new", -10, 200), key("pq1old", -100, 100));

        assertThat(bundle.current(NOW, true).keyId()).isEqualTo("pq1new");
        assertThat(bundle.current(NOW, false).keyId()).isEqualTo("old");
        assertThat(bundle(key("pq1new", -10, 200)).current(NOW, false)).isNull();
        assertThat(bundle(key("old", -10, 200)).current(NOW, true)).isNull();
        assertThat(Json.read(Json.write(bundle), KeyBundle.class)).isEqualTo(bundle);
    }

    @Test
    void sealsForAKeyFromItsFirstInstantAndNotAtItsLast() {
        assertThat(bundle(key("k", 0, 10)).current(NOW, false)).isNotNull();
        assertThat(bundle(key("k", -10, 0)).current(NOW, false)).isNull();
        assertThat(bundle(key("k", 1, 10)).current(NOW, false)).isNull();
    }

    @Test
    void isReadBackAsItWasWritten() {
        KeyBundle second = new KeyBundle(NETWORK, SiteId.of("CA-RC"), 2, NETWORK, NOW, List.of(key("k", 0, 10)));

        assertThat(Json.read(Json.write(second), KeyBundle.class)).isEqualTo(second);
        assertThat(Json.write(bundle(key("k", 0, 10)))).asString().doesNotContain("previous");
    }

    @Test
    void refusesNoKeysTooManyAndAVersionBelowOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> bundle());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyBundle(
                        NETWORK,
                        SiteId.of("CA-RC"),
                        1,
                        null,
                        NOW,
                        Collections.nCopies(KeyBundle.MAX_KEYS + 1, key("k", 0, 1))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyBundle(NETWORK, SiteId.of("CA-RC"), 0, null, NOW, List.of(key("k", 0, 1))));
    }

    @Test
    void refusesAVersionWithoutTheOneBeforeItAndAFirstOneWithSuch() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyBundle(NETWORK, SiteId.of("CA-RC"), 2, null, NOW, List.of(key("k", 0, 1))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyBundle(NETWORK, SiteId.of("CA-RC"), 1, NETWORK, NOW, List.of(key("k", 0, 1))));
    }

    @Test
    void refusesAKeyThatEndsBeforeItBeginsOrHoldsForMoreThan90Days() {
        long most = KeyBundle.MAX_TERM.toSeconds();
        assertThatIllegalArgumentException().isThrownBy(() -> key("k", 10, 9)).withMessageContaining("not_after");
        assertThatIllegalArgumentException().isThrownBy(() -> key("k", 10, 10));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key("k", 0, most + 1))
                .withMessageContaining("90 days");
        assertThat(key("k", 0, most).notAfter()).isEqualTo(NOW.plus(KeyBundle.MAX_TERM));
    }
}
