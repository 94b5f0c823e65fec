package io.saddlebag.observe;

import io.saddlebag.observe.SiteStatus.Route;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The messages of each route since the start, and its newest one, of earlier runs too. For any number of threads. */
public final class RouteTraffic {
    private static final String LAST = "last.";
    private static final String SINCE = "since.";

    private final Map<String, Counts> routes = new ConcurrentHashMap<>();
    private final Clock clock;

    private static final class Counts {
        final LongAdder messages = new LongAdder();
        final LongAdder bytes = new LongAdder();
        volatile Instant last;
        volatile Instant since;

        Counts(Instant since) {
            this.since = since;
        }
    }

    public RouteTraffic(Clock clock) {
        this.clock = clock;
    }

    private Counts counts(String route) {
        // Without a lock, for a route that is known.
        Counts known = routes.get(route);
        return known != null
                ? known
                : routes.computeIfAbsent(
                        route, unused -> new Counts(clock.instant().truncatedTo(ChronoUnit.MILLIS)));
    }

    public void count(String route, long bytes, Instant time) {
        Counts counts = counts(route);
        counts.messages.increment();
        counts.bytes.add(bytes);
        counts.last = time;
    }

    /** @param expect seconds; null when nothing is expected */
    public Route of(String route, String folder, Long expect) {
        Counts counts = counts(route);
        return new Route(route, folder, counts.messages.sum(), counts.bytes.sum(), counts.last, counts.since, expect);
    }

    /** Messages of all routes. */
    public long messages() {
        return routes.values().stream().mapToLong(each -> each.messages.sum()).sum();
    }

    /** For {@link #restore}, in a later run. */
    public Map<String, Instant> remembered() {
        Map<String, Instant> times = new TreeMap<>();
        routes.forEach((route, counts) -> {
            times.put(SINCE + route, counts.since);
            if (counts.last != null) {
                times.put(LAST + route, counts.last);
            }
        });
        return times;
    }

    /** Before any message is counted. */
    public void restore(Map<String, Instant> remembered) {
        remembered.forEach((name, time) -> {
            if (name.startsWith(LAST)) {
                counts(name.substring(LAST.length())).last = time;
            } else if (name.startsWith(SINCE)) {
                counts(name.substring(SINCE.length())).since = time;
            }
        });
    }
}
