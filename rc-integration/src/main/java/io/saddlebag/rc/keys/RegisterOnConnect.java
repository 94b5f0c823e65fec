package io.saddlebag.rc.keys;

import io.saddlebag.stomp.StompConnection;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;

/** Starts the route {@code rc-register-keys} with each new connection; returns to the event loop at once. */
public final class RegisterOnConnect implements Consumer<StompConnection> {
    static final String ROUTE = "seda:rc-register-keys?size=4&discardWhenFull=true&waitForTaskToComplete=Never";

    private final Supplier<CamelContext> context;
    private ProducerTemplate template;

    public RegisterOnConnect(Supplier<CamelContext> context) {
        this.context = context;
    }

    @Override
    public synchronized void accept(StompConnection connection) {
        if (template == null) {
            template = context.get().createProducerTemplate();
        }
        template.sendBody(ROUTE, connection.id());
    }
}
