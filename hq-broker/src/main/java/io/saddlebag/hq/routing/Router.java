package io.saddlebag.hq.routing;

import io.saddlebag.hq.store.Publication.Target;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Priority;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.SiteId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Finds the queues of routing keys and checks them against the seal. Every queue's site is a recipient, so that it can
 * open the message, and every recipient has a queue. Safe for any number of threads.
 */
public final class Router {
    private final LiveTopology topology;

    public Router(LiveTopology topology) {
        this.topology = topology;
    }

    /**
     * One target per queue, in the order of the routing keys; a queue that two keys lead to counts once, for the first.
     *
     * @param recipients whom the message is sealed for
     * @param priority of the message; on an ordered queue all are normal
     * @throws Refusal {@code UNKNOWN_DESTINATION} for a routing key that is bound nowhere, {@code ROUTING_MISMATCH}
     *     when queues and recipients do not name the same sites
     */
    public List<Target> route(
            String exchange, Collection<String> routingKeys, Collection<SiteId> recipients, Priority priority) {
        Topology now = topology.current();
        Map<String, Target> targets = new LinkedHashMap<>();
        for (String key : routingKeys) {
            List<String> queues = now.queuesOf(exchange, key);
            if (queues.isEmpty()) {
                throw new Refusal(
                        Code.UNKNOWN_DESTINATION,
                        "Expected routing keys that exchange " + exchange + " binds ("
                                + String.join(
                                        ", ",
                                        new TreeSet<>(
                                                now.bindings().get(exchange).keySet()))
                                + "), found '" + Printable.of(key) + "'. Correct the key or add a binding");
            }
            for (String queue : queues) {
                Priority counts = now.rules().get(queue).ordered() ? Priority.NORMAL : priority;
                targets.putIfAbsent(queue, new Target(now.queues().get(queue), queue, key, counts));
            }
        }
        TreeSet<SiteId> reached = new TreeSet<>();
        targets.values().forEach(target -> reached.add(target.receiverClientId()));
        TreeSet<SiteId> sealedFor = new TreeSet<>(recipients);
        if (!reached.equals(sealedFor)) {
            throw new Refusal(
                    Code.ROUTING_MISMATCH,
                    "Expected routing keys that lead to the recipients of the manifest " + sealedFor + ", found "
                            + String.join(",", routingKeys) + " which lead to " + reached
                            + ". Seal for the sites that the keys lead to");
        }
        return new ArrayList<>(targets.values());
    }
}
