package io.saddlebag.observe.http;

import io.saddlebag.observe.SiteStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer to a question for a site's health.
 *
 * @param status {@code up} or {@code down}
 * @param reasons empty when it is up
 */
record Health(String status, List<String> reasons) {
    /** A site looks at itself every 15 seconds. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private static Health of(List<String> reasons) {
        return new Health(reasons.isEmpty() ? "up" : "down", List.copyOf(reasons));
    }

    boolean isUp() {
        return status.equals("up");
    }

    /** Up while the site looks at itself. @param status null before the first look */
    static Health live(SiteStatus status, Instant started, Instant now) {
        Instant last = status == null ? started : status.written();
        return last.plus(LONGEST).isBefore(now)
                ? of(List.of("the site has not looked at itself since " + last))
                : of(List.of());
    }

    /** Up once the site is at work. */
    static Health ready(SiteStatus status, Instant started, Instant now) {
        if (status == null) {
            return of(List.of("the site is starting"));
        }
        Health live = live(status, started, now);
        return live.isUp() && !status.ready()
                ? of(List.of("the node is away from its database, or works by another topology than the others"))
                : live;
    }

    /** Up while it is ready, is connected, and has no alert that cannot wait. */
    static Health full(SiteStatus status, Instant started, Instant now) {
        Health ready = ready(status, started, now);
        if (!ready.isUp()) {
            return ready;
        }
        List<String> reasons = new ArrayList<>();
        if (status.link() != null && !status.link().isUp()) {
            reasons.add("no connection to headquarters since " + status.link().since() + ": "
                    + status.link().error());
        }
        status.alerts().stream()
                .filter(alert ->
                        alert.severity().equals("page") && !alert.name().equals("LinkDown"))
                .forEach(alert -> reasons.add(alert.name() + ": " + alert.summary()));
        return of(reasons);
    }
}
