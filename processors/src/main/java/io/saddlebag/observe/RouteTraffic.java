package io.saddlebag.observe;

import io.saddlebag.observe.SiteStatus.Route;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The messages of each route since the start, and its newest one. For any number of threads. */
public final class RouteTraffic {
    private final Map<String, Counts> routes = new ConcurrentHashMap<>();

    private static final class Counts {
        final LongAdder messages = new LongAdder();
        final LongAdder bytes = new LongAdder();
        volatile Instant last;
    }

    public void count(String route, long bytes, Instant time) {
        Counts counts = routes.computeIfAbsent(route, unused -> new Counts());
        counts.messages.increment();
        counts.bytes.add(bytes);
        counts.last = time;
    }

    /** @param expect seconds; null when nothing is expected */
    public Route of(String route, String folder, Long expect) {
        Counts counts = routes.computeIfAbsent(route, unused -> new Counts());
        return new Route(route, folder, counts.messages.sum(), counts.bytes.sum(), counts.last, expect);
    }

    /** Messages of all routes. */
    public long messages() {
        return routes.values().stream().mapToLong(each -> each.messages.sum()).sum();
    }
}
