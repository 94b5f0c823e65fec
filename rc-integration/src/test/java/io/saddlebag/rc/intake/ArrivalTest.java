package io.saddlebag.rc.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.rc.work.OpenedSeal;
import io.saddlebag.rc.work.SealedSource;
import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrivalTest {
    @TempDir
    private Path folder;

    private final AtomicInteger overs = new AtomicInteger();
    private Arrival arrival;
    private Path opened;

    @BeforeEach
    void makeArrival() throws IOException {
        StompFrame frame = StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.ACK, "token")
                .body(new byte[1000])
                .build();
        arrival = new Arrival(frame, null, null, new DeliveryWindow(1, 1), overs::incrementAndGet);
        arrival.whole(SealedSource.inMemory(frame.body(), 10), false);
        opened = Files.write(folder.resolve("opened"), new byte[900]);
        arrival.opened(new OpenedSeal(opened, null, new byte[900]));
    }

    /** The intake does not count the memory of a delivery that waits. */
    @Test
    void holdsNoBodyWhileItWaitsForHeadquartersAnswer() {
        StompClient link = new StompClient(
                TestNetwork.create(folder).identity("CA-RC"),
                LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), 1));
        StompFrame nack = StompFrame.of(StompCommand.NACK)
                .header(Headers.ID, arrival.token())
                .build();

        CompletableFuture<StompFrame> answer = arrival.settle(nack);

        assertThat(answer)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ConnectionLostException.class);
        assertThat(overs).hasValue(1);
        assertThat(arrival.frame().body()).isEmpty();
        assertThat(arrival.token()).isEqualTo("token");
        assertThat(arrival.sealed()).isNull();
        assertThat(arrival.content()).isNull();
    }

    @Test
    void isOverOnceThoughItIsAbortedLater() throws Exception {
        arrival.over();
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            Exchange exchange = new DefaultExchange(context);

            arrival.abort(exchange);

            assertThat(exchange.isRouteStop()).isTrue();
        }
        assertThat(overs).hasValue(1);
    }

    @Test
    void keepsItsPartsWhenTheOpenedFileIsDiscarded() throws Exception {
        Path parts = Files.write(folder.resolve("parts"), new byte[1]);
        arrival.keepsPartsIn(parts);

        arrival.discardOpened();

        assertThat(opened).doesNotExist();
        assertThat(parts).exists();
        arrival.discardWork();
        assertThat(parts).doesNotExist();
    }

    @Test
    void leavesAFileAloneThatHasMovedToTheOutbox() throws Exception {
        arrival.openedFileMoved();

        arrival.discardWork();

        assertThat(opened).exists();
    }

    @Test
    void givesNoChoiceToAnExchangeWithoutADelivery() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            Exchange exchange = new DefaultExchange(context);
            assertThat(Arrival.is(each -> true).matches(exchange)).isFalse();

            exchange.setProperty(Arrival.PROPERTY, arrival);

            assertThat(Arrival.is(each -> true).matches(exchange)).isTrue();
            assertThat(Arrival.is(Arrival::isFolder).matches(exchange)).isFalse();
        }
    }
}
