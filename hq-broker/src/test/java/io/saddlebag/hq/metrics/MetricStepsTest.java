package io.saddlebag.hq.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.deliver.Dispatcher;
import io.saddlebag.hq.queue.QueueFixture;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.routing.Topology.SiteLimits;
import io.saddlebag.hq.session.InFlightBudget;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.session.Sessions;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.Settlement.Outcome;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.hq.testing.StepFixture;
import io.saddlebag.message.Refusal;
import io.saddlebag.observe.SiteMetrics;
import io.saddlebag.observe.SiteStatus.Peer;
import io.saddlebag.observe.SiteStatus.Queue;
import io.saddlebag.stomp.EmbeddedConnection;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.MetricsText;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricStepsTest {
    @TempDir
    private Path folder;

    private final StepFixture lab = new StepFixture("FL-LAB");
    private final QueueIndex index = new QueueIndex((queue, priority, after, limit) -> List.of(), Runnable::run, 10);
    private final MetricSteps steps = new MetricSteps();
    private TestNetwork network;
    private Sessions sessions;
    private SiteMetrics metrics;

    @BeforeEach
    void register() {
        network = TestNetwork.create(folder);
        Dispatcher dispatcher = new Dispatcher(index);
        sessions = new Sessions(
                new Session.Limits(100, 4, 2, 1),
                dispatcher,
                Runnable::run,
                site -> SiteLimits.NONE,
                null,
                InFlightBudget.UNLIMITED);
        metrics = new SiteMetrics(network.identity(TestNetwork.HQ), "hq");
        steps.register(metrics.registry(), index, dispatcher, sessions);
    }

    private List<String> lines() {
        return MetricsText.of(metrics);
    }

    private static Settlement settlement(QueuedDelivery delivery, Outcome outcome) {
        return new Settlement(
                delivery.messageNumber(),
                delivery.queueName(),
                delivery.payload(),
                outcome,
                null,
                delivery.receivedTime().plus(Duration.ofSeconds(2)),
                1,
                null,
                null,
                null,
                null,
                QueuedDelivery.Returns.NONE,
                null);
    }

    @Test
    void countsStoredMessagesBySender() {
        SignedMessage message = SignedMessage.of(network.identity("FL-LAB"), "FL-LAB_DAT_20251008_001", "CA-RC");

        steps.stored(message.manifest());

        assertThat(lines())
                .contains(
                        "saddlebag_messages_received_total{sender=\"FL-LAB\"} 1.0",
                        "saddlebag_message_bytes_received_total{sender=\"FL-LAB\"} "
                                + (double) message.manifest().body().size());
    }

    @Test
    void countsTheEndsOfDeliveries() {
        QueuedDelivery delivery = QueueFixture.delivery(1);

        steps.settled(delivery, settlement(delivery, Outcome.RETURNED));
        steps.settled(delivery, settlement(delivery, Outcome.ACKNOWLEDGED));
        steps.settled(delivery, settlement(delivery, Outcome.DEAD_LETTERED));

        assertThat(lines())
                .contains(
                        "saddlebag_deliveries_total{outcome=\"acknowledged\",receiver=\"CA-RC\"} 1.0",
                        "saddlebag_deliveries_total{outcome=\"dead_lettered\",receiver=\"CA-RC\"} 1.0",
                        "saddlebag_redeliveries_total 1.0",
                        "saddlebag_delivery_duration_seconds_sum 2.0",
                        "saddlebag_delivery_duration_seconds_count 1");
    }

    @Test
    void showsWhatWaitsOnAQueue() {
        QueuedDelivery delivery = QueueFixture.delivery(1);
        index.arrived(List.of(delivery, QueueFixture.delivery(2)));
        index.take(delivery.queueName());
        steps.committed(2_000_000_000L);
        Exchange rows = lab.exchange(StompFrame.of(StompCommand.SEND).build());
        rows.getMessage().setBody(List.of(Map.of("queue_name", delivery.queueName(), "dead", 3)));
        steps.countDeadLetters(rows);

        String queue = "queue=\"" + delivery.queueName() + "\"";
        assertThat(lines())
                .contains(
                        "saddlebag_queue_messages{" + queue + ",state=\"ready\"} 1.0",
                        "saddlebag_queue_messages{" + queue + ",state=\"unacknowledged\"} 1.0",
                        "saddlebag_queue_messages{" + queue + ",state=\"delayed\"} 0.0",
                        "saddlebag_commit_duration_seconds_sum 2.0",
                        "saddlebag_queue_bytes{" + queue + "} 200.0",
                        "saddlebag_queue_consumers{" + queue + "} 0.0",
                        "saddlebag_dead_letters{" + queue + "} 3.0")
                .anyMatch(line -> line.startsWith("saddlebag_queue_oldest_message_timestamp_seconds{" + queue + "} ")
                        && Double.parseDouble(line.substring(line.indexOf(' ')))
                                == delivery.receivedTime().toEpochMilli() / 1e3);
    }

    @Test
    void countsConnectionsBySite() {
        sessions.of(new EmbeddedConnection(lab.session.site()).connection());

        assertThat(lines()).contains("saddlebag_connections{site=\"FL-LAB\"} 1.0");
    }

    @Test
    void showsQueuesAndSitesInTheStatus() throws Exception {
        Path file = Files.writeString(folder.resolve("topology.yaml"), """
                exchanges: [labs]
                queues: [{name: ca_rc_queue, site: CA-RC}]
                bindings: [{exchange: labs, routing_key: ca_rc, queue: ca_rc_queue}]
                sites:
                  - {id: FL-LAB, publish: [labs]}
                  - {id: CA-RC, consume: [ca_rc_queue]}
                """);
        LiveTopology topology = new LiveTopology(file);
        HqStatus status = new HqStatus(
                Map.of(), index, new Dispatcher(index), sessions, topology, steps, Clock.systemUTC(), null);
        QueuedDelivery delivery = QueueFixture.delivery(1);
        index.arrived(List.of(delivery, QueueFixture.delivery(2)));
        index.rest(index.take(delivery.queueName()));
        sessions.of(new EmbeddedConnection(lab.session.site()).connection());

        assertThat(status.queues())
                .containsExactly(new Queue(delivery.queueName(), 1, 0, 1, 200, delivery.receivedTime(), 0));
        assertThat(status.sites()).extracting(Peer::connections).containsExactly(0L, 1L);
        assertThat(status.remembered()).containsOnlyKeys("FL-LAB");
        assertThat(status.troubles().topologyFaults()).isZero();
        Files.writeString(file, "exchanges: [");
        topology.refresh();
        assertThat(status.troubles().topologyFaults()).isEqualTo(1);
    }

    @Test
    void countsRefusedMessagesAndNoOtherFrames() {
        steps.countRejected(refused("/exchange/labs"));
        steps.countRejected(refused("/keys"));

        assertThat(lines())
                .filteredOn(line -> line.startsWith("saddlebag_publications_rejected_total"))
                .containsExactly("saddlebag_publications_rejected_total{code=\"wrong-sender\",sender=\"FL-LAB\"} 1.0");
    }

    private Exchange refused(String destination) {
        Exchange exchange = lab.exchange(StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, destination)
                .build());
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new Refusal(Refusal.Code.WRONG_SENDER, "as the test says"));
        return exchange;
    }
}
