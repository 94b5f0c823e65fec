package io.saddlebag.lab;

import io.saddlebag.folder.DropClaims;
import io.saddlebag.folder.Dropped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Ends with a dropped file or folder that has been dealt with: removes its markers {@code .ready} and {@code .bagit}, and
 * what is left of its claim.
 */
final class RemoveMarker implements Processor {
    private final DropClaims claims;

    RemoveMarker(DropClaims claims) {
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
