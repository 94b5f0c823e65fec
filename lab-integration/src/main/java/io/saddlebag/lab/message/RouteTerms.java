package io.saddlebag.lab.message;

import io.saddlebag.check.HomeChecks;
import io.saddlebag.message.Priority;
import io.saddlebag.site.Setting.Kind;
import io.saddlebag.site.Settings;
import io.saddlebag.site.camel.TemplatedRoute;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The terms that an integrator's drop folder sets for its messages.
 *
 * @param priority null for the normal one
 * @param ttl the longest time under way, from the moment in which the file was taken; null for no limit
 * @param check the check file that the content must pass, relative to the home; null for none
 */
public record RouteTerms(Priority priority, Duration ttl, String check) {
    public static final RouteTerms USUAL = new RouteTerms(null, null, null);

    private static final String PRIORITY = "priority";
    private static final String TTL = "ttl";

    /** The time after which the message is not delivered any more; null for no limit. */
    public Instant expires(Instant taken) {
        return ttl == null ? null : taken.plus(ttl);
    }

    /** @param terms by route id, of those routes that ask for something */
    public static RouteTerms of(OutgoingMessage message, Map<String, RouteTerms> terms) {
        return terms.getOrDefault(message.claim().routeId(), USUAL);
    }

    /** @param faults takes one line a fault: file, line, remedy */
    public static RouteTerms read(TemplatedRoute route, List<String> faults) {
        return new RouteTerms(priority(route, faults), ttl(route, faults), check(route, faults));
    }

    private static String check(TemplatedRoute route, List<String> faults) {
        TemplatedRoute.Parameter parameter = parameter(route, HomeChecks.PARAMETER, faults);
        return parameter == null || parameter.value().equals(HomeChecks.NONE) ? null : parameter.value();
    }

    private static Priority priority(TemplatedRoute route, List<String> faults) {
        TemplatedRoute.Parameter parameter = parameter(route, PRIORITY, faults);
        try {
            Priority priority = parameter == null ? Priority.NORMAL : Priority.ofText(parameter.value());
            return priority == Priority.NORMAL ? null : priority;
        } catch (IllegalArgumentException e) {
            faults.add(parameter.place() + ": " + PRIORITY + ": " + e.getMessage() + ". Correct it");
            return null;
        }
    }

    private static Duration ttl(TemplatedRoute route, List<String> faults) {
        TemplatedRoute.Parameter parameter = parameter(route, TTL, faults);
        if (parameter == null) {
            return null;
        }
        if (!Settings.fits(Kind.DURATION, parameter.value())) {
            faults.add(parameter.place() + ": " + TTL + ": expected " + Kind.DURATION.description() + ", found '"
                    + parameter.value() + "'. Correct it, or leave it out for as long as it takes");
            return null;
        }
        Duration ttl = Settings.durationOf(parameter.value());
        return ttl.isZero() ? null : ttl;
    }

    private static TemplatedRoute.Parameter parameter(TemplatedRoute route, String name, List<String> faults) {
        TemplatedRoute.Parameter parameter = route.parameters().get(name);
        if (parameter != null && route.routeId() == null) {
            faults.add(parameter.place() + ": " + name + ": expected a routeId, by which it is remembered, found none."
                    + " Add routeId: to the route");
        }
        return parameter;
    }
}
