package io.saddlebag.hq.tlog;

import io.saddlebag.hq.receipts.OwnSubscriptions;
import io.saddlebag.hq.session.Session;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;

/**
 * The sites that follow the heads of the log. One that does not read misses heads, and gets the next. Safe for any number of
 * threads; no method blocks.
 */
final class LogFollowers {
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private final OwnSubscriptions<Follower> subscriptions =
            new OwnSubscriptions<>(Headers.LOG_PREFIX, this::add, followers::remove);
    private volatile byte[] head;

    /** Makes the frames of one subscription. */
    private record Follower(String subscription, Session session, AtomicLong lastNumber) {
        void send(byte[] body, String proof) {
            String site = session.site().value();
            StompFrame.Builder frame = StompFrame.of(StompCommand.MESSAGE)
                    .header(Headers.SUBSCRIPTION, subscription)
                    .header(Headers.MESSAGE_ID_OF_STOMP, "log/" + site + "/" + lastNumber.incrementAndGet())
                    .header(Headers.DESTINATION, Headers.LOG_PREFIX + site);
            if (proof != null) {
                frame.header(Headers.LOG_PROOF, proof);
            }
            session.connection()
                    .send(frame.header(Headers.CONTENT_TYPE, "application/json")
                            .header(Headers.CONTENT_LENGTH, body.length)
                            .body(body)
                            .build());
        }
    }

    private Follower add(String subscription, Session session) {
        Follower follower = new Follower(subscription, session, new AtomicLong());
        followers.add(follower);
        return follower;
    }

    /** Begins the subscription that the frame asks for, with the last head if there is one. */
    void begin(Exchange exchange) {
        Follower follower = subscriptions.begin(exchange);
        byte[] last = head;
        if (last != null) {
            follower.send(last, null);
        }
    }

    /** @param envelope the new head, as it was signed */
    void tell(byte[] envelope) {
        head = envelope;
        for (Follower follower : followers) {
            if (follower.session().connection().isWritable()) {
                follower.send(envelope, null);
            }
        }
    }

    /**
     * Answers the question of a connection that follows the log.
     *
     * @param proof {@code <from>/<to>}
     * @param body a JSON array of hashes
     */
    void answer(Session session, String proof, byte[] body) {
        subscriptions.answering(session).send(body, proof);
    }
}
