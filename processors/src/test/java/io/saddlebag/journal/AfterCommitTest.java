package io.saddlebag.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class AfterCommitTest {
    @Test
    void endsTheStepThatAnErrorBreaksOff() {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        AtomicBoolean ended = new AtomicBoolean();

        new AfterCommit(Runnable::run)
                .then(CompletableFuture.completedFuture(1), exchange, doneSync -> ended.set(true), rows -> {
                    throw new StackOverflowError("too deep");
                });

        assertThat(ended).isTrue();
        assertThat(exchange.getException()).hasRootCauseInstanceOf(StackOverflowError.class);
    }
}
