package io.saddlebag.testing;

import io.saddlebag.stomp.client.StompClient;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A Camel context with nothing but the shipped route {@code hq-link} and a step that takes its messages. */
public final class LinkedSite implements AutoCloseable {
    private final DefaultCamelContext context = new DefaultCamelContext();

    private LinkedSite() {}

    /** Returns when the context has started, whether or not the server is there. */
    public static LinkedSite start(StompClient client, Processor onMessage) {
        LinkedSite site = new LinkedSite();
        client.beans().forEach(site.context.getRegistry()::bind);
        try {
            PluginHelper.getRoutesLoader(site.context)
                    .loadRoutes(ResourceHelper.resolveMandatoryResource(
                            site.context, "classpath:saddlebag/routes/site/hq-link.camel.yaml"));
            site.context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:hq-message").routeId("test-message").process(onMessage);
                }
            });
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
