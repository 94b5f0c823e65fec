package io.saddlebag.site.camel;

import io.saddlebag.identity.Trust;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code takeRevocationList}: takes up a revocation list that headquarters handed out. Blocks on the disk. */
public final class TakeRevocationList implements Processor {
    public static final String NAME = "takeRevocationList";

    private final Trust trust;
    private final boolean hasNodes;

    /** @param hasNodes true when headquarters has several nodes, of which one may hand out an older list after another's */
    public TakeRevocationList(Trust trust, boolean hasNodes) {
        this.trust = trust;
        this.hasNodes = hasNodes;
    }

    @Override
    public void process(Exchange exchange) {
        trust.takeRevocationList(exchange.getMessage().getBody(StompFrame.class).body(), hasNodes);
    }
}
