package io.saddlebag.hq.metrics;

import io.saddlebag.hq.deliver.Dispatcher;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.session.Sessions;
import io.saddlebag.hq.shared.OtherNodes;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.SiteStatus.DeadLetters;
import io.saddlebag.observe.SiteStatus.Node;
import io.saddlebag.observe.SiteStatus.Peer;
import io.saddlebag.observe.SiteStatus.Queue;
import io.saddlebag.observe.SiteStatus.Troubles;
import io.saddlebag.observe.StatusSource;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Headquarters' part of its status. */
public final class HqStatus implements StatusSource {
    private final Map<String, Path> volumes;
    private final QueueIndex index;
    private final Dispatcher dispatcher;
    private final Sessions sessions;
    private final LiveTopology topology;
    private final MetricSteps steps;
    private final Clock clock;
    /** Null at the single headquarters. */
    private final OtherNodes others;

    private final Map<SiteId, Instant> lastSeen = new ConcurrentHashMap<>();

    /** @param others null at the single headquarters */
    public HqStatus(
            Map<String, Path> volumes,
            QueueIndex index,
            Dispatcher dispatcher,
            Sessions sessions,
            LiveTopology topology,
            MetricSteps steps,
            Clock clock,
            OtherNodes others) {
        this.volumes = Map.copyOf(volumes);
        this.index = index;
        this.dispatcher = dispatcher;
        this.sessions = sessions;
        this.topology = topology;
        this.steps = steps;
        this.clock = clock;
        this.others = others;
    }

    @Override
    public String role() {
        return "headquarters";
    }

    @Override
    public Map<String, Path> volumes() {
        return volumes;
    }

    @Override
    public long in() {
        return steps.storedMessages();
    }

    @Override
    public long out() {
        return steps.endedDeliveries();
    }

    @Override
    public Map<String, Instant> remembered() {
        Map<String, Instant> times = new TreeMap<>();
        lastSeen.forEach((site, time) -> times.put(site.value(), time));
        return times;
    }

    @Override
    public void restore(Map<String, Instant> remembered) {
        remembered.forEach((site, time) -> lastSeen.put(SiteId.of(site), time));
    }

    @Override
    public List<Queue> queues() {
        return index.states().entrySet().stream()
                .map(queue -> new Queue(
                        queue.getKey(),
                        queue.getValue().ready(),
                        queue.getValue().unacknowledged(),
                        queue.getValue().delayed(),
                        queue.getValue().bytes(),
                        queue.getValue().oldest(),
                        dispatcher.subscriptions(queue.getKey())))
                .toList();
    }

    @Override
    public List<Peer> sites() {
        Map<SiteId, Sessions.OfSite> open = sessions.bySite();
        Instant now = clock.instant();
        open.keySet().forEach(site -> lastSeen.put(site, now));
        if (others != null) {
            others.look(open.keySet());
            others.lastSeen()
                    .forEach((site, time) ->
                            lastSeen.merge(site, time, (one, other) -> one.isAfter(other) ? one : other));
        }
        return new TreeSet<>(topology.current().publishers().keySet())
                .stream()
                        .map(site -> {
                            Sessions.OfSite of = open.get(site);
                            return new Peer(
                                    site,
                                    of == null ? 0 : of.connections(),
                                    lastSeen.get(site),
                                    of == null ? null : of.clockOffset());
                        })
                        .toList();
    }

    /** As of the last look at the sites. */
    @Override
    public List<Node> nodes() {
        return others == null ? List.of() : others.nodes();
    }

    @Override
    public boolean isReady() {
        return others == null || others.isReady();
    }

    @Override
    public List<DeadLetters> deadLetters() {
        return steps.deadLetters(index.depths().keySet());
    }

    @Override
    public Troubles troubles() {
        return new Troubles(Map.of(), Map.of(), List.of(), 0, null, topology.isFaulty() ? 1L : 0L, null);
    }
}
