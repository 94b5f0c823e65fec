package io.saddlebag.lab;

import io.saddlebag.lab.drop.DropSteps;
import io.saddlebag.lab.keys.PostQuantum;
import io.saddlebag.lab.message.DropContext;
import io.saddlebag.lab.message.RouteTerms;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.FolderSyncs;
import io.saddlebag.site.HomeTrust;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.LiveSite;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.TemplatedRouteBuilder;

/** A laboratory's drop folders as they are now: read at the start, and again when their files change. */
final class LiveLabRoutes implements LiveSite {
    private static final String STRAY_FILES = "stray-files";

    private final Settings settings;
    private final Map<SiteId, PostQuantum> recipients;
    private volatile LabRoutes current;
    private LabRoutes next;

    private LiveLabRoutes(Settings settings, Map<SiteId, PostQuantum> recipients, LabRoutes current) {
        this.settings = settings;
        this.recipients = recipients;
        this.current = current;
    }

    /** @throws SiteStartException with one line a fault */
    static LiveLabRoutes open(Settings settings, HomeTrust trust, Map<SiteId, PostQuantum> recipients)
            throws SiteStartException {
        LiveLabRoutes routes = new LiveLabRoutes(settings, recipients, read(settings, recipients));
        routes.require(routes.current, trust);
        routes.current.told();
        return routes;
    }

    private static LabRoutes read(Settings settings, Map<SiteId, PostQuantum> recipients) throws SiteStartException {
        return LabRoutes.read(settings.home(), LabApplication.ROUTE_FOLDERS, recipients);
    }

    private void require(LabRoutes routes, HomeTrust trust) throws SiteStartException {
        trust.requireParents(roots(routes));
        FolderSyncs.require(settings, roots(routes));
    }

    private List<Path> roots(LabRoutes routes) {
        return routes.folders().stream()
                .map(folder -> settings.home().resolve(folder.directory()))
                .toList();
    }

    /** The drop folders. */
    List<Path> roots() {
        return roots(current);
    }

    /** By route id. */
    Map<String, RouteTerms> terms() {
        return current.terms();
    }

    /** The TYPEs of the ids that routes assign. */
    Set<String> assignedTypes() {
        return current.assignedTypes();
    }

    @Override
    public Collection<String> judge() throws SiteStartException {
        next = read(settings, recipients);
        require(next, HomeTrust.require(settings.home()));
        Map<String, Boolean> before = byStem(current);
        Collection<String> reasons = new TreeSet<>();
        byStem(next).forEach((folder, isByStem) -> {
            if (before.getOrDefault(folder, isByStem) != isByStem) {
                reasons.add("another group of " + folder);
            }
        });
        return reasons;
    }

    private static Map<String, Boolean> byStem(LabRoutes routes) {
        Map<String, Boolean> byStem = new TreeMap<>();
        routes.folders()
                .forEach(folder -> byStem.put(
                        folder.directory(),
                        LabRoutes.value(folder.routes().get(0), DropContext.GROUP, "none")
                                .equals(DropContext.STEM)));
        return byStem;
    }

    /** A name that the new routes take must not count as a stray meanwhile. */
    @Override
    public Collection<String> watchers() {
        return watched().map(LiveLabRoutes::strayRoute).toList();
    }

    /** The folders whose routes leave some names out, which may be moved. */
    private Stream<LabRoutes.DropFolder> watched() {
        return current.folders().stream().filter(LabRoutes.DropFolder::isWatchedForStrays);
    }

    @Override
    public void afterChange(CamelContext context, boolean isTaken) {
        if (isTaken) {
            current = next.told();
        }
        watchForStrays(context);
    }

    /** Adds a route for each folder whose routes leave some names out. */
    void watchForStrays(CamelContext context) {
        watched()
                .filter(folder -> context.getRoute(strayRoute(folder)) == null)
                .forEach(folder -> TemplatedRouteBuilder.builder(context, STRAY_FILES)
                        .routeId(strayRoute(folder))
                        .parameter("directory", folder.directory())
                        .parameter("recursive", Boolean.toString(folder.recursive()))
                        .parameter(DropSteps.TAKEN, folder.taken())
                        .add());
    }

    private static String strayRoute(LabRoutes.DropFolder folder) {
        return STRAY_FILES + "-" + folder.directory();
    }
}
