package io.saddlebag.hq.frames;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.session.HqProperties;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class IsActionTest {
    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    @Test
    void exactlyOnePredicateMatchesEachAction() {
        exchange.setProperty(HqProperties.ACTION, "register-keys");

        assertThat(IsAction.all().entrySet().stream()
                        .filter(each -> each.getValue().matches(exchange))
                        .map(each -> each.getKey()))
                .containsExactly("isRegisterKeys");
    }

    @Test
    void noneMatchesAFrameWithoutAnAction() {
        assertThat(IsAction.all().values()).noneMatch(each -> each.matches(exchange));
    }
}
