package io.saddlebag.hq.receipts;

import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.OutcomeStore;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code askReceipts}: a sender names messages of its own and is told, on its subscription, how those of their
 * deliveries ended that have. Reads the store, so it may block.
 */
public final class AskReceipts implements Processor {
    /** The most message_ids in one question. */
    static final int MOST = 256;

    private final FollowReceipts subscriptions;
    private final OutcomeStore store;

    public AskReceipts(FollowReceipts subscriptions, OutcomeStore store) {
        this.subscriptions = subscriptions;
        this.store = store;
    }

    @Override
    public void process(Exchange exchange) throws StoreException {
        Session session = HqProperties.session(exchange);
        List<MessageId> asked = read(HqProperties.frame(exchange).body());
        ReceiptFollower follower = subscriptions.of(session);
        if (follower == null) {
            throw new Refusal(
                    Refusal.Code.NOT_PERMITTED,
                    "Expected a subscription to /receipts/" + session.site()
                            + " on this connection, on which the answer comes, found none. Subscribe first");
        }
        if (!session.link().isWritable()) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "Expected a client that reads what it asked for, found much of it waiting. Ask again when it is"
                            + " read");
        }
        follower.answer(store.outcomes(session.site(), asked));
    }

    private static List<MessageId> read(byte[] body) {
        MessageId[] asked;
        try {
            asked = Json.read(body, MessageId[].class);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Refusal.Code.MALFORMED, e.getMessage() + ". Send a JSON array of message_ids", e);
        }
        if (asked.length > MOST || Arrays.asList(asked).contains(null)) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "Expected 1 to " + MOST + " message_ids in one question, found " + asked.length
                            + ". Ask in several");
        }
        return List.of(asked);
    }
}
