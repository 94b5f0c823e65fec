package io.saddlebag.rc.metrics;

import io.saddlebag.journal.MissingSeqs.Gap;
import io.saddlebag.log.WorkUnderWay;
import io.saddlebag.observe.LinkWatches;
import io.saddlebag.observe.SiteStatus.Link;
import io.saddlebag.observe.SiteStatus.NodeLink;
import io.saddlebag.observe.SiteStatus.Route;
import io.saddlebag.observe.SiteStatus.Troubles;
import io.saddlebag.observe.SiteStatus.UnderWay;
import io.saddlebag.observe.SiteStatus.Verdicts;
import io.saddlebag.observe.StatusSource;
import io.saddlebag.rc.intake.QueueConsumer;
import io.saddlebag.rc.intake.QueueEndpoint;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.site.SiteHome;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;

/** A centre's part of its status. */
public final class RcStatus implements StatusSource {
    private final SiteHome home;
    private final LinkWatches links;
    private final RcJournal journal;
    private final Duration patience;
    private final Clock clock;
    private final MetricSteps steps;
    private final WorkUnderWay underWay;
    private final Supplier<CamelContext> context;

    /**
     * @param patience a message that later ones overtook longer ago is missing
     * @param context of the routes; asked for once they have started
     */
    public RcStatus(
            SiteHome home,
            LinkWatches links,
            RcJournal journal,
            Duration patience,
            Clock clock,
            MetricSteps steps,
            WorkUnderWay underWay,
            Supplier<CamelContext> context) {
        this.home = home;
        this.links = links;
        this.journal = journal;
        this.patience = patience;
        this.clock = clock;
        this.steps = steps;
        this.underWay = underWay;
        this.context = context;
    }

    @Override
    public String role() {
        return "centre";
    }

    @Override
    public Map<String, Path> volumes() {
        return Map.of("home", home.folder(), "work", home.work());
    }

    @Override
    public long in() {
        return steps.traffic().messages();
    }

    /** Nothing leaves a centre. */
    @Override
    public long out() {
        return 0;
    }

    @Override
    public Map<String, Instant> remembered() {
        return steps.traffic().remembered();
    }

    @Override
    public void restore(Map<String, Instant> remembered) {
        steps.traffic().restore(remembered);
    }

    @Override
    public Link link() {
        return links.now();
    }

    @Override
    public List<NodeLink> links() {
        return links.links();
    }

    private Stream<Map.Entry<String, QueueConsumer>> intakes() {
        return context.get().getRoutes().stream()
                .flatMap(route -> route.getConsumer() instanceof QueueConsumer queue
                        ? Stream.of(Map.entry(route.getRouteId(), queue))
                        : Stream.empty());
    }

    @Override
    public List<UnderWay> underWay() {
        return UnderWay.all("in", underWay.look(), clock.instant());
    }

    @Override
    public List<Route> routes() {
        return intakes()
                .map(route -> {
                    QueueEndpoint queue = route.getValue().getEndpoint();
                    return steps.traffic().of(route.getKey(), queue.directory(), queue.expectSeconds());
                })
                .toList();
    }

    /** Null where no outbox expects verdicts. */
    private Verdicts verdicts() {
        Map<String, Long> overdue = new TreeMap<>();
        boolean isExpected = false;
        for (Map.Entry<String, QueueConsumer> each : intakes().toList()) {
            QueueEndpoint queue = each.getValue().getEndpoint();
            if (queue.expectsVerdict()) {
                isExpected = true;
                long count = journal.verdicts()
                        .overdue(queue.queue(), clock.instant().minus(queue.verdictWithin()))
                        .count();
                if (count > 0) {
                    overdue.put(queue.queue(), count);
                }
            }
        }
        return isExpected ? new Verdicts(0, null, overdue) : null;
    }

    @Override
    public Troubles troubles() {
        Map<String, Long> missing = journal.missing(clock.instant().minus(patience)).stream()
                .collect(Collectors.groupingBy(
                        gap -> gap.site().value(), TreeMap::new, Collectors.summingLong(Gap::count)));
        List<String> paused = intakes()
                .map(Map.Entry::getValue)
                .filter(QueueConsumer::isPaused)
                .map(queue -> queue.getEndpoint().queue())
                .toList();
        return new Troubles(missing, Map.of(), paused, 0, null, null, verdicts());
    }
}
