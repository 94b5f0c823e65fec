package io.saddlebag.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.StompFrameDecoder;
import io.saddlebag.stomp.StompLimits;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * One client of headquarters, thin because it shares the processors with the measured one. Frames go out as ready bytes
 * and are flushed once per read or batch.
 */
final class LoadConnection {
    private static final int SECONDS_TO_CONNECT = 20;

    private final Channel channel;

    private LoadConnection(Channel channel) {
        this.channel = channel;
    }

    /**
     * Connects and waits for CONNECTED.
     *
     * @param frames called on the connection's event loop with every frame that follows
     */
    static LoadConnection open(
            EventLoopGroup loops, InetSocketAddress hq, SslContext tls, BiConsumer<LoadConnection, StompFrame> frames)
            throws Exception {
        CompletableFuture<LoadConnection> connected = new CompletableFuture<>();
        new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1 << 20, 4 << 20))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(tls.newHandler(channel.alloc(), hq.getHostString(), hq.getPort()))
                                .addLast(new StompFrameDecoder(StompLimits.DEFAULT))
                                .addLast(new Frames(connected, frames));
                    }
                })
                .connect(hq)
                .sync();
        return connected.get(SECONDS_TO_CONNECT, TimeUnit.SECONDS);
    }

    /** Writes frames one after another and flushes once; from any thread. */
    void write(List<ByteBuf> batch) {
        channel.eventLoop().execute(() -> {
            batch.forEach(channel::write);
            channel.flush();
        });
    }

    /**
     * Acknowledges a delivery without a flush, which follows at the end of this read; on the connection's event loop only.
     *
     * @param receipt to be asked for; null for none
     */
    void acknowledge(StompFrame delivery, String receipt) {
        String ack =
                "ACK\nid:" + delivery.header(Headers.ACK) + (receipt == null ? "" : "\nreceipt:" + receipt) + "\n\n\0";
        channel.write(Unpooled.wrappedBuffer(ack.getBytes(StandardCharsets.UTF_8)));
    }

    void write(String frame) {
        channel.writeAndFlush(Unpooled.copiedBuffer(frame, StandardCharsets.UTF_8));
    }

    /** Begins to receive what waits on the site's queue. */
    void subscribe(SiteId site, int prefetch) {
        write("SUBSCRIBE\nid:0\nack:client-individual\ndestination:" + Headers.QUEUE_PREFIX + Workload.queue(site)
                + "\nprefetch-count:" + prefetch + "\n\n\0");
    }

    boolean isOpen() {
        return channel.isActive();
    }

    void close() {
        channel.close().syncUninterruptibly();
    }

    /** Answers CONNECTED to whoever waits and hands on the rest. */
    private static final class Frames extends SimpleChannelInboundHandler<StompFrame> {
        private static final String CONNECT = "CONNECT\naccept-version:1.2\nhost:saddlebag\n\n\0";

        private final CompletableFuture<LoadConnection> connected;
        private final BiConsumer<LoadConnection, StompFrame> frames;
        private LoadConnection connection;

        Frames(CompletableFuture<LoadConnection> connected, BiConsumer<LoadConnection, StompFrame> frames) {
            this.connected = connected;
            this.frames = frames;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            connection = new LoadConnection(context.channel());
            connection.write(CONNECT);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, StompFrame frame) {
            if (frame.command() == StompCommand.CONNECTED) {
                connected.complete(connection);
            } else {
                frames.accept(connection, frame);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
            connected.completeExceptionally(failure);
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            connected.completeExceptionally(
                    new IllegalStateException("Headquarters closed the connection before it was CONNECTED"));
        }
    }
}
