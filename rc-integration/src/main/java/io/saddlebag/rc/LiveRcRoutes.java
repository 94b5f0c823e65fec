package io.saddlebag.rc;

import io.saddlebag.site.HomeTrust;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.LiveSite;
import io.saddlebag.site.camel.RouteFiles;
import io.saddlebag.site.camel.TemplatedRoute;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;

/** Judges changed outbox routes. An outbox is a store that the start admits, so that a new folder needs one. */
final class LiveRcRoutes implements LiveSite {
    private final Settings settings;
    private final Set<Path> outboxes;
    private List<TemplatedRoute> next;

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
        next = RouteFiles.read(settings.home(), RcApplication.ROUTE_FOLDERS);
        return reasons;
    }

    @Override
    public void afterChange(CamelContext context, boolean isTaken) {
        if (isTaken) {
            RcRoutes.tell(RcRoutes.outboxes(next));
        }
    }
}
