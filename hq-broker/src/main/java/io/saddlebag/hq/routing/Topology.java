package io.saddlebag.hq.routing;

import io.saddlebag.message.SiteId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The last valid topology.yaml: where each site may publish and consume, and the queues of each routing key. Immutable.
 *
 * @param bindings by exchange, then by routing key, the queues that a publish reaches; holds every exchange
 * @param queues the receiving site of each queue
 * @param rules the rules of each queue; holds every queue
 * @param publishers by site, the exchanges that it may publish to; holds every site
 * @param consumers by site, the queues that it may consume and acknowledge; holds every site
 * @param limits by site, of those that have limits of their own
 */
public record Topology(
        Map<String, Map<String, List<String>>> bindings,
        Map<String, SiteId> queues,
        Map<String, QueueRules> rules,
        Map<SiteId, Set<String>> publishers,
        Map<SiteId, Set<String>> consumers,
        Map<SiteId, SiteLimits> limits) {
    /**
     * The limits of a site in topology.yaml, for all its connections together; 0 for none.
     *
     * @param rate messages a second that it may publish, over all its connections
     * @param the most connections, in place of the setting for every site
     * @param inFlightBytes of unanswered frames, over all its connections
     */
    public record SiteLimits(int rate, int connections, long inFlightBytes) {
        public static final SiteLimits NONE = new SiteLimits(0, 0, 0);
    }

    public Topology {
        bindings = inOrder(bindings);
        queues = inOrder(queues);
        rules = inOrder(rules);
        publishers = inOrder(publishers);
        consumers = inOrder(consumers);
        limits = inOrder(limits);
    }

    /** In the order of the file, which Map.copyOf would shuffle anew at every start. */
    private static <K, V> Map<K, V> inOrder(Map<K, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    public boolean knows(SiteId site) {
        return publishers.containsKey(site);
    }

    public SiteLimits limitsOf(SiteId site) {
        return limits.getOrDefault(site, SiteLimits.NONE);
    }

    public boolean hasExchange(String exchange) {
        return bindings.containsKey(exchange);
    }

    public boolean mayPublish(SiteId site, String exchange) {
        return publishers.getOrDefault(site, Set.of()).contains(exchange);
    }

    public boolean mayConsume(SiteId site, String queue) {
        return consumers.getOrDefault(site, Set.of()).contains(queue);
    }

    /** True when messages are sealed for the site, so that it has keys to register. */
    public boolean receives(SiteId site) {
        return !consumers.getOrDefault(site, Set.of()).isEmpty();
    }

    /** The queues that the routing key leads to; empty when it is bound nowhere. */
    List<String> queuesOf(String exchange, String routingKey) {
        return bindings.getOrDefault(exchange, Map.of()).getOrDefault(routingKey, List.of());
    }
}
