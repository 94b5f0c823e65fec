package io.saddlebag.lab.drop;

import io.saddlebag.lab.claim.DropClaims;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.message.LabExchange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Ends with a dropped file or folder that has been dealt with: removes its markers {@code .ready} and {@code .bagit}, and
 * what is left of its claim.
 */
public final class RemoveMarker implements Processor {
    private final DropClaims claims;

    public RemoveMarker(DropClaims claims) {
        this.claims = Objects.requireNonNull(claims, "claims");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Dropped dropped = LabExchange.dropped(exchange);
        claims.end(dropped);
        for (Path marker : dropped.markers()) {
            dropped.root().deleteIfThere(marker);
        }
    }
}
