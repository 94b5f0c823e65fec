package io.saddlebag.lab.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.lab.keys.KeyChoice.Candidates;
import io.saddlebag.lab.message.NotYetException;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KeyChoiceTest {
    private static final KeyBundle.Key PLAIN = key("age1x");
    private static final KeyBundle.Key HYBRID = key("age1pq1x");

    private static final Candidates BOTH = new Candidates(PostQuantum.PREFERRED, PLAIN, HYBRID);
    private static final Candidates PLAIN_ALONE = new Candidates(PostQuantum.PREFERRED, PLAIN, null);
    private static final Candidates HYBRID_ALONE = new Candidates(PostQuantum.PREFERRED, null, HYBRID);
    private static final Candidates NONE = new Candidates(PostQuantum.PREFERRED, null, null);
    private static final Candidates OFF = new Candidates(PostQuantum.OFF, PLAIN, HYBRID);
    private static final Candidates OFF_WITHOUT_PLAIN = new Candidates(PostQuantum.OFF, null, HYBRID);
    private static final Candidates REQUIRED = new Candidates(PostQuantum.REQUIRED, PLAIN, HYBRID);
    private static final Candidates REQUIRED_WITHOUT = new Candidates(PostQuantum.REQUIRED, PLAIN, null);

    private static KeyBundle.Key key(String recipient) {
        return new KeyBundle.Key("k", recipient, Instant.EPOCH, Instant.EPOCH.plusSeconds(1));
    }

    private static SortedMap<SiteId, Candidates> of(Candidates... candidates) {
        SortedMap<SiteId, Candidates> recipients = new TreeMap<>();
        for (int i = 0; i < candidates.length; i++) {
            recipients.put(SiteId.of("RC-" + (i + 1)), candidates[i]);
        }
        return recipients;
    }

    private static void assertKind(KeyBundle.Key kind, Candidates... candidates) throws NotYetException {
        assertThat(KeyChoice.of(of(candidates)).values())
                .hasSize(candidates.length)
                .containsOnly(kind);
    }

    @Test
    void takesPostQuantumKeysWhereEveryRecipientHasOne() throws NotYetException {
        assertKind(HYBRID, BOTH);
        assertKind(HYBRID, HYBRID_ALONE);
        assertKind(HYBRID, BOTH, REQUIRED, HYBRID_ALONE);
    }

    @Test
    void takesTheOthersForAllWhereOneHasNoPostQuantumKeyOrIsOff() throws NotYetException {
        assertKind(PLAIN, PLAIN_ALONE);
        assertKind(PLAIN, OFF);
        assertKind(PLAIN, BOTH, PLAIN_ALONE);
        assertKind(PLAIN, BOTH, OFF);
    }

    @Test
    void waitsRatherThanMixOrWeakenWhatIsRequired() {
        assertWaits("a current key of RC-1", NONE);
        assertWaits("a current key of RC-2", BOTH, NONE);
        assertWaits("a current key of RC-1", OFF_WITHOUT_PLAIN);
        assertWaits("a current post-quantum key of RC-1, since RC-1 is sealed for with no others", REQUIRED_WITHOUT);
        assertWaits("a current post-quantum key of RC-2, since RC-1", REQUIRED, PLAIN_ALONE);
        assertWaits("a current post-quantum key of RC-1, since RC-2", PLAIN_ALONE, REQUIRED);
        assertWaits("a current post-quantum key of RC-2, since RC-1 has no others", HYBRID_ALONE, PLAIN_ALONE);
    }

    private static void assertWaits(String message, Candidates... candidates) {
        assertThatThrownBy(() -> KeyChoice.of(of(candidates)))
                .isInstanceOf(NotYetException.class)
                .hasMessageContaining("waits for " + message);
    }
}
