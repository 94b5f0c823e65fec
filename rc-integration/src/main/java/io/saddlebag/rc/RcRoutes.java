package io.saddlebag.rc;

import io.saddlebag.check.HomeChecks;
import io.saddlebag.message.Printable;
import io.saddlebag.observe.Expect;
import io.saddlebag.rc.intake.QueueEndpoint;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.RouteFiles;
import io.saddlebag.site.camel.TemplatedRoute;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks the outbox routes of the integrator, before any queue is subscribed. */
final class RcRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(RcRoutes.class);

    private RcRoutes() {}

    /**
     * @return the outboxes
     * @throws SiteStartException with one line a fault: file, line, remedy
     */
    static Set<Path> check(Settings settings, Collection<String> routeFolders) throws SiteStartException {
        SiteHome home = settings.home();
        List<String> faults = new ArrayList<>();
        Map<String, String> placeByQueue = new HashMap<>();
        Set<Path> outboxes = new LinkedHashSet<>();
        for (TemplatedRoute route : outboxes(RouteFiles.require(home, routeFolders))) {
            checkQueue(route.parameters().get("queue"), placeByQueue, faults);
            requireFilled(route.parameters().get("directory"), "directory", "a folder such as outbox", faults);
            outboxes.add(home.resolve(
                    settings.filled(route.parameters().get("directory").value())));
            check("accept-from", QueueEndpoint::senders, route, faults);
            check("prefetch", QueueEndpoint::prefetch, route, faults);
            check("checksum", QueueEndpoint::isOn, route, faults);
            check("readyMarker", QueueEndpoint::isOn, route, faults);
            check("describe", QueueEndpoint::isDescribed, route, faults);
            check("deleteDoneAfter", QueueEndpoint::age, route, faults);
            check("deleteAllAfter", QueueEndpoint::age, route, faults);
            check("verdict", QueueEndpoint::isVerdictExpected, route, faults);
            check("verdict-within", QueueEndpoint::within, route, faults);
            check(Expect.PARAMETER, Expect::of, route, faults);
            String check = check(route, settings);
            if (check != null) {
                HomeChecks.judge(home, check, faults);
            }
        }
        if (!faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), faults));
        }
        return outboxes;
    }

    /** The check file of an outbox, relative to the home; null for none. */
    static String check(TemplatedRoute route, Settings settings) {
        TemplatedRoute.Parameter parameter = route.parameters().get(HomeChecks.PARAMETER);
        String path = parameter == null ? HomeChecks.NONE : settings.filled(parameter.value());
        return path.equals(HomeChecks.NONE) ? null : path;
    }

    static List<TemplatedRoute> outboxes(List<TemplatedRoute> routes) {
        return routes.stream()
                .filter(route -> route.template().equals(RcCheck.OUTBOX))
                .toList();
    }

    /** A line in the log for each of the outboxes. */
    static void tell(List<TemplatedRoute> outboxes) {
        for (TemplatedRoute route : outboxes) {
            TemplatedRoute.Parameter accepted = route.parameters().get("accept-from");
            LOG.info(
                    "{} -> {}, from {}",
                    Printable.of(route.parameters().get("queue").value()),
                    Printable.of(route.parameters().get("directory").value()),
                    accepted == null ? "every laboratory" : Printable.of(accepted.value()));
        }
    }

    private static void checkQueue(
            TemplatedRoute.Parameter queue, Map<String, String> placeByQueue, List<String> faults) {
        requireFilled(queue, "queue", "a queue of headquarters such as ca_rc_queue", faults);
        String other = placeByQueue.putIfAbsent(queue.value(), queue.place());
        if (other != null) {
            faults.add(queue.place() + ": queue: expected one route a queue, found " + Printable.of(queue.value())
                    + " at " + other + " too. Remove one of them");
        }
    }

    private static void requireFilled(
            TemplatedRoute.Parameter parameter, String name, String expected, List<String> faults) {
        if (parameter.value().isBlank()) {
            faults.add(parameter.place() + ": " + name + ": expected " + expected + ", found none");
        }
    }

    private static void check(
            String name, Function<String, Object> reading, TemplatedRoute route, List<String> faults) {
        TemplatedRoute.Parameter parameter = route.parameters().get(name);
        if (parameter == null || parameter.value().contains("{{")) {
            return;
        }
        try {
            reading.apply(parameter.value());
        } catch (IllegalArgumentException e) {
            faults.add(parameter.place() + ": " + name + ": " + e.getMessage());
        }
    }
}
