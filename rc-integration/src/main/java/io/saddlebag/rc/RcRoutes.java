package io.saddlebag.rc;

import io.saddlebag.message.Printable;
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

/** Checks the outbox routes of the integrator, before any queue is subscribed. */
final class RcRoutes {
    private static final String OUTBOX = "outbox";

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
        for (TemplatedRoute route : RouteFiles.read(home, routeFolders)) {
            if (route.template().equals(OUTBOX)) {
                checkQueue(route.parameters().get("queue"), placeByQueue, faults);
                checkDirectory(route.parameters().get("directory"), faults);
                outboxes.add(home.resolve(
                        settings.filled(route.parameters().get("directory").value())));
                check("prefetch", QueueEndpoint::prefetch, route, faults);
                check("checksum", QueueEndpoint::isOn, route, faults);
                check("readyMarker", QueueEndpoint::isOn, route, faults);
                check("deleteDoneAfter", QueueEndpoint::age, route, faults);
                check("deleteAllAfter", QueueEndpoint::age, route, faults);
            }
        }
        if (!faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), faults));
        }
        return outboxes;
    }

    private static void checkQueue(
            TemplatedRoute.Parameter queue, Map<String, String> placeByQueue, List<String> faults) {
        if (queue.value().isBlank()) {
            faults.add(queue.place() + ": queue: expected a queue of headquarters such as ca_rc_queue, found none");
        }
        String other = placeByQueue.putIfAbsent(queue.value(), queue.place());
        if (other != null) {
            faults.add(queue.place() + ": queue: expected one route a queue, found " + Printable.of(queue.value())
                    + " at " + other + " too. Remove one of them");
        }
    }

    private static void checkDirectory(TemplatedRoute.Parameter directory, List<String> faults) {
        if (directory.value().isBlank()) {
            faults.add(directory.place() + ": directory: expected a folder such as outbox, found none");
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
