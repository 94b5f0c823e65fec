package io.saddlebag.console.pages;

import io.javalin.http.Context;
import io.saddlebag.console.read.Figures;
import io.saddlebag.console.read.Figures.Figure;
import io.saddlebag.console.read.Homes;
import io.saddlebag.console.read.HqReader;
import io.saddlebag.hq.routing.Topology;
import io.saddlebag.hq.routing.Topology.SiteLimits;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.SiteStatus;
import io.saddlebag.observe.SiteStatus.Peer;
import io.saddlebag.site.SiteStartException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The sites that headquarters knows: who is there, whose clock is off, who was refused and why. */
public final class SitesPage {
    private static final double CLOCK_IS_OFF = 60;

    private final Homes homes;
    private final View view;

    public SitesPage(Homes homes, View view) {
        this.homes = homes;
        this.view = view;
    }

    /**
     * A site of the topology.
     *
     * @param peer null when headquarters has said nothing of it
     */
    public record Line(String site, Peer peer, String may, String limits, String refusals, long received) {
        public boolean isUp() {
            return peer != null && peer.connections() > 0;
        }

        public String clock() {
            return peer == null || peer.clockOffset() == null
                    ? "–"
                    : String.format(Locale.ROOT, "%+.1f s", peer.clockOffset());
        }

        public boolean isClockOff() {
            return peer != null && peer.clockOffset() != null && Math.abs(peer.clockOffset()) > CLOCK_IS_OFF;
        }
    }

    /** @param written null when headquarters never wrote a status */
    public record Network(String hq, Instant written, List<Line> lines, String problem) {}

    /** The model of the template. */
    public record Sites(Instant now, List<Network> networks) {}

    public void show(Context answer) {
        List<Network> networks =
                homes.headquarters().stream().map(SitesPage::network).toList();
        view.show(answer, "sites", "Sites", "/sites", new Sites(view.now(), networks));
    }

    private static Network network(HqReader reader) {
        String hq = reader.home().site().value();
        SiteStatus status = reader.home().status().orElse(null);
        try {
            Topology topology = reader.topology();
            Figures figures = Figures.of(reader.home());
            return new Network(
                    hq,
                    status == null ? null : status.written(),
                    topology.publishers().keySet().stream()
                            .map(site -> line(site, topology, status, figures))
                            .toList(),
                    null);
        } catch (SiteStartException e) {
            return new Network(hq, null, List.of(), e.getMessage());
        }
    }

    private static Line line(SiteId site, Topology topology, SiteStatus status, Figures figures) {
        Peer peer = status == null
                ? null
                : status.sites().stream()
                        .filter(each -> each.site().equals(site))
                        .findFirst()
                        .orElse(null);
        return new Line(
                site.value(),
                peer,
                may(topology.publishers().get(site), topology.consumers().getOrDefault(site, Set.of())),
                limits(topology.limitsOf(site)),
                figures.named("saddlebag_publications_rejected_total").stream()
                        .filter(figure -> figure.label("sender").equals(site.value()) && figure.value() > 0)
                        .map(SitesPage::refusal)
                        .collect(Collectors.joining(", ")),
                figures.sum("saddlebag_messages_received_total", "sender", site.value()));
    }

    private static String refusal(Figure figure) {
        return figure.label("code") + " " + Text.count((long) figure.value());
    }

    private static String may(Set<String> exchanges, Set<String> queues) {
        List<String> rights = new ArrayList<>();
        if (!exchanges.isEmpty()) {
            rights.add("publishes to " + String.join(", ", exchanges));
        }
        if (!queues.isEmpty()) {
            rights.add("consumes " + String.join(", ", queues));
        }
        return String.join("; ", rights);
    }

    private static String limits(SiteLimits limits) {
        List<String> texts = new ArrayList<>();
        if (limits.rate() > 0) {
            texts.add(Text.count(limits.rate()) + " messages a second");
        }
        if (limits.connections() > 0) {
            texts.add(Text.plural(limits.connections(), "connection", "connections"));
        }
        if (limits.inFlightBytes() > 0) {
            texts.add(Text.bytes(limits.inFlightBytes()) + " in flight");
        }
        return String.join(", ", texts);
    }
}
