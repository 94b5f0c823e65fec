package io.saddlebag.stomp.client;

import io.saddlebag.stomp.StompFrame;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One connection of a link, for frames that have to follow each other on it.
 *
 * @param requests sends a frame and answers with its receipt, as {@link StompClient#request(StompFrame)} does; fails when
 *     the connection is not the current one any more
 * @param parts in which the parts of messages take turns
 */
public record OneConnection(Function<StompFrame, CompletableFuture<StompFrame>> requests, PartWindow parts) {
    public CompletableFuture<StompFrame> request(StompFrame frame) {
        return requests.apply(frame);
    }
}
