package io.saddlebag.hq.receipts;

import io.saddlebag.hq.store.sql.ChainStore.SignedManifest;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.util.concurrent.atomic.AtomicLong;

/** Makes the MESSAGE frames of one subscription to a site's own manifests: one manifest a frame, as it was signed. */
final class ManifestFrames {
    private final String subscription;
    private final SiteId site;
    private final AtomicLong lastNumber = new AtomicLong();

    ManifestFrames(String subscription, SiteId site) {
        this.subscription = subscription;
        this.site = site;
    }

    StompFrame of(SignedManifest manifest) {
        return StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.SUBSCRIPTION, subscription)
                .header(Headers.MESSAGE_ID_OF_STOMP, "chain/" + site + "/" + lastNumber.incrementAndGet())
                .header(Headers.DESTINATION, Headers.CHAIN_PREFIX + site)
                .header(Headers.MESSAGE_ID, manifest.messageId().value())
                .header(Headers.CONTENT_TYPE, "application/json")
                .header(Headers.CONTENT_LENGTH, manifest.envelope().length)
                .body(manifest.envelope())
                .build();
    }
}
