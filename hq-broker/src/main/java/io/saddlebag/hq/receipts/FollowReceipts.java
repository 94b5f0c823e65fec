package io.saddlebag.hq.receipts;

import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code followReceipts}: a sender is told from now on how its deliveries end. Its own only. Nothing is acknowledged:
 * a sender that missed something asks for it.
 */
public final class FollowReceipts implements Processor {
    private final ReceiptFollowers followers;
    private final Map<Session, ReceiptFollower> bySession = new ConcurrentHashMap<>();

    public FollowReceipts(ReceiptFollowers followers) {
        this.followers = followers;
    }

    @Override
    public void process(Exchange exchange) {
        Session session = HqProperties.session(exchange);
        StompFrame frame = HqProperties.frame(exchange);
        String id = HqProperties.required(frame, Headers.ID);
        String site = HqProperties.required(frame, Headers.DESTINATION).substring(Headers.RECEIPTS_PREFIX.length());
        if (!site.equals(session.site().value())) {
            throw new Refusal(
                    Refusal.Code.NOT_PERMITTED,
                    "Expected the receipts of " + session.site()
                            + ", whose certificate this connection has, found those" + " of '" + Printable.of(site)
                            + "'. Subscribe to your own");
        }
        ReceiptFollower follower = followers.begin(id, session.site(), session.link());
        if (bySession.putIfAbsent(session, follower) != null) {
            followers.end(session.site(), follower);
            throw new Refusal(
                    Refusal.Code.MALFORMED,
                    "Expected one subscription to receipts a connection, found another. Use the one there is");
        }
        try {
            session.follow(id, () -> end(session));
        } catch (Refusal e) {
            end(session);
            throw e;
        }
    }

    private void end(Session session) {
        ReceiptFollower follower = bySession.remove(session);
        if (follower != null) {
            followers.end(session.site(), follower);
        }
    }

    /** The session's subscription; null when it has none. */
    ReceiptFollower of(Session session) {
        return bySession.get(session);
    }
}
