package io.saddlebag.rc.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.Presence;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.HqLinks;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Path;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueEndpointTest {
    @TempDir
    private Path folder;

    private final DefaultCamelContext context = new DefaultCamelContext();

    @BeforeEach
    void addComponent() {
        StompClient client = new StompClient(
                TestNetwork.create(folder).identity("CA-RC"),
                LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), 1));
        context.addComponent(
                HqComponent.SCHEME,
                new QueueEndpoint.Parts(
                                new SiteHome(Path.of("/srv/ca-rc")),
                                outbox -> Presence.ALWAYS,
                                HqLinks.of(client),
                                null,
                                null,
                                null,
                                null,
                                null)
                        .component());
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void readsQueueOutboxAndWindowFromTheUri() {
        QueueEndpoint endpoint = endpoint("hq:queue/ca_rc_queue?directory=outbox&prefetch=3");

        assertThat(endpoint.queue()).isEqualTo("ca_rc_queue");
        assertThat(endpoint.prefetch()).isEqualTo(3);
        assertThat(endpoint.outbox().directory()).isEqualTo(Path.of("/srv/ca-rc/outbox"));
    }

    @Test
    void hasAWindowOfItsOwnAndTakesAnOutboxElsewhere() {
        QueueEndpoint endpoint = endpoint("hq:queue/ca_rc_queue?directory=/data/in");

        assertThat(endpoint.prefetch()).isEqualTo(256);
        assertThat(endpoint.outbox().directory()).isEqualTo(Path.of("/data/in"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hq:queue/ca_rc_queue",
                "hq:queue/ca_rc_queue?directory=outbox&prefetch=0",
                "hq:queue/ca_rc_queue?directory=outbox&prefetch=1001",
                "hq:queue/ca_rc_queue?directory=outbox&prefetch=many",
                "hq:queue/ca_rc_queue?directory=outbox&window=3"
            })
    void refusesWhatItCannotMean(String uri) {
        assertThatThrownBy(() -> endpoint(uri)).isInstanceOf(Exception.class);
    }

    @Test
    void isNoPlaceToSendTo() {
        assertThatThrownBy(
                        () -> endpoint("hq:queue/ca_rc_queue?directory=outbox").createProducer())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("only takes");
    }

    private QueueEndpoint endpoint(String uri) {
        return context.getEndpoint(uri, QueueEndpoint.class);
    }
}
