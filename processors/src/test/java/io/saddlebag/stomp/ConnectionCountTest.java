package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionCountTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    private final ConnectionCount count =
            new ConnectionCount(new ConnectionLimits(2, 1, Duration.ofSeconds(1), Duration.ZERO));

    @Test
    void allowsNoMoreThanTheLimitInAll() {
        assertThat(count.add()).isTrue();
        assertThat(count.add()).isTrue();
        assertThat(count.add()).isFalse();
        count.remove();
        assertThat(count.add()).isTrue();
        assertThat(count.open()).isEqualTo(2);
    }

    @Test
    void allowsNoMoreThanTheLimitOfASite() {
        count.add(LAB);
        assertThatThrownBy(() -> count.add(LAB))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("at most 1 connections of FL-LAB");
        count.add(SiteId.of("PA-LAB"));
        count.remove(LAB);
        assertThat(count.open(LAB)).isZero();
        count.add(LAB);
        assertThat(count.open(LAB)).isEqualTo(1);
    }
}
