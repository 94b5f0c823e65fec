package io.saddlebag.hq.chain;

import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.store.ConfirmedMessages;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.ChainStore;
import io.saddlebag.hq.store.sql.ChainStore.SignedManifest;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code askChain}: a sender names message_ids of its own and gets the manifest of the last of them that is
 * confirmed, or none. Reads the store, so it may block.
 */
public final class AskChain implements Processor {
    /** The most message_ids in one question. */
    static final int MOST = 256;

    private final FollowChain subscriptions;
    private final ChainStore store;
    private final ConfirmedMessages confirmed;

    public AskChain(FollowChain subscriptions, ChainStore store, ConfirmedMessages confirmed) {
        this.subscriptions = subscriptions;
        this.store = store;
        this.confirmed = confirmed;
    }

    @Override
    public void process(Exchange exchange) throws StoreException {
        Session session = HqProperties.session(exchange);
        List<MessageId> asked = read(HqProperties.frame(exchange).body(), session);
        ManifestFrames frames = subscriptions.of(session);
        if (frames == null) {
            throw new Refusal(
                    Refusal.Code.NOT_PERMITTED,
                    "Expected a subscription to /chain/" + session.site()
                            + " on this connection, on which the answer comes, found none. Subscribe first");
        }
        if (!session.link().isWritable()) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "Expected a client that reads what it asked for, found much of it waiting. Ask again when it is"
                            + " read");
        }
        Optional<SignedManifest> last = store.last(session.site(), asked);
        // A row whose commit is in doubt may yet be given up: its sender is not told of it.
        if (last.isPresent()
                && confirmed.find(session.site(), last.get().messageId()).isPresent()) {
            session.link().send(frames.of(last.get()));
        }
    }

    private static List<MessageId> read(byte[] body, Session session) {
        MessageId[] asked;
        try {
            asked = Json.read(body, MessageId[].class);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Refusal.Code.MALFORMED, e.getMessage() + ". Send a JSON array of message_ids", e);
        }
        if (asked.length == 0 || asked.length > MOST || Arrays.asList(asked).contains(null)) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "Expected 1 to " + MOST + " message_ids in one question, found " + asked.length
                            + ". Ask in several");
        }
        for (MessageId each : asked) {
            if (!each.sender().equals(session.site())) {
                throw new Refusal(
                        Refusal.Code.NOT_PERMITTED,
                        "Expected message_ids of " + session.site() + ", whose certificate this connection has, found "
                                + each + ". Ask for your own");
            }
        }
        return List.of(asked);
    }
}
