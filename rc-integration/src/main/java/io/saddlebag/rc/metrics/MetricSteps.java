package io.saddlebag.rc.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.saddlebag.journal.MissingSeqs.Gap;
import io.saddlebag.message.Refusal;
import io.saddlebag.observe.RouteTraffic;
import io.saddlebag.observe.SiteMetrics;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.intake.QueueConsumer;
import io.saddlebag.rc.intake.QueueEndpoint;
import io.saddlebag.rc.records.RcJournal;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;

/** The steps that count what becomes of deliveries. The journal is asked for missing messages when the figures are written. */
public final class MetricSteps {
    private static final String SENDER = "sender";
    private static final double[] SECONDS = {0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 3_600, 86_400, 604_800};

    private final Counter published;
    private final Counter refused;
    private final Histogram travel;
    private final RouteTraffic traffic;
    private final Clock clock;

    /**
     * @param patience a message that later ones overtook longer ago is missing
     * @param context of the routes; asked for once they have started
     */
    public MetricSteps(
            SiteMetrics metrics, RcJournal journal, Duration patience, Clock clock, Supplier<CamelContext> context) {
        this.clock = clock;
        this.traffic = new RouteTraffic(clock);
        PrometheusRegistry registry = metrics.registry();
        published = Counter.builder()
                .name("saddlebag_files_published_total")
                .help("Files and folders put into an outbox, since the start")
                .labelNames(SENDER)
                .register(registry);
        refused = Counter.builder()
                .name("saddlebag_deliveries_refused_total")
                .help("Deliveries that became dead letters, by the code of their reason, since the start")
                .labelNames(SENDER, "code")
                .register(registry);
        travel = Histogram.builder()
                .name("saddlebag_end_to_end_duration_seconds")
                .help("The time from a file's claim at its laboratory, by its clock, to its place in the outbox")
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .register(registry);
        GaugeWithCallback.builder()
                .name("saddlebag_messages_missing")
                .help("Messages that later ones of the same sender overtook long ago")
                .labelNames(SENDER)
                .callback(to -> journal.missing(clock.instant().minus(patience)).stream()
                        .collect(Collectors.groupingBy(Gap::site, Collectors.summingLong(Gap::count)))
                        .forEach((site, count) -> to.call(count, site.value())))
                .register(registry);
        GaugeWithCallback.builder()
                .name("saddlebag_intake_paused")
                .help("1 while a queue's deliveries are left at headquarters because of trouble here")
                .labelNames("queue")
                .callback(to -> context.get().getRoutes().forEach(route -> {
                    if (route.getConsumer() instanceof QueueConsumer queue) {
                        to.call(queue.isPaused() ? 1 : 0, queue.getEndpoint().queue());
                    }
                }))
                .register(registry);
        verdicts(metrics, journal, clock, context);
    }

    /** The figures of outboxes that expect verdicts. */
    private static void verdicts(SiteMetrics metrics, RcJournal journal, Clock clock, Supplier<CamelContext> context) {
        PrometheusRegistry registry = metrics.registry();
        GaugeWithCallback.builder()
                .name("saddlebag_verdicts_overdue")
                .help("Messages in an outbox on which the reader has given no verdict for verdict-within")
                .labelNames("queue")
                .callback(to -> expecting(context)
                        .forEach(queue -> to.call(
                                journal.verdicts()
                                        .overdue(queue.queue(), clock.instant().minus(queue.verdictWithin()))
                                        .count(),
                                queue.queue())))
                .register(registry);
        GaugeWithCallback.builder()
                .name("saddlebag_verdict_files_refused")
                .help("Files in an outbox that are named as a verdict and are none")
                .labelNames("queue")
                .callback(to -> expecting(context)
                        .forEach(queue -> to.call(queue.verdictFiles().refused(), queue.queue())))
                .register(registry);
        metrics.gauge(
                "saddlebag_verdicts_unsent", "Verdicts that headquarters has not confirmed", () -> journal.verdicts()
                        .unsent());
    }

    private static Stream<QueueEndpoint> expecting(Supplier<CamelContext> context) {
        return context.get().getRoutes().stream()
                .flatMap(route ->
                        route.getConsumer() instanceof QueueConsumer queue ? Stream.of(queue.getEndpoint()) : null)
                .filter(QueueEndpoint::expectsVerdict);
    }

    /** Counts a message that is in the outbox. */
    public void countPublished(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        published.labelValues(arrival.sender().value()).inc();
        traffic.count(exchange.getFromRouteId(), arrival.manifest().body().size(), clock.instant());
        travel.observe(Math.max(
                0,
                Duration.between(arrival.manifest().sentTimestamp(), clock.instant())
                                .toMillis()
                        / 1e3));
    }

    /** The published messages of each route. */
    RouteTraffic traffic() {
        return traffic;
    }

    /** Counts a delivery that is refused for good. Before its manifest is verified anybody's name may be on it. */
    public void countRefused(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        refused.labelValues(
                        arrival == null || arrival.manifest() == null
                                ? "unverified"
                                : arrival.sender().value(),
                        exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Refusal.class)
                                .code()
                                .text())
                .inc();
    }
}
