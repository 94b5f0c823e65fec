package io.saddlebag.hq.queue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code tellTraffic}: one log line for each queue that something came to or left since the last call. What becomes of
 * every single message stands in the tables; a log that grew with each would drown what an operator has to see.
 */
public final class TellTraffic implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(TellTraffic.class);
    private static final QueueTraffic NONE = new QueueTraffic(0, 0, 0);

    private final QueueIndex index;
    private Map<String, QueueTraffic> before = new HashMap<>();

    public TellTraffic(QueueIndex index) {
        this.index = index;
    }

    @Override
    public void process(Exchange exchange) {
        changes()
                .forEach((name, traffic) -> LOG.info(
                        "{}: {} came, {} ended, {} wait", name, traffic.came(), traffic.ended(), traffic.waiting()));
    }

    /** What came and ended since the last call, by queue; a queue where nothing did is left out. */
    synchronized Map<String, QueueTraffic> changes() {
        Map<String, QueueTraffic> now = index.traffic();
        List<String> changed = now.entrySet().stream()
                .filter(queue -> isChanged(queue.getValue(), before.getOrDefault(queue.getKey(), NONE)))
                .map(Map.Entry::getKey)
                .toList();
        Map<String, QueueTraffic> last = before;
        before = now;
        return changed.stream()
                .collect(Collectors.toMap(name -> name, name -> since(now.get(name), last.getOrDefault(name, NONE))));
    }

    private static boolean isChanged(QueueTraffic now, QueueTraffic last) {
        return now.came() != last.came() || now.ended() != last.ended();
    }

    private static QueueTraffic since(QueueTraffic now, QueueTraffic last) {
        return new QueueTraffic(now.came() - last.came(), now.ended() - last.ended(), now.waiting());
    }
}
