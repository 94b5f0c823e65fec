package io.saddlebag.hq.routing;

import io.saddlebag.message.SiteId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The differences of two topologies, for people: a line each, with {@code +}, {@code -} or {@code ~} first. */
public final class TopologyChanges {
    private TopologyChanges() {}

    /** @param before null for none */
    public static List<String> between(Topology before, Topology after) {
        Map<String, String> old = before == null ? Map.of() : facts(before);
        Map<String, String> now = facts(after);
        Set<String> all = new TreeSet<>(old.keySet());
        all.addAll(now.keySet());
        List<String> lines = new ArrayList<>();
        for (String each : all) {
            String from = old.get(each);
            String to = now.get(each);
            if (from == null) {
                lines.add("+ " + each + text(to));
            } else if (to == null) {
                lines.add("- " + each + text(from));
            } else if (!from.equals(to)) {
                lines.add("~ " + each + text(from) + " -> " + to);
            }
        }
        return lines;
    }

    private static String text(String fact) {
        return fact.isEmpty() ? "" : ": " + fact;
    }

    /** A text for each thing, by its kind and name. */
    private static Map<String, String> facts(Topology topology) {
        Map<String, String> facts = new TreeMap<>();
        topology.bindings().forEach((exchange, keys) -> {
            facts.put("exchange " + exchange, "");
            keys.forEach((key, queues) -> facts.put("binding " + exchange + " " + key, String.join(", ", queues)));
        });
        topology.queues()
                .forEach((queue, site) -> facts.put(
                        "queue " + queue, site + rules(topology.rules().get(queue))));
        for (SiteId site : topology.publishers().keySet()) {
            facts.put(
                    "site " + site,
                    "publish " + names(topology.publishers().get(site)) + ", consume "
                            + names(topology.consumers().getOrDefault(site, Set.of()))
                            + limits(topology.limitsOf(site)));
        }
        return facts;
    }

    private static String names(Set<String> names) {
        return new TreeSet<>(names).toString();
    }

    private static String rules(QueueRules rules) {
        QueueRules usual = QueueRules.DEFAULT;
        return (rules.ordered() ? ", ordered" : "")
                + other(", ttl ", rules.ttl(), usual.ttl())
                + other(", delivery_limit ", rules.deliveryLimit(), usual.deliveryLimit())
                + other(", redelivery_delay ", rules.redeliveryDelay(), usual.redeliveryDelay())
                + other(", redelivery_max ", rules.redeliveryMax(), usual.redeliveryMax())
                + other(", max_messages ", rules.maxMessages(), usual.maxMessages())
                + other(", max_bytes ", rules.maxBytes(), usual.maxBytes());
    }

    private static String limits(Topology.SiteLimits limits) {
        return other(", rate ", limits.rate(), 0)
                + other(", connections ", limits.connections(), 0)
                + other(", in-flight bytes ", limits.inFlightBytes(), 0L);
    }

    private static String other(String name, Object value, Object usual) {
        return Objects.equals(value, usual) ? "" : name + value;
    }
}
