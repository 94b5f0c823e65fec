package io.saddlebag.hq.chain;

import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.ChainStore;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code followChain}: a sender gets the newest manifest that it published to each receiver, at once and verbatim.
 * Its own only. Reads the store, so it may block.
 */
public final class FollowChain implements Processor {
    private final SenderChains chains;
    private final ChainStore store;
    private final Map<Session, ManifestFrames> bySession = new ConcurrentHashMap<>();

    public FollowChain(SenderChains chains, ChainStore store) {
        this.chains = chains;
        this.store = store;
    }

    @Override
    public void process(Exchange exchange) throws StoreException {
        Session session = HqProperties.session(exchange);
        StompFrame frame = HqProperties.frame(exchange);
        String id = HqProperties.required(frame, Headers.ID);
        String site = HqProperties.required(frame, Headers.DESTINATION).substring(Headers.CHAIN_PREFIX.length());
        if (!site.equals(session.site().value())) {
            throw new Refusal(
                    Refusal.Code.NOT_PERMITTED,
                    "Expected the manifests of " + session.site() + ", whose certificate this connection has, found"
                            + " those of '" + Printable.of(site) + "'. Subscribe to your own");
        }
        ManifestFrames frames = new ManifestFrames(id, session.site());
        if (bySession.putIfAbsent(session, frames) != null) {
            throw new Refusal(
                    Refusal.Code.MALFORMED,
                    "Expected one subscription to /chain a connection, found another. Use the one there is");
        }
        try {
            session.follow(id, () -> bySession.remove(session));
        } catch (Refusal e) {
            bySession.remove(session);
            throw e;
        }
        store.manifests(session.site(), chains.newest(session.site()))
                .forEach(found -> session.link().send(frames.of(found)));
    }

    /** Makes the frames of the session's subscription; null when it has none. */
    ManifestFrames of(Session session) {
        return bySession.get(session);
    }
}
