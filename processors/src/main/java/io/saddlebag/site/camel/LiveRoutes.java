package io.saddlebag.site.camel;

import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.site.HomeTrust;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.support.ScheduledBatchPollingConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up changed route files of a home that runs, whole or not at all. Routes that did not change run on, as do the
 * connection and everything under way. A change that a start would refuse leaves the former routes; so does one that only a
 * start can take up. For one thread at a time.
 */
final class LiveRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(LiveRoutes.class);
    private static final String TOLD = "told: ";

    private final Settings settings;
    private final List<String> routeFolders;
    private final LiveSite site;
    private final Duration drain;
    private List<RouteSource> running;
    /** Files are taken when two looks find them the same: an editor may write in pieces. */
    private List<RouteSource> seen;
    /** Judged already. */
    private List<RouteSource> refused = List.of();
    /** Waits for files under way, as the log says. */
    private List<RouteSource> delayed = List.of();
    /** The reason why the last look could not read a file. */
    private String unreadable = "";

    /**
     * @param drain the wait, at each look, for the files that a route has under way
     * @param running the home's files, as the start read them
     */
    LiveRoutes(Settings settings, List<String> routeFolders, LiveSite site, Duration drain, List<RouteSource> running) {
        this.settings = settings;
        this.routeFolders = routeFolders;
        this.site = site;
        this.drain = drain;
        this.running = List.copyOf(running);
        this.seen = this.running;
    }

    /** Looks at the files, and takes a change up. */
    void look(CamelContext context) {
        List<RouteSource> now;
        try {
            now = read();
        } catch (IOException e) {
            unreadable(Printable.reason(String.valueOf(e.getMessage())));
            return;
        }
        unreadable = "";
        boolean isStill = now.equals(seen);
        seen = now;
        if (!isStill || now.equals(running) || now.equals(refused)) {
            return;
        }
        try {
            takeUp(context, now);
        } catch (SiteStartException e) {
            refused = now;
            LOG.error("The routes have a fault; those that run stay. {}", e.getMessage());
        }
    }

    /** Told at the second look and no later one: a file may be replaced just now. */
    private void unreadable(String fault) {
        if (fault.equals(unreadable)) {
            LOG.error("The routes have a fault; those that run stay. {}", fault);
            unreadable = TOLD + fault;
        } else if (!unreadable.equals(TOLD + fault)) {
            unreadable = fault;
        }
    }

    private List<RouteSource> read() throws IOException {
        List<RouteSource> files = new ArrayList<>();
        for (Path file : RouteSource.filesOf(settings.home())) {
            files.add(RouteSource.of(file));
        }
        return files;
    }

    private void takeUp(CamelContext context, List<RouteSource> now) throws SiteStartException {
        HomeTrust.require(settings.home());
        RouteFiles.sources(settings.home(), routeFolders);
        Collection<String> reasons = new TreeSet<>(site.judge());
        RouteTrial.run(settings, routeFolders);
        RouteEntries before = RouteEntries.of(running);
        RouteEntries after = RouteEntries.of(now);
        reasons.addAll(before.reasonsForAStart(after));
        if (!reasons.isEmpty()) {
            refused = now;
            LOG.warn("The routes that run stay until a restart, since only a start can take up: {}", reasons);
            return;
        }
        Map<String, String> ended = before.without(after);
        Map<String, String> begun = after.without(before);
        List<String> stopped = new ArrayList<>(site.watchers());
        stopped.addAll(ended.keySet());
        List<String> added = new ArrayList<>();
        try {
            if (!isStopped(context, stopped)) {
                delay(now);
                return;
            }
            for (String id : stopped) {
                context.removeRoute(id);
            }
            add(context, begun, added);
        } catch (Exception e) {
            restore(context, stopped, ended, added);
            site.afterChange(context, false);
            refused = now;
            LOG.error(
                    "The routes cannot be taken up; those that ran before run again: {}",
                    Printable.reason(FaultText.of(e)));
            return;
        }
        site.afterChange(context, true);
        running = now;
        refused = List.of();
        TreeSet<String> changed = new TreeSet<>(begun.keySet());
        changed.retainAll(ended.keySet());
        LOG.info(
                "{}: routes taken up: added {}, changed {}, removed {}",
                settings.home().routes(),
                minus(begun, changed),
                changed,
                minus(ended, changed));
    }

    private static Collection<String> minus(Map<String, String> routes, Collection<String> others) {
        TreeSet<String> rest = new TreeSet<>(routes.keySet());
        rest.removeAll(others);
        return rest;
    }

    /**
     * Stops all of them or none. A stop never interrupts a file under way, and no other route takes a file that one has
     * under way: the files of a route end before it goes.
     */
    private boolean isStopped(CamelContext context, List<String> ids) throws Exception {
        for (String id : ids) {
            if (!context.getRouteController().stopRoute(id, drain.toMillis(), TimeUnit.MILLISECONDS, true)) {
                for (String each : ids) {
                    startAgain(context, each);
                }
                return false;
            }
        }
        return true;
    }

    /** After a stop that was given up, Camel would have the consumer look for files, and take none. */
    private static void startAgain(CamelContext context, String id) throws Exception {
        if (context.getRoute(id).getConsumer() instanceof ScheduledBatchPollingConsumer consumer) {
            consumer.deferShutdown(null);
        }
        context.getRouteController().startRoute(id);
    }

    /** The next look tries again. */
    private void delay(List<RouteSource> now) {
        if (!now.equals(delayed)) {
            delayed = now;
            LOG.info(
                    "{}: changed routes are taken up when the files under way have ended",
                    settings.home().routes());
        }
    }

    private static void add(CamelContext context, Map<String, String> routes, List<String> added) throws Exception {
        for (Map.Entry<String, String> route : new TreeMap<>(routes).entrySet()) {
            added.add(route.getKey());
            new SourcedRoutes(List.of(new RouteSource(route.getKey() + RouteFiles.SUFFIX, route.getValue(), true)))
                    .addRoutesToCamelContext(context);
        }
    }

    /** As it was; a route that cannot run again is named, and a restart brings it back. */
    private void restore(CamelContext context, List<String> stopped, Map<String, String> ended, List<String> added) {
        for (String id : added) {
            try {
                if (isStopped(context, List.of(id))) {
                    context.removeRoute(id);
                }
            } catch (Exception e) {
                LOG.debug("{} was not added", id, e);
            }
        }
        stopped.forEach(id -> {
            try {
                if (context.getRoute(id) != null) {
                    startAgain(context, id);
                } else if (ended.containsKey(id)) {
                    add(context, Map.of(id, ended.get(id)), new ArrayList<>());
                }
            } catch (Exception e) {
                LOG.error(
                        "{}: the route cannot run again; restart the site: {}", id, Printable.reason(FaultText.of(e)));
            }
        });
    }
}
