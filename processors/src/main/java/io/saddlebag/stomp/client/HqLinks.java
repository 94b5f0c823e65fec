package io.saddlebag.stomp.client;

import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A site's links to headquarters: one, or one to each of its nodes. The nodes answer for the same records, so that any link
 * will do for a question. The links share the memory of frames that wait. For any number of threads.
 */
public final class HqLinks {
    private final List<StompClient> all;

    private HqLinks(List<StompClient> all) {
        this.all = List.copyOf(all);
    }

    public static HqLinks of(StompClient only) {
        return new HqLinks(List.of(only));
    }

    /** One to each address. */
    public static HqLinks toEach(CurrentIdentity identity, LinkOptions options, Clock clock) {
        List<StompClient> links = new ArrayList<>();
        options.addresses()
                .forEach(address -> links.add(new StompClient(
                        identity,
                        options.at(address),
                        StompClient.HostAddresses.OF_THE_SYSTEM,
                        clock,
                        links.isEmpty() ? StompClient.usualIntake() : links.get(0).intake)));
        return new HqLinks(links);
    }

    /** At least one. */
    public List<StompClient> all() {
        return all;
    }

    /** The first link that is up; the first when all are down. */
    public StompClient any() {
        return all.stream().filter(StompClient::isConnected).findFirst().orElse(all.get(0));
    }

    public boolean isConnected() {
        return any().isConnected();
    }

    /** As {@link StompClient#request(StompFrame)}, over any link. */
    public CompletableFuture<StompFrame> request(StompFrame frame) {
        return any().request(frame);
    }

    /** As {@link StompClient#onConnected}, of each link. */
    public void onConnected(Consumer<StompConnection> listener) {
        all.forEach(link -> link.onConnected(listener));
    }

    /** As {@link StompClient#register}, on each link. */
    public void register(String subscription, StompClient.Subscriber subscriber) {
        all.forEach(link -> link.register(subscription, subscriber));
    }
}
