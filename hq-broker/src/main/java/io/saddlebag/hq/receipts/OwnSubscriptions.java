package io.saddlebag.hq.receipts;

import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.apache.camel.Exchange;

/**
 * Subscriptions to a site's own records, at most one a connection. Answers to a question go out on the subscription. Safe
 * for any number of threads; no method blocks.
 *
 * @param <T> what answers on a subscription
 */
public final class OwnSubscriptions<T> {
    /** The most message_ids in one question. */
    public static final int MOST = 256;

    private final String prefix;
    private final BiFunction<String, Session, T> begin;
    private final Consumer<T> end;
    private final Map<Session, T> bySession = new ConcurrentHashMap<>();

    /**
     * @param prefix of the destination; the rest of it names the site
     * @param begin makes the answerer of a subscription, by the id that the client gave it
     * @param end runs once for each that was made
     */
    public OwnSubscriptions(String prefix, BiFunction<String, Session, T> begin, Consumer<T> end) {
        this.prefix = prefix;
        this.begin = begin;
        this.end = end;
    }

    /** Begins the subscription that the frame asks for. It ends with the connection at the latest. */
    public T begin(Exchange exchange) {
        Session session = HqProperties.session(exchange);
        StompFrame frame = HqProperties.frame(exchange);
        String id = HqProperties.required(frame, Headers.ID);
        String destination = HqProperties.required(frame, Headers.DESTINATION);
        if (!destination.equals(prefix + session.site())) {
            throw new Refusal(
                    Code.NOT_PERMITTED,
                    "Expected a subscription to " + prefix + session.site() + ", whose certificate this connection"
                            + " has, found '" + Printable.of(destination) + "'. Subscribe to your own");
        }
        T begun = begin.apply(id, session);
        if (bySession.putIfAbsent(session, begun) != null) {
            end.accept(begun);
            throw new Refusal(
                    Code.MALFORMED,
                    "Expected one subscription to " + destination
                            + " a connection, found another. Use the one there is");
        }
        try {
            session.follow(id, () -> end(session));
        } catch (Refusal e) {
            end(session);
            throw e;
        }
        return begun;
    }

    private void end(Session session) {
        T begun = bySession.remove(session);
        if (begun != null) {
            end.accept(begun);
        }
    }

    /** The subscription on which the connection's question is answered. */
    public T answering(Session session) {
        T begun = bySession.get(session);
        if (begun == null) {
            throw new Refusal(
                    Code.NOT_PERMITTED,
                    "Expected a subscription to " + prefix + session.site()
                            + " on this connection, on which the answer comes, found none. Subscribe first");
        }
        if (!session.connection().isWritable()) {
            throw new Refusal(
                    Code.TOO_LARGE,
                    "Expected a client that reads what it asked for, found much of it waiting. Ask again when it is"
                            + " read");
        }
        return begun;
    }

    /** The message_ids that a question names. */
    static List<MessageId> question(Exchange exchange, int least) {
        MessageId[] asked;
        try {
            asked = Json.read(HqProperties.frame(exchange).body(), MessageId[].class);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Code.MALFORMED, e.getMessage() + ". Send a JSON array of message_ids", e);
        }
        if (asked.length < least || asked.length > MOST || Arrays.asList(asked).contains(null)) {
            throw new Refusal(
                    Code.TOO_LARGE,
                    "Expected " + least + " to " + MOST + " message_ids in one question, found " + asked.length
                            + ". Ask in several");
        }
        return List.of(asked);
    }
}
