package io.saddlebag.lab.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PassBoundTest {
    private final PassBound bound = new PassBound();
    private Instant now = Instant.EPOCH;

    /** A pass through a folder with that many files, none of which can be taken or watched; true when it reaches its end. */
    private boolean passReachesEnd(int files) {
        for (int i = 0; i < files; i++) {
            if (bound.endsHere(now)) {
                return false;
            }
        }
        bound.endReached(now);
        return true;
    }

    @Test
    void letsAPassGoToTheEndAsLongAsFewFilesWaitTheirTurn() {
        assertThat(passReachesEnd(PassBound.MOST - 1)).isTrue();
        assertThat(passReachesEnd(PassBound.MOST - 1)).isTrue();
    }

    @Test
    void endsAPassWhereVeryManyFilesWaitTheirTurn() {
        assertThat(passReachesEnd(1_000_000)).isFalse();
        assertThat(passReachesEnd(1_000_000)).isFalse();
    }

    @Test
    void goesToTheEndNowAndThenForFilesWithAMarker() {
        passReachesEnd(1_000_000);
        now = now.plus(Duration.ofSeconds(10));
        assertThat(passReachesEnd(1_000_000)).isTrue();

        now = now.plus(Duration.ofSeconds(199));
        assertThat(passReachesEnd(1_000_000)).isFalse();
        now = now.plus(Duration.ofSeconds(2));
        assertThat(passReachesEnd(1_000_000)).isTrue();
    }

    @Test
    void goesToTheEndAgainOnceFewFilesAreLeft() {
        passReachesEnd(1_000_000);
        assertThat(passReachesEnd(100)).isTrue();

        assertThat(passReachesEnd(1_000_000)).isFalse();
    }
}
