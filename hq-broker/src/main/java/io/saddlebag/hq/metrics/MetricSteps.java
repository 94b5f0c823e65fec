package io.saddlebag.hq.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.saddlebag.hq.deliver.Dispatcher;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Sessions;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.Settlement.Outcome;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.observe.SiteStatus.DeadLetters;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;

/** Counts what becomes of messages. Queues and connections are looked at when the figures are written. */
public final class MetricSteps {
    private static final String SENDER = "sender";
    private static final String QUEUE = "queue";
    private static final double[] SECONDS = {0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 3_600, 86_400, 604_800};
    private static final double[] COMMIT_SECONDS = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30};

    private final Counter received = Counter.builder()
            .name("saddlebag_messages_received_total")
            .help("Messages that were stored, since the start")
            .labelNames(SENDER)
            .build();
    private final Counter receivedBytes = Counter.builder()
            .name("saddlebag_message_bytes_received_total")
            .help("Bytes of sealed messages that were stored, since the start")
            .labelNames(SENDER)
            .build();
    private final Counter rejected = Counter.builder()
            .name("saddlebag_publications_rejected_total")
            .help("Frames of messages that were refused, by the code of the reason, since the start")
            .labelNames(SENDER, "code")
            .build();
    private final Counter ended = Counter.builder()
            .name("saddlebag_deliveries_total")
            .help("Deliveries that ended, by outcome, since the start")
            .labelNames("receiver", "outcome")
            .build();
    private final Counter returned = Counter.builder()
            .name("saddlebag_redeliveries_total")
            .help("Deliveries that came back to wait again, since the start")
            .build();
    private final Histogram waited = Histogram.builder()
            .name("saddlebag_delivery_duration_seconds")
            .help("The time from headquarters' commit of a message to a receiver's acknowledgement")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .build();
    private final Histogram commits = Histogram.builder()
            .name("saddlebag_commit_duration_seconds")
            .help("The time of one commit of a group of messages or settlements, syncs included")
            .classicOnly()
            .classicUpperBounds(COMMIT_SECONDS)
            .build();
    private volatile Map<String, Long> deadLetters = Map.of();

    private final LongAdder storedMessages = new LongAdder();
    private final LongAdder endedDeliveries = new LongAdder();

    /** Takes note of a message that was committed. Never blocks. */
    public void stored(Manifest manifest) {
        String sender = manifest.sender().id().value();
        received.labelValues(sender).inc();
        storedMessages.increment();
        receivedBytes.labelValues(sender).inc(manifest.body().size());
    }

    /** Takes note of a settlement that was committed. Never blocks. */
    public void settled(QueuedDelivery delivery, Settlement settlement) {
        if (settlement.outcome() == Outcome.RETURNED) {
            returned.inc();
            return;
        }
        endedDeliveries.increment();
        ended.labelValues(
                        delivery.receiverClientId().value(),
                        settlement.outcome().name().toLowerCase(Locale.ROOT))
                .inc();
        if (settlement.outcome() == Outcome.ACKNOWLEDGED) {
            waited.observe(Duration.between(delivery.receivedTime(), settlement.settledTime())
                            .toMillis()
                    / 1e3);
        }
    }

    /** Step {@code countRejected}: counts a refused frame of a message. */
    public void countRejected(Exchange exchange) {
        StompFrame frame = HqProperties.frame(exchange);
        if (frame != null && frame.command() == StompCommand.SEND && isOfAMessage(frame)) {
            Refusal refusal = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Refusal.class);
            rejected.labelValues(
                            HqProperties.session(exchange).site().value(),
                            refusal.code().text())
                    .inc();
        }
    }

    private static boolean isOfAMessage(StompFrame frame) {
        String destination = frame.header(Headers.DESTINATION);
        return destination != null && destination.startsWith(Headers.EXCHANGE_PREFIX);
    }

    /** Step {@code countDeadLetters}: the body holds rows of {@code queue_name}, {@code dead}. */
    public void countDeadLetters(Exchange exchange) {
        List<?> rows = exchange.getMessage().getBody(List.class);
        deadLetters = rows.stream()
                .map(row -> (Map<?, ?>) row)
                .collect(Collectors.toUnmodifiableMap(
                        row -> String.valueOf(row.get("queue_name")), row -> ((Number) row.get("dead")).longValue()));
    }

    /** Takes note of a group that was committed. Never blocks. */
    public void committed(long nanos) {
        commits.observe(nanos / 1e9);
    }

    /** Messages that were stored, since the start. */
    long storedMessages() {
        return storedMessages.sum();
    }

    /** Deliveries that ended, since the start. */
    long endedDeliveries() {
        return endedDeliveries.sum();
    }

    /** The counts of those queues that have some. */
    List<DeadLetters> deadLetters(Collection<String> queues) {
        return queues.stream()
                .filter(queue -> deadLetters.getOrDefault(queue, 0L) > 0)
                .map(queue -> new DeadLetters(queue, deadLetters.get(queue)))
                .toList();
    }

    /** Adds the figures to those that are written. Call once. */
    public void register(PrometheusRegistry registry, QueueIndex index, Dispatcher dispatcher, Sessions sessions) {
        registry.register(received);
        registry.register(receivedBytes);
        registry.register(rejected);
        registry.register(ended);
        registry.register(returned);
        registry.register(waited);
        registry.register(commits);
        queues(registry, index, dispatcher);
        GaugeWithCallback.builder()
                .name("saddlebag_connections")
                .help("Open connections that have sent a frame")
                .labelNames("site")
                .callback(to -> sessions.countBySite().forEach((site, count) -> to.call(count, site.value())))
                .register(registry);
        GaugeWithCallback.builder()
                .name("saddlebag_dead_letters")
                .help("Dead letters that wait for an operator, at the last hq.housekeeping")
                .labelNames(QUEUE)
                .callback(to ->
                        index.depths().keySet().forEach(queue -> to.call(deadLetters.getOrDefault(queue, 0L), queue)))
                .register(registry);
    }

    private static void queues(PrometheusRegistry registry, QueueIndex index, Dispatcher dispatcher) {
        GaugeWithCallback.builder()
                .name("saddlebag_queue_messages")
                .help(
                        "Deliveries that wait on a queue: ready, unacknowledged by a receiver, or delayed after they came back")
                .labelNames(QUEUE, "state")
                .callback(to -> index.states().forEach((queue, state) -> {
                    to.call(state.ready(), queue, "ready");
                    to.call(state.unacknowledged(), queue, "unacknowledged");
                    to.call(state.delayed(), queue, "delayed");
                }))
                .register(registry);
        GaugeWithCallback.builder()
                .name("saddlebag_queue_bytes")
                .help("Bytes of the sealed messages that wait on a queue")
                .labelNames(QUEUE)
                .callback(to -> index.states().forEach((queue, state) -> to.call(state.bytes(), queue)))
                .register(registry);
        GaugeWithCallback.builder()
                .name("saddlebag_queue_oldest_message_timestamp_seconds")
                .help("When headquarters had the oldest message that waits on a queue; absent when none does")
                .labelNames(QUEUE)
                .callback(to -> index.states().forEach((queue, state) -> {
                    if (state.oldest() != null) {
                        to.call(state.oldest().toEpochMilli() / 1e3, queue);
                    }
                }))
                .register(registry);
        GaugeWithCallback.builder()
                .name("saddlebag_queue_consumers")
                .help("Subscriptions to a queue")
                .labelNames(QUEUE)
                .callback(
                        to -> index.depths().keySet().forEach(queue -> to.call(dispatcher.subscriptions(queue), queue)))
                .register(registry);
    }
}
