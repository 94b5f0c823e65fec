package io.saddlebag.rc;

import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.StompClient;
import io.saddlebag.stomp.StompFrame;
import java.util.concurrent.CompletableFuture;

/** Sends ACK and NACK on the connection that the delivery came on, and no other: the token is that connection's. */
final class Settling {
    private final StompClient link;

    Settling(StompClient link) {
        this.link = link;
    }

    /** Completes once headquarters has committed it; fails when it did not, or when the connection is gone. */
    CompletableFuture<StompFrame> settle(Arrival arrival, StompFrame frame) {
        arrival.over();
        if (arrival.connection() == null || link.connection() != arrival.connection()) {
            return CompletableFuture.failedFuture(new ConnectionLostException(
                    "the connection that it came on is gone; headquarters delivers it again"));
        }
        return link.request(frame, arrival.connection());
    }
}
