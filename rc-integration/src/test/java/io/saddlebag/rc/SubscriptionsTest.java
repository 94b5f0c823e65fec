package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.LinkOptions;
import io.saddlebag.stomp.StompClient;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link FullDiskTest} cannot bring about. */
class SubscriptionsTest {
    private static final String QUEUE = "ca_rc_queue";

    @Test
    void looksAgainAfterALookThatFailed(@TempDir Path folder) throws Exception {
        StompClient link =
                new StompClient(TestNetwork.create(folder).identity(Centre.SITE), LinkOptions.to(TestNetwork.HQ));
        Duration soon = Duration.ofMillis(1);
        try (Lanes lanes = new Lanes(1);
                DefaultCamelContext context = new DefaultCamelContext()) {
            Subscriptions subscriptions = new Subscriptions(link, lanes, new Intake(1000), null, soon, soon);
            context.addComponent(QueueComponent.SCHEME, new QueueComponent(new SiteHome(folder), subscriptions));
            QueueEndpoint queue = context.getEndpoint("hq-queue:" + QUEUE + "?directory=outbox", QueueEndpoint.class);
            QueueConsumer consumer = (QueueConsumer) queue.createConsumer(exchange -> {});
            subscriptions.add(consumer);
            AtomicInteger looks = new AtomicInteger();

            subscriptions.suspend(QUEUE, "as the test says", () -> {
                if (looks.incrementAndGet() == 1) {
                    throw new IllegalStateException("as the test says");
                }
                return true;
            });

            // It goes on once it can be suspended anew.
            Awaitility.await().until(consumer::halt);
            assertThat(looks).hasValue(2);
        }
    }
}
