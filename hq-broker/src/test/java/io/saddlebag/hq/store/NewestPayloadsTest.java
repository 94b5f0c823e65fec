package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NewestPayloadsTest {
    private static final byte[] MANIFEST = new byte[10];

    private final NewestPayloads newest = new NewestPayloads(100);

    @Test
    void keepsTheNewestThatFitAndForgetsTheOldest() {
        newest.add(ref(1), MANIFEST, new byte[40]);
        newest.add(ref(2), MANIFEST, new byte[40]);
        newest.add(ref(3), MANIFEST, new byte[40]);

        assertThat(newest.get(ref(1))).isNull();
        assertThat(newest.get(ref(2))).isNotNull();
        assertThat(newest.get(ref(3)).body()).hasSize(40);
    }

    @Test
    void isEmptyAgainWhenAllIsDropped() {
        for (int i = 0; i < 50; i++) {
            newest.add(ref(i), MANIFEST, new byte[90]);
            newest.remove(ref(i));
            newest.remove(ref(i));
        }
        newest.add(ref(51), MANIFEST, new byte[40]);
        newest.add(ref(52), MANIFEST, new byte[40]);

        assertThat(newest.get(ref(51))).isNotNull();
        assertThat(newest.get(ref(52))).isNotNull();
    }

    @Test
    void leavesAloneWhatIsLargerThanAllOfIt() {
        newest.add(ref(1), MANIFEST, new byte[50]);
        newest.add(ref(2), MANIFEST, new byte[91]);

        assertThat(newest.get(ref(2))).isNull();
        assertThat(newest.get(ref(1))).isNotNull();
    }

    private static PayloadRef ref(int offset) {
        return new PayloadRef(1, offset, MANIFEST.length, 40);
    }
}
