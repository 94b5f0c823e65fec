package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.server.ConnectionLimits;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

/** Invalid settings abort start-up, and a step in the wrong place says so. */
class StompLimitsTest {
    @Test
    void refusesAFrameSmallerThanItsHeaders() {
        assertThatIllegalArgumentException().isThrownBy(() -> new StompLimits(1024, 2048, 10));
        assertThatIllegalArgumentException().isThrownBy(() -> new StompLimits(2048, 100, 10));
        assertThatIllegalArgumentException().isThrownBy(() -> new StompLimits(2048, 2048, 0));
    }

    @Test
    void refusesConnectionLimitsThatLetNobodyIn() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new ConnectionLimits(0, 1, second, second, false));
        assertThatIllegalArgumentException().isThrownBy(() -> new ConnectionLimits(1, 0, second, second, false));
        assertThatIllegalArgumentException().isThrownBy(() -> new ConnectionLimits(1, 1, Duration.ZERO, second, false));
    }

    @Test
    void refusesDelaysThatShrink() {
        LinkOptions options = LinkOptions.to(SiteId.of("DC-HQ"), HostName.of("127.0.0.1"), 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withDelays(Duration.ofSeconds(2), Duration.ofSeconds(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withDelays(Duration.ZERO, Duration.ofSeconds(1)));
    }

    @Test
    void anExchangeThatDidNotBeginWithAFrameHasNoConnection() {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        assertThatIllegalStateException()
                .isThrownBy(() -> StompConnection.of(exchange))
                .withMessageContaining("STOMP frame");
    }
}
