package io.saddlebag.hq.store.commit;

import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.Publication;
import io.saddlebag.hq.store.PublishResult;
import io.saddlebag.hq.store.Settlement;
import java.util.concurrent.CompletableFuture;

/** A request that waits for its commit, and the future that completes then. */
final class CommitRequest {
    private CommitRequest() {}

    /**
     * @param sealed the manifest's envelope, then the sealed message; null when it was uploaded
     * @param uploaded where it lies; null when it comes along
     */
    record Publish(
            Publication publication, byte[] sealed, PayloadRef uploaded, CompletableFuture<PublishResult> result) {
        int bytes() {
            return publication.manifest().length + (sealed == null ? 0 : sealed.length);
        }
    }

    /** The end of a delivery; the result says whether it changed anything. */
    record Settle(Settlement settlement, CompletableFuture<Boolean> result) {
        int bytes() {
            return settlement.receipt() == null ? 0 : settlement.receipt().length;
        }
    }
}
