package io.saddlebag.hq.queue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code compareQueues}: what the store says waits on each queue (rows of {@code queue_name}, {@code waiting} in the
 * body) against the index. Commits go on meanwhile, so only a difference that stays from one round to the next counts. It
 * is logged, and the queue is paged anew: memory may never have been told that something waits again. One thread at a
 * time.
 */
public final class CompareQueues implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(CompareQueues.class);

    private final QueueIndex index;
    private Map<String, Long> before = Map.of();

    public CompareQueues(QueueIndex index) {
        this.index = index;
    }

    @Override
    public void process(Exchange exchange) {
        Map<String, Long> stored = new HashMap<>();
        for (Object row : exchange.getMessage().getBody(List.class)) {
            Map<?, ?> columns = (Map<?, ?>) row;
            stored.put(String.valueOf(columns.get("queue_name")), ((Number) columns.get("waiting")).longValue());
        }
        compare(stored);
    }

    /** The queues whose difference stayed. */
    synchronized Set<String> compare(Map<String, Long> stored) {
        // Whatever the store could not be asked for when it was due is asked for again.
        index.load(stored.keySet());
        Map<String, Long> differences = new HashMap<>();
        Set<String> lasting = new TreeSet<>();
        Map<String, QueueDepth> depths = index.depths();
        Set<String> names = new HashSet<>(stored.keySet());
        names.addAll(depths.keySet());
        for (String name : names) {
            QueueDepth depth = depths.getOrDefault(name, new QueueDepth(0, 0, true));
            long difference = stored.getOrDefault(name, 0L) - depth.ready() - depth.away();
            if (difference == 0 || (difference > 0 && depth.moreInStore())) {
                continue;
            }
            differences.put(name, difference);
            if (difference == before.getOrDefault(name, 0L)) {
                lasting.add(name);
                LOG.warn(
                        "{}: the store holds {} waiting deliveries, memory {} ready and {} away; {}",
                        name,
                        stored.getOrDefault(name, 0L),
                        depth.ready(),
                        depth.away(),
                        difference > 0 ? "what memory lacks is paged in" : "a restart rebuilds it");
                if (difference > 0) {
                    index.pageAnew(name);
                }
            }
        }
        before = differences;
        return lasting;
    }
}
