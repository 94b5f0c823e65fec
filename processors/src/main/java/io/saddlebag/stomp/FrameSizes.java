package io.saddlebag.stomp;

import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.MessageSizeEstimator;

/**
 * Lets a frame count with its real size while it waits to be encoded: otherwise a thread that sends faster than the
 * event loop writes would see a connection that stays writable.
 */
final class FrameSizes implements MessageSizeEstimator {
    private static final int HEADERS_GUESS = 512;

    @Override
    public Handle newHandle() {
        Handle others = DefaultMessageSizeEstimator.DEFAULT.newHandle();
        return message ->
                message instanceof StompFrame frame ? HEADERS_GUESS + frame.body().length : others.size(message);
    }
}
