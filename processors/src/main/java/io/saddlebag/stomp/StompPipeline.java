package io.saddlebag.stomp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslHandler;

/** The handlers and options that both ends' channels have, from the socket up to whole frames. */
public final class StompPipeline {
    /** Beyond this many bytes waiting to be written a connection is not writable, until it is below the other. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 * 1024, 1024 * 1024);

    /** Frames written while a batch is read are flushed together, or after this many. */
    private static final int FLUSH_AFTER = 256;

    private static final int HEADERS_GUESS = 512;

    private StompPipeline() {}

    public static void fill(Channel channel, SslHandler ssl, StompLimits limits) {
        channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
        channel.config().setOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, StompPipeline::frameSizes);
        channel.pipeline()
                .addLast("tls", ssl)
                // Above TLS, so that frames share TLS records too.
                .addLast("flush", new FlushConsolidationHandler(FLUSH_AFTER, true))
                .addLast("decoder", new StompFrameDecoder(limits))
                .addLast("encoder", new StompFrameEncoder())
                // Makes a pause hold at the next frame, not at the next read from the socket.
                .addLast("flow", new FlowControlHandler());
    }

    /**
     * Counts a frame with its real size while it waits to be encoded. Otherwise a thread that sends faster than the
     * event loop writes would see a connection that stays writable.
     */
    private static MessageSizeEstimator.Handle frameSizes() {
        MessageSizeEstimator.Handle others = DefaultMessageSizeEstimator.DEFAULT.newHandle();
        return message ->
                message instanceof StompFrame frame ? HEADERS_GUESS + frame.body().length : others.size(message);
    }

    public static String serverName() {
        String version = StompPipeline.class.getPackage().getImplementationVersion();
        return "Saddlebag/" + (version == null ? "development" : version);
    }
}
