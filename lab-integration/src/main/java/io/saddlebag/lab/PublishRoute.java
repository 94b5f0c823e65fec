package io.saddlebag.lab;

import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.outgoing.OutgoingWindow;
import io.saddlebag.site.SiteStartException;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;

/** Opens the window onto the route {@code hq-publish}: each message that it starts is an exchange there. */
final class PublishRoute {
    private PublishRoute() {}

    /** @throws SiteStartException when the context has no such route */
    static void open(CamelContext context, OutgoingWindow window, LabThreads threads) throws SiteStartException {
        AsyncProducer producer;
        try {
            producer = context.getEndpoint("direct:outgoing").createAsyncProducer();
            producer.start();
        } catch (Exception e) {
            throw new SiteStartException("The route hq-publish cannot be reached: " + e.getMessage(), e);
        }
        window.open((message, done) -> threads.of(message).execute(() -> {
            Exchange exchange = new DefaultExchange(context);
            OutgoingContext.message(exchange, message);
            try {
                producer.process(exchange, doneSync -> done.run());
            } catch (RuntimeException | Error e) {
                done.run();
                throw e;
            }
        }));
    }
}
