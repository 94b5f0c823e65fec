package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NewestPayloadsTest {
    private final NewestPayloads newest = new NewestPayloads(100);

    @Test
    void keepsTheNewestThatFitAndForgetsTheOldest() {
        newest.add(ref(1), new byte[50]);
        newest.add(ref(2), new byte[50]);
        newest.add(ref(3), new byte[50]);

        assertThat(newest.get(ref(1))).isNull();
        assertThat(newest.get(ref(2))).isNotNull();
        assertThat(newest.get(ref(3))).hasSize(50);
    }

    @Test
    void isEmptyAgainWhenAllIsDropped() {
        for (int i = 0; i < 50; i++) {
            newest.add(ref(i), new byte[100]);
            newest.remove(ref(i));
            newest.remove(ref(i));
        }
        newest.add(ref(51), new byte[50]);
        newest.add(ref(52), new byte[50]);

        assertThat(newest.get(ref(51))).isNotNull();
        assertThat(newest.get(ref(52))).isNotNull();
    }

    @Test
    void leavesAloneWhatIsLargerThanAllOfIt() {
        newest.add(ref(1), new byte[60]);
        newest.add(ref(2), new byte[101]);

        assertThat(newest.get(ref(2))).isNull();
        assertThat(newest.get(ref(1))).isNotNull();
    }

    private static PayloadRef ref(int offset) {
        return new PayloadRef(1, offset, 10, 40);
    }
}
