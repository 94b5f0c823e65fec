package io.saddlebag.lab;

import io.saddlebag.message.Priority;
import io.saddlebag.site.RouteFiles;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.TemplatedRoute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The priorities that the integrator's drop folders give their messages. */
final class RoutePriorities {
    private static final String PRIORITY = "priority";

    private RoutePriorities() {}

    /**
     * By route id; a route of normal priority has no entry.
     *
     * @throws SiteStartException with one line a fault: file, line, remedy
     */
    static Map<String, Priority> read(SiteHome home, Collection<String> routeFolders) throws SiteStartException {
        Map<String, Priority> priorities = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        for (TemplatedRoute route : RouteFiles.read(home, routeFolders)) {
            TemplatedRoute.Parameter parameter = route.parameters().get(PRIORITY);
            if (route.template().equals(LabRoutes.DROP_FOLDER) && parameter != null) {
                read(route, parameter, priorities, faults);
            }
        }
        if (!faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), faults));
        }
        return priorities;
    }

    private static void read(
            TemplatedRoute route,
            TemplatedRoute.Parameter parameter,
            Map<String, Priority> priorities,
            List<String> faults) {
        try {
            Priority priority = Priority.ofText(parameter.value());
            if (route.routeId() == null) {
                faults.add(
                        parameter.place() + ": priority: expected a routeId, by which a priority is remembered, found"
                                + " none. Add routeId: to the route");
            } else if (priority != Priority.NORMAL) {
                priorities.put(route.routeId(), priority);
            }
        } catch (IllegalArgumentException e) {
            faults.add(parameter.place() + ": priority: " + e.getMessage() + ". Correct it");
        }
    }
}
