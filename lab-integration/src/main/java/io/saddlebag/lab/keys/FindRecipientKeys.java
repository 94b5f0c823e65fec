package io.saddlebag.lab.keys;

import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.message.NotYetException;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.SiteId;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Finds the current key of each recipient, or lets the message wait until its bundle is known. */
public final class FindRecipientKeys implements Processor {
    private static final String KEYS = "recipientKeys";

    private final PinnedKeys pinned;

    public FindRecipientKeys(PinnedKeys pinned) {
        this.pinned = Objects.requireNonNull(pinned, "pinned keys");
    }

    @Override
    public void process(Exchange exchange) throws NotYetException {
        Map<SiteId, KeyBundle.Key> keys = new TreeMap<>();
        for (SiteId recipient : LabExchange.outgoing(exchange).claim().recipients()) {
            KeyBundle.Key key = pinned.current(recipient);
            if (key == null) {
                throw new NotYetException("waits for a current key of " + recipient);
            }
            keys.put(recipient, key);
        }
        exchange.setProperty(KEYS, keys);
    }

    @SuppressWarnings("unchecked")
    public static Map<SiteId, KeyBundle.Key> keys(Exchange exchange) {
        return exchange.getProperty(KEYS, Map.class);
    }
}
