package io.saddlebag.stomp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConnectionCountTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    private final ConnectionCount count =
            new ConnectionCount(new ConnectionLimits(2, 1, Duration.ofSeconds(1), Duration.ZERO, false), site -> 0);

    @Test
    void allowsNoMoreThanTheLimitInAll() {
        SiteId third = SiteId.of("IL-LAB");
        count.add(LAB);
        count.add(SiteId.of("PA-LAB"));
        assertThatThrownBy(() -> count.add(third))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("at most 2 connections");
        count.remove(LAB);
        count.add(third);
        assertThat(count.open()).isEqualTo(2);
    }

    @Test
    void closesTheOldestOfTooManyThatHaveNotShownWhoTheyAre() {
        List<EmbeddedChannel> channels =
                Stream.generate(EmbeddedChannel::new).limit(5).toList();
        ConnectionCount many =
                new ConnectionCount(new ConnectionLimits(2, 1, Duration.ofSeconds(1), Duration.ZERO, false), site -> 0);
        many.add(channels.get(0));
        many.add(channels.get(1));
        many.remove(channels.get(0));
        many.add(channels.get(2));
        assertThat(channels).allMatch(EmbeddedChannel::isOpen);
        many.add(channels.get(3));
        assertThat(channels.get(1).isOpen()).isFalse();
        many.add(channels.get(4));
        assertThat(channels.get(2).isOpen()).isFalse();
        assertThat(channels.get(0).isOpen()).isTrue();
        assertThat(many.open()).isEqualTo(2);
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
