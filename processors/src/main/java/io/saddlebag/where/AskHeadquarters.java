package io.saddlebag.where;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.question.SiteQuestions;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqEndpoint;
import io.saddlebag.stomp.client.HqLinks;
import io.saddlebag.stomp.client.StompClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Asks headquarters for the deliveries of messages, over one of the site's own links. Frames of an answer come before its
 * receipt, on the link's event loop, and are collected there. One question at a time; a second fails.
 */
public final class AskHeadquarters implements StompClient.Subscriber {
    /** The subject of the commands' questions, see {@link io.saddlebag.site.question.SiteQuestion}. */
    public static final String SUBJECT = "where";

    private static final long MOST_BYTES = 4L << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final HqLinks links;
    private final SiteId headquarters;
    private final String destination;
    private final Duration patience;
    /** On each connection that was asked; it may still wait for its receipt. */
    private final Map<StompConnection, CompletableFuture<StompFrame>> subscriptions = new HashMap<>();

    private boolean isAsking;
    private long bytes;
    private boolean more;
    /** Why the answer cannot be taken; null as long as it can. */
    private String broken;

    private final List<HeldDelivery> answer = new ArrayList<>();

    /** Takes the frames of the site's subscription from now on. */
    public AskHeadquarters(HqLinks links, SiteId site, SiteId headquarters) {
        this(links, site, headquarters, PATIENCE);
    }

    AskHeadquarters(HqLinks links, SiteId site, SiteId headquarters, Duration patience) {
        this.patience = patience;
        this.links = links;
        this.headquarters = headquarters;
        this.destination = Headers.WHERE_PREFIX + site;
        links.register(destination.substring(1).replace('/', '-'), this);
    }

    /** The site's answers to commands, of which this is the one. */
    public static SiteQuestions answers(SiteHome home, HqLinks links, SiteId site, SiteId headquarters) {
        return new SiteQuestions(home, Map.of(SUBJECT, new AskHeadquarters(links, site, headquarters)::ask));
    }

    /**
     * @param fault why headquarters gave no answer; null when it did
     * @param more whether more messages match than are here
     * @param deliveries empty with a fault
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Answer(
            @JsonProperty("headquarters") SiteId headquarters,
            @JsonProperty("connected") boolean connected,
            @JsonProperty("fault") String fault,
            @JsonProperty("more") boolean more,
            @JsonProperty("deliveries") List<HeldDelivery> deliveries) {
        public Answer {
            deliveries = deliveries == null ? List.of() : List.copyOf(deliveries);
        }
    }

    /** @param about message_ids, or one {@link IdPattern}; completes without an exception */
    public CompletableFuture<Answer> ask(List<String> about) {
        StompClient client = links.any();
        StompConnection connection = client.connection();
        if (connection == null) {
            return CompletableFuture.completedFuture(
                    new Answer(headquarters, false, client.lastFault(), false, List.of()));
        }
        if (!begin()) {
            return CompletableFuture.completedFuture(
                    new Answer(headquarters, true, "another question is under way", false, List.of()));
        }
        Function<StompFrame, CompletableFuture<StompFrame>> request = frame -> client.request(frame, connection);
        return subscribe(connection, request)
                .thenCompose(ready -> request.apply(HqEndpoint.question(Headers.WHERE, about)))
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .handle((receipt, failure) -> end(failure));
    }

    private synchronized boolean begin() {
        if (isAsking) {
            return false;
        }
        isAsking = true;
        answer.clear();
        bytes = 0;
        more = false;
        broken = null;
        return true;
    }

    /** Once a connection: headquarters takes no second one. */
    private synchronized CompletableFuture<?> subscribe(
            StompConnection connection, Function<StompFrame, CompletableFuture<StompFrame>> request) {
        subscriptions
                .entrySet()
                .removeIf(each -> !each.getKey().isOpen() || each.getValue().isCompletedExceptionally());
        return subscriptions.computeIfAbsent(connection, unused -> request.apply(HqEndpoint.subscribe(destination)));
    }

    private synchronized Answer end(Throwable failure) {
        isAsking = false;
        String fault = failure == null ? broken : reason(failure);
        return new Answer(headquarters, links.isConnected(), fault, more, fault == null ? answer : List.of());
    }

    private String reason(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof TimeoutException
                ? "it did not answer within " + patience.toSeconds() + " s"
                : Printable.reason(FaultText.of(cause));
    }

    @Override
    public void connected(StompConnection connection) {
        // A question subscribes.
    }

    @Override
    public synchronized void take(StompFrame frame, StompConnection connection) {
        bytes += frame.size();
        if (!isAsking || broken != null) {
            return;
        }
        if (bytes > MOST_BYTES) {
            broken = "Expected an answer of at most " + MOST_BYTES + " bytes, found more";
            return;
        }
        try {
            Stream.of(Json.read(frame.body(), HeldDelivery[].class)).forEach(answer::add);
        } catch (IllegalArgumentException e) {
            broken = e.getMessage() + "; is headquarters of another version?";
        }
        more |= Boolean.parseBoolean(frame.header(Headers.MORE));
    }
}
