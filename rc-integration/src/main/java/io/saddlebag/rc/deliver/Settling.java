package io.saddlebag.rc.deliver;

import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.StompClient;
import java.util.concurrent.CompletableFuture;

/** Sends ACK and NACK on the connection that the delivery came on, and no other: the token is that connection's. */
public final class Settling {
    private final StompClient link;

    public Settling(StompClient link) {
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
