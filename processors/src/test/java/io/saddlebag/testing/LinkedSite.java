package io.saddlebag.testing;

import io.saddlebag.stomp.client.HqComponent;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A Camel context with the component {@code hq} and the routes of a test. */
public final class LinkedSite implements AutoCloseable {
    private final DefaultCamelContext context = new DefaultCamelContext();

    private LinkedSite() {}

    /** Returns when the context has started, whether or not the server is there. */
    public static LinkedSite start(HqComponent component, RoutesBuilder... routes) {
        LinkedSite site = new LinkedSite();
        site.context.addComponent(HqComponent.SCHEME, component);
        try {
            for (RoutesBuilder each : routes) {
                site.context.addRoutes(each);
            }
            site.context.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return site;
    }

    public DefaultCamelContext context() {
        return context;
    }

    @Override
    public void close() {
        context.stop();
    }
}
