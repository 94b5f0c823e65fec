package io.saddlebag.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepeatedFaultsTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    private final RepeatedFaults faults = new RepeatedFaults(nanos::get);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void theFirstOfAKindIsSaidAtOnceAndOthersMoreAndMoreSeldom() {
        assertThat(faults.occurred("silent")).contains("");
        for (int i = 0; i < 5; i++) {
            pass(Duration.ofSeconds(10));
            assertThat(faults.occurred("silent")).isEmpty();
        }
        pass(Duration.ofSeconds(10));
        assertThat(faults.occurred("silent")).contains(" (6 times in 60 s)");
        pass(Duration.ofMinutes(9));
        assertThat(faults.occurred("silent")).isEmpty();
        pass(Duration.ofMinutes(1));
        assertThat(faults.occurred("silent")).contains(" (2 times in 600 s)");
        pass(Duration.ofMinutes(59));
        assertThat(faults.occurred("silent")).isEmpty();
        pass(Duration.ofMinutes(1));
        assertThat(faults.occurred("silent")).contains(" (2 times in 3600 s)");
    }

    @Test
    void twoKindsThatTakeTurnsAreSaidOnceEach() {
        assertThat(faults.occurred("silent")).isPresent();
        assertThat(faults.occurred("refused")).isPresent();
        for (int i = 0; i < 100; i++) {
            assertThat(faults.occurred("silent")).isEmpty();
            assertThat(faults.occurred("refused")).isEmpty();
        }
        assertThat(faults.over()).isEqualTo(202);
        assertThat(faults.over()).isZero();
    }

    @Test
    void afterItWasRightOrLongAgoTheNextIsAFirstOneAgain() {
        faults.occurred("silent");
        faults.over();
        assertThat(faults.occurred("silent")).contains("");
        faults.over("silent");
        assertThat(faults.occurred("silent")).contains("");
        pass(Duration.ofHours(2));
        assertThat(faults.occurred("silent")).contains("");
    }

    @Test
    void kindsFromOutsideTakeABoundedRoom() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(faults.occurred("kind " + i)).contains("");
        }
        assertThat(faults.occurred("kind 9999")).isEmpty();
        assertThat(faults.occurred("kind 0")).contains("");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "valid to 2026-01-01T00:00:00Z and it is now 2026-11-29T20:04:43Z"
                        + "|valid to 2026-01-01T00:00:00Z and it is now 2026-11-29T20:04:51.123Z",
                "Connection refused: /127.0.0.1:61617|Connection refused: /127.0.0.1:40001",
                "FL-LAB_DAT_20251008_001: no space|FL-LAB_DAT_20251008_002: no space",
                "found silence for 20000 ms|found silence for 200 ms"
            })
    void textsThatDifferInFiguresAloneAreOfOneKind(String one, String other) {
        assertThat(RepeatedFaults.kindOf(one)).isEqualTo(RepeatedFaults.kindOf(other));
    }

    @Test
    void textsThatDifferInWordsAreOfTwoKinds() {
        assertThat(RepeatedFaults.kindOf("the CA has revoked this certificate of DC-HQ"))
                .isNotEqualTo(RepeatedFaults.kindOf("the certificate of DC-HQ is valid from 2026-01-01T00:00:00Z"));
    }
}
