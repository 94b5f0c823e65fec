package io.saddlebag.rc;

import io.saddlebag.site.HomeTrust;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.LiveSite;
import io.saddlebag.site.camel.RouteFiles;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** Judges changed outbox routes. An outbox is a store that the start admits, so that a new folder needs one. */
final class LiveRcRoutes implements LiveSite {
    private final Settings settings;
    private final Set<Path> outboxes;

    /** @param outboxes that the start admitted */
    LiveRcRoutes(Settings settings, Set<Path> outboxes) {
        this.settings = settings;
        this.outboxes = Set.copyOf(outboxes);
    }

    @Override
    public Collection<String> judge() throws SiteStartException {
        Set<Path> now = RcRoutes.check(settings, RcApplication.ROUTE_FOLDERS);
        HomeTrust.require(settings.home()).requireShared(now);
        Collection<String> reasons = new TreeSet<>();
        now.stream()
                .filter(each -> !outboxes.contains(each))
                .forEach(each -> reasons.add("the outbox " + settings.home().nameOf(each)));
        if (reasons.isEmpty()) {
            RcRoutes.tell(RcRoutes.outboxes(RouteFiles.read(settings.home(), RcApplication.ROUTE_FOLDERS)));
        }
        return reasons;
    }
}
