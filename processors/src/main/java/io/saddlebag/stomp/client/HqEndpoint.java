package io.saddlebag.stomp.client;

import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultEndpoint;

/**
 * One destination of headquarters. At the beginning of a route it subscribes, and each MESSAGE is an exchange with the frame
 * as its body, on the event loop of the
 * link that brought it. As a step it sends the body over one of the links, and continues the exchange when headquarters has
 * confirmed it; that holds no thread. The step fails with a {@link Refusal}, or with a {@link ConnectionLostException} when
 * no answer came.
 */
@UriEndpoint(
        firstVersion = "1.0.0",
        scheme = HqComponent.SCHEME,
        title = "Headquarters",
        syntax = "hq:kind/name",
        category = Category.MESSAGING,
        generateConfigurer = false)
public final class HqEndpoint extends DefaultEndpoint {
    static final String EXCHANGE = "exchange";
    /** Has no name: there is one list for all. */
    static final String REVOCATIONS = "revocations";

    /** A body that is a message in frames of its own, with the destination that it was signed for. */
    @FunctionalInterface
    public interface Upload {
        /**
         * Sends all frames over one connection, and waits for nothing.
         *
         * @return completed when headquarters has confirmed the whole
         */
        CompletableFuture<?> over(OneConnection connection);
    }

    @UriPath(description = "The kind of destination: keys, receipts, chain, log, revocations, exchange")
    @Metadata(required = true)
    private final String kind;

    @UriPath(description = "The site or exchange; for a consumer several with commas between them")
    private final String name;

    @UriParam(
            label = "consumer",
            defaultValue = "true",
            description = "false when a step of the site subscribes, as part of a question; its frames come here")
    private boolean subscribe = true;

    HqEndpoint(String uri, HqComponent component, String kind, String name) {
        super(uri, component);
        this.kind = kind;
        this.name = name;
    }

    public void setSubscribe(boolean subscribes) {
        subscribe = subscribes;
    }

    boolean subscribes() {
        return subscribe;
    }

    /** Begins a subscription whose frames come to the route of this destination, such as {@code /chain/FL-LAB}. */
    public static StompFrame subscribe(String destination) {
        return subscribe(destination, null);
    }

    /** @param verdicts for the header {@link Headers#VERDICTS_WANTED}; null for none */
    public static StompFrame subscribe(String destination, String verdicts) {
        return StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.ID, subscriptionOf(destination))
                .header(Headers.DESTINATION, destination)
                .header(Headers.VERDICTS_WANTED, verdicts)
                .build();
    }

    /** Asks headquarters about messages, or about two sizes of the proof log. The answers come on the subscription to the site's own destination. */
    public static StompFrame question(String destination, List<?> ids) {
        byte[] body = Json.write(ids);
        return StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, destination)
                .header(Headers.CONTENT_TYPE, "application/json")
                .header(Headers.CONTENT_LENGTH, body.length)
                .body(body)
                .build();
    }

    static String subscriptionOf(String destination) {
        return destination.substring(1).replace('/', '-');
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        if (kind.equals(EXCHANGE) || name.isEmpty() != kind.equals(REVOCATIONS)) {
            throw new UnsupportedOperationException(
                    "Expected keys, receipts, chain or log of a site, or revocations, at"
                            + " the beginning of a route, found " + getEndpointUri() + ". Correct the route");
        }
        List<String> destinations =
                Stream.of(name.split(",")).map(this::destination).toList();
        HqConsumer consumer = new HqConsumer(this, processor, links(), destinations);
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        return new DefaultAsyncProducer(this) {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                send(exchange).whenComplete((confirmed, failure) -> {
                    if (failure != null) {
                        exchange.setException(failure instanceof CompletionException ? failure.getCause() : failure);
                    }
                    callback.done(false);
                });
                return false;
            }
        };
    }

    private CompletableFuture<?> send(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof Upload upload) {
            return upload.over(links().any().onThisConnection());
        }
        byte[] body = exchange.getMessage().getBody(byte[].class);
        return links().request(StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, destination(name))
                .header(Headers.CONTENT_LENGTH, body.length)
                .body(body)
                .build());
    }

    private String destination(String each) {
        return each.isEmpty() ? "/" + kind : "/" + kind + "/" + each;
    }

    private HqLinks links() {
        return ((HqComponent) getComponent()).links();
    }
}
