package io.saddlebag.cli.renew;

import io.saddlebag.hq.renewals.RenewalFolder;
import io.saddlebag.hq.renewals.RenewalFolder.State;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.HqEndpoint;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * A connection to headquarters' queue of requests with the site's own certificate. It is one of the several that a site may
 * have, so that the site may run or not.
 */
final class RenewalConnection implements RenewalQueue, StompClient.Subscriber {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SiteIdentity identity;
    private final Duration patience;
    private final StompClient client;
    private final CamelContext context = new DefaultCamelContext();
    private final CompletableFuture<StompFrame> found = new CompletableFuture<>();
    private final String destination;

    private RenewalConnection(SiteIdentity identity, LinkOptions options, Duration patience) {
        this.identity = identity;
        this.patience = patience;
        this.client = new StompClient(identity, options);
        this.destination = Headers.RENEWAL_PREFIX + identity.site();
    }

    /**
     * @param patience the time for the connection, and for each answer
     * @throws IOException when headquarters cannot be reached
     */
    static RenewalConnection open(SiteIdentity identity, LinkOptions options, Duration patience) throws IOException {
        RenewalConnection connection = new RenewalConnection(identity, options, patience);
        try {
            connection.connect();
        } catch (IOException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    private void connect() throws IOException {
        CompletableFuture<StompConnection> connected = new CompletableFuture<>();
        client.onConnected(connected::complete);
        client.register(HqEndpoint.subscribe(destination).header(Headers.ID), this);
        context.addComponent(HqComponent.SCHEME, new HqComponent(client));
        context.start();
        try {
            connected.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException(
                    "Expected a connection to headquarters within " + patience.toSeconds() + " s, found none: "
                            + Printable.reason(client.lastFault()),
                    e);
        } catch (ExecutionException | InterruptedException e) {
            throw failed(e);
        }
    }

    @Override
    public void connected(StompConnection connection) {
        // Subscribes when it is asked.
    }

    @Override
    public void take(StompFrame frame, StompConnection connection) {
        found.complete(frame);
    }

    @Override
    public RenewalFolder.Found find() throws IOException {
        StompFrame answer;
        try {
            client.request(HqEndpoint.subscribe(destination)).get(patience.toMillis(), TimeUnit.MILLISECONDS);
            answer = found.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw failed(e);
        }
        String state = String.valueOf(answer.header(Headers.STATE));
        try {
            return new RenewalFolder.Found(
                    State.valueOf(state.toUpperCase(Locale.ROOT)),
                    answer.header(Headers.REQUEST_SHA256),
                    answer.body());
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "Expected the state of a request from headquarters, found " + Printable.of(state)
                            + ". Is headquarters of another version?",
                    e);
        }
    }

    @Override
    public void put(byte[] request) throws IOException {
        try {
            client.request(StompFrame.of(StompCommand.SEND)
                            .header(Headers.DESTINATION, Headers.RENEWAL)
                            .header(Headers.CONTENT_LENGTH, request.length)
                            .body(request)
                            .build())
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw failed(e);
        }
    }

    private IOException failed(Exception failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
        return new IOException(
                "Expected an answer of headquarters to " + identity.site() + ", found "
                        + Printable.reason(FaultText.of(cause)),
                failure);
    }

    @Override
    public void close() {
        context.stop();
    }
}
