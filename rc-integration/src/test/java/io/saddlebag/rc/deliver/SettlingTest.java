package io.saddlebag.rc.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.rc.work.SealedSource;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a delivery holds in memory while it waits, of which the intake counts nothing. */
class SettlingTest {
    @TempDir
    private Path folder;

    private Arrival arrival;
    private boolean isOver;

    @BeforeEach
    void makeArrival() {
        StompFrame frame = StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.ACK, "token")
                .body(new byte[1000])
                .build();
        arrival = new Arrival(frame, null, "ca_rc_queue", new Outbox(folder));
        arrival.sealed = SealedSource.inMemory(frame.body(), 10);
        arrival.content = new byte[900];
        arrival.whenOver(() -> isOver = true);
    }

    @Test
    void holdsNoBodyWhileItWaitsForHeadquartersAnswer() {
        StompClient link = new StompClient(
                TestNetwork.create(folder).identity("CA-RC"),
                LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), 1));
        StompFrame nack = StompFrame.of(StompCommand.NACK)
                .header(Headers.ID, arrival.token())
                .build();

        new Settling(link).settle(arrival, nack);

        assertHoldsNoBody();
    }

    @Test
    void holdsNoBodyWhileItIsKeptBack() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            Exchange exchange = new DefaultExchange(context);
            exchange.setProperty(Arrival.PROPERTY, arrival);
            exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new IOException("as the test says"));

            new Postpone(Duration.ofHours(1)).process(exchange, doneSync -> {});
        }

        assertHoldsNoBody();
    }

    private void assertHoldsNoBody() {
        assertThat(isOver).isTrue();
        assertThat(arrival.frame().body()).isEmpty();
        assertThat(arrival.token()).isEqualTo("token");
        assertThat(arrival.sealed).isNull();
        assertThat(arrival.content).isNull();
    }
}
