package io.saddlebag.site.camel;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * Hands texts of routes to Camel's own loader, all in one call: it takes templates before the routes that are made of
 * them.
 */
final class SourcedRoutes implements RoutesBuilder {
    private final List<RouteSource> sources;

    SourcedRoutes(List<RouteSource> sources) {
        this.sources = List.copyOf(sources);
    }

    @Override
    public void addRoutesToCamelContext(CamelContext context) throws Exception {
        List<Resource> resources = sources.stream()
                .map(source ->
                        ResourceHelper.fromBytes(source.name(), source.text().getBytes(StandardCharsets.UTF_8)))
                .toList();
        PluginHelper.getRoutesLoader(context).loadRoutes(resources);
    }

    @Override
    public void addTemplatedRoutesToCamelContext(CamelContext context) {
        // The loader has added them with the others.
    }

    @Override
    public Set<String> updateRoutesToCamelContext(CamelContext context) {
        throw new UnsupportedOperationException("Expected routes to be added once, found an update");
    }
}
