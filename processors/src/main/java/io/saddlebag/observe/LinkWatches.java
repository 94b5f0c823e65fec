package io.saddlebag.observe;

import io.saddlebag.observe.SiteStatus.Link;
import io.saddlebag.observe.SiteStatus.NodeLink;
import io.saddlebag.stomp.client.HqLinks;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;

/** The links of a site together, and each of several. For any number of threads. */
public final class LinkWatches {
    private final List<LinkWatch> all;

    /** Make it before the links connect. */
    public LinkWatches(HqLinks links, Clock clock) {
        all = links.all().stream().map(link -> new LinkWatch(link, clock)).toList();
    }

    /** The link that is up for the longest time; where all are down, the one that went last. */
    public Link now() {
        List<Link> found = all.stream().map(LinkWatch::now).toList();
        return found.stream()
                .filter(Link::isUp)
                .min(Comparator.comparing(Link::since))
                .orElseGet(() ->
                        found.stream().max(Comparator.comparing(Link::since)).orElseThrow());
    }

    /** Each of several; empty where there is one. */
    public List<NodeLink> links() {
        return all.size() == 1 ? List.of() : all.stream().map(LinkWatch::ofNode).toList();
    }
}
