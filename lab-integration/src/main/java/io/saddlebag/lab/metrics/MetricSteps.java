package io.saddlebag.lab.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.receipts.ReceiptSteps;
import io.saddlebag.lab.records.JournalCounts;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.verdict.Verdict;
import io.saddlebag.observe.RouteTraffic;
import io.saddlebag.observe.SiteMetrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** The steps that count what becomes of files. The journal is asked for waiting files when the figures are written. */
public final class MetricSteps {
    private static final String ROUTE = "route";
    private static final double[] SECONDS = {0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 3_600, 86_400};

    private final Counter claimed;
    private final Counter sent;
    private final Counter failed;
    private final Histogram confirmed;
    private final Counter receiptsRefused;
    private final Counter verdicts;
    private final JournalCounts counts;
    private final RouteTraffic traffic;
    private final LongAdder sentMessages = new LongAdder();
    private final Clock clock;
    private volatile Instant newestReceiptFault;
    private volatile Instant newestRejection;

    public MetricSteps(SiteMetrics metrics, LabJournal journal, Clock clock) {
        this.clock = clock;
        this.traffic = new RouteTraffic(clock);
        PrometheusRegistry registry = metrics.registry();
        claimed = Counter.builder()
                .name("saddlebag_files_claimed_total")
                .help("Files and folders taken from a drop folder, since the start")
                .labelNames(ROUTE)
                .register(registry);
        sent = Counter.builder()
                .name("saddlebag_files_sent_total")
                .help("Files and folders that headquarters confirmed, since the start")
                .labelNames(ROUTE)
                .register(registry);
        failed = Counter.builder()
                .name("saddlebag_files_failed_total")
                .help("Files and folders moved to failed/, by the code of their reason, since the start")
                .labelNames(ROUTE, "code")
                .register(registry);
        confirmed = Histogram.builder()
                .name("saddlebag_confirm_duration_seconds")
                .help("The time from a file's claim to headquarters' confirm")
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .register(registry);
        receiptsRefused = Counter.builder()
                .name("saddlebag_receipts_refused_total")
                .help("Delivery receipts that did not hold, since the start")
                .register(registry);
        verdicts = Counter.builder()
                .name("saddlebag_verdicts_total")
                .help("Verdicts of recipients on sent files and folders, accepted or rejected, since the start")
                .labelNames("kind")
                .register(registry);
        verdicts.initLabelValues(Verdict.ACCEPTED);
        verdicts.initLabelValues(Verdict.REJECTED);
        counts = new JournalCounts(journal);
        waiting(journal, counts, registry);
        metrics.gauge(
                "saddlebag_receipts_pending",
                "Messages that headquarters confirmed and that lack a receipt",
                counts::unreceipted);
    }

    private static void waiting(LabJournal journal, JournalCounts counts, PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("saddlebag_files_waiting")
                .help("Claimed files that headquarters has not confirmed")
                .labelNames("state")
                .callback(to -> counts.waiting()
                        .forEach((state, files) ->
                                to.call(files.count(), state.name().toLowerCase(Locale.ROOT))))
                .register(registry);
        GaugeWithCallback.builder()
                .name("saddlebag_oldest_unsent_timestamp_seconds")
                .help("The claim of the oldest file that waits; absent when none does")
                .callback(to -> journal.unsettled(0, 1)
                        .forEach(message -> to.call(seconds(message.claim().sentTimestamp()))))
                .register(registry);
    }

    private static double seconds(Instant time) {
        return time.toEpochMilli() / 1e3;
    }

    /** The steps by the names that the routes use. */
    public Map<String, Processor> beans() {
        return Map.of(
                "countClaimed", this::countClaimed,
                "countRefusedDrop", this::countRefusedDrop,
                "countSent", this::countSent,
                "countRefused", this::countRefused,
                "countReceiptFault", this::countReceiptFault,
                "countVerdicts", this::countVerdicts);
    }

    /** Counts a file that became a message. */
    public void countClaimed(Exchange exchange) {
        OutgoingMessage.Claim claim = OutgoingContext.message(exchange).claim();
        claimed.labelValues(claim.routeId()).inc();
        traffic.count(claim.routeId(), claim.look().size(), claim.sentTimestamp());
    }

    /** Counts a dropped file that became no message. */
    public void countRefusedDrop(Exchange exchange) {
        failed.labelValues(exchange.getFromRouteId(), code(exchange)).inc();
    }

    /** Counts a message that headquarters has. */
    public void countSent(Exchange exchange) {
        OutgoingMessage.Claim claim = OutgoingContext.message(exchange).claim();
        sent.labelValues(claim.routeId()).inc();
        sentMessages.increment();
        confirmed.observe(
                Duration.between(claim.sentTimestamp(), clock.instant()).toMillis() / 1e3);
    }

    /** Counts a message that was refused for good. */
    public void countRefused(Exchange exchange) {
        failed.labelValues(OutgoingContext.message(exchange).claim().routeId(), code(exchange))
                .inc();
    }

    private static String code(Exchange exchange) {
        return exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Refusal.class)
                .code()
                .text();
    }

    /** Counts a receipt that does not hold; trouble of this site's own is none. */
    public void countReceiptFault(Exchange exchange) {
        if (exchange.getProperty(Exchange.EXCEPTION_CAUGHT) instanceof Refusal refusal
                && !refusal.code().isPassing()) {
            receiptsRefused.inc();
            newestReceiptFault = clock.instant();
        }
    }

    /** Counts the verdicts of a frame that are new. */
    public void countVerdicts(Exchange exchange) {
        for (String kind : ReceiptSteps.newVerdicts(exchange)) {
            verdicts.labelValues(kind).inc();
            if (kind.equals(Verdict.REJECTED)) {
                newestRejection = clock.instant();
            }
        }
    }

    /** Messages that a recipient rejected, since the start. */
    long rejections() {
        return verdicts.labelValues(Verdict.REJECTED).getLongValue();
    }

    /** Null when there was none since the start. */
    Instant newestRejection() {
        return newestRejection;
    }

    /** The files and receipts that wait. */
    JournalCounts counts() {
        return counts;
    }

    /** The claims of each route. */
    RouteTraffic traffic() {
        return traffic;
    }

    /** Messages that headquarters confirmed, since the start. */
    long sentMessages() {
        return sentMessages.sum();
    }

    long receiptFaults() {
        return receiptsRefused.getLongValue();
    }

    /** Null when there was none since the start. */
    Instant newestReceiptFault() {
        return newestReceiptFault;
    }
}
