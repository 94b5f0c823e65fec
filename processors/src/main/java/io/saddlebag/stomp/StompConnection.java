package io.saddlebag.stomp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import io.saddlebag.message.SiteId;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.NettyConstants;

/**
 * One connection, at either end. Its methods may be called by any thread and never block; what it calls back runs on the
 * connection's event loop and must not block either. Frames leave in the order of {@link #send} by one thread.
 */
public final class StompConnection {
    private static final AttributeKey<StompConnection> KEY = AttributeKey.valueOf(StompConnection.class, "connection");

    private final Channel channel;
    private final List<Runnable> writableListeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<Object> attachment = new AtomicReference<>();
    private volatile SiteId peer;
    private volatile boolean rejectionsAsReceipts;
    private volatile PeerClock peerClock;
    /** When CONNECTED was exchanged, of the running clock; null before. */
    private volatile Long openedAt;

    private volatile long resumedAt = System.nanoTime();
    private volatile boolean reading = true;
    /** The write of the newest answer; only the event loop touches it. */
    private ChannelFuture lastAnswer;

    private StompConnection(Channel channel) {
        this.channel = channel;
    }

    public static StompConnection openOn(Channel channel) {
        StompConnection connection = new StompConnection(channel);
        channel.attr(KEY).set(connection);
        return connection;
    }

    /** The connection on which the exchange's frame came. */
    public static StompConnection of(Exchange exchange) {
        ChannelHandlerContext context =
                exchange.getIn().getHeader(NettyConstants.NETTY_CHANNEL_HANDLER_CONTEXT, ChannelHandlerContext.class);
        StompConnection connection =
                context == null ? null : context.channel().attr(KEY).get();
        if (connection == null) {
            throw new IllegalStateException("Expected an exchange that began with a STOMP frame, found the header "
                    + NettyConstants.NETTY_CHANNEL_HANDLER_CONTEXT + " missing or of another connection");
        }
        return connection;
    }

    /** The site that the other end's certificate names; known before the first frame is routed. */
    public SiteId peer() {
        return peer;
    }

    void peer(SiteId site) {
        peer = site;
    }

    /** The other end's clock as it was when the connection was opened; empty when its header did not tell. */
    public Optional<PeerClock> peerClock() {
        return Optional.ofNullable(peerClock);
    }

    public void opened(Optional<PeerClock> clockOfPeer) {
        peerClock = clockOfPeer.orElse(null);
        openedAt = System.nanoTime();
    }

    /** The time since CONNECTED, in nanoseconds; empty before. */
    public OptionalLong nanosSinceOpened() {
        Long since = openedAt;
        return since == null ? OptionalLong.empty() : OptionalLong.of(System.nanoTime() - since);
    }

    /** This end's name for the connection; headquarters' one is the STOMP session, as on CONNECTED and in both logs. */
    public String id() {
        return channel.id().asShortText();
    }

    /** The address of the other end, for logs. */
    public String remoteAddress() {
        return channel.remoteAddress() instanceof InetSocketAddress address
                ? address.getHostString() + ":" + address.getPort()
                : String.valueOf(channel.remoteAddress());
    }

    /** True when the client asked, on CONNECT, for refusals as RECEIPT frames. */
    public boolean rejectionsAsReceipts() {
        return rejectionsAsReceipts;
    }

    public void rejectionsAsReceipts(boolean asked) {
        rejectionsAsReceipts = asked;
    }

    /**
     * Sends a frame; dropped when the connection is closed. Frames beyond what {@link #isWritable} allows are queued in
     * memory without a bound: whoever sends much looks at it first. An ERROR closes the connection once it is out.
     */
    public void send(StompFrame frame) {
        channel.writeAndFlush(frame, channel.voidPromise());
    }

    /** As {@link #send(StompFrame)}; calls back on the event loop once the frame is handed to the system, or has failed. */
    public void send(StompFrame frame, Runnable written) {
        channel.writeAndFlush(frame).addListener(done -> written.run());
    }

    /** True while the bytes that wait to be written are below the limit of docs/wire.md. */
    public boolean isWritable() {
        return channel.isWritable();
    }

    /** Calls back each time the connection becomes writable again after it was not. */
    public void onWritable(Runnable listener) {
        writableListeners.add(listener);
    }

    void writable() {
        writableListeners.forEach(Runnable::run);
    }

    /** Stops reading from the peer until {@link #resumeReading}; TCP then slows the peer down. Idempotent. */
    public void pauseReading() {
        reading = false;
        applyReading();
    }

    /** Undoes {@link #pauseReading}. Idempotent. */
    public void resumeReading() {
        resumedAt = System.nanoTime();
        reading = true;
        applyReading();
    }

    /**
     * Runs on the event loop only. Off the loop Netty queues the effect of a pause, which could end a reading that was
     * resumed in between and leave it paused for ever. The last call counts, in whatever order the tasks run.
     */
    private void applyReading() {
        EventLoop loop = channel.eventLoop();
        if (loop.inEventLoop()) {
            channel.config().setAutoRead(reading);
            return;
        }
        try {
            loop.execute(() -> channel.config().setAutoRead(reading));
        } catch (RejectedExecutionException e) {
            // The loop has ended, and with it all reading.
        }
    }

    /** An answer is being written. On the event loop. */
    public void answering(ChannelFuture write) {
        lastAnswer = write;
    }

    /**
     * Runs the task on the event loop once all answers so far are written or have failed. When the peer does not read,
     * that may be at the connection's end.
     */
    public void afterAnswers(Runnable task) {
        EventLoop loop = channel.eventLoop();
        if (loop.inEventLoop()) {
            afterLastAnswer(task);
            return;
        }
        try {
            loop.execute(() -> afterLastAnswer(task));
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    private void afterLastAnswer(Runnable task) {
        ChannelFuture last = lastAnswer;
        if (last == null || last.isDone()) {
            task.run();
        } else {
            last.addListener(written -> task.run());
        }
    }

    public boolean isReading() {
        return reading;
    }

    long nanosSinceResumed() {
        return System.nanoTime() - resumedAt;
    }

    public boolean isOpen() {
        return channel.isActive();
    }

    /** Closes once all sent frames are written. Idempotent. */
    public void close() {
        channel.close();
    }

    /** Calls back once when the connection has closed, immediately when it is closed already. */
    public void onClose(Runnable listener) {
        channel.closeFuture().addListener(closed -> listener.run());
    }

    /** Keeps an object with the connection, such as its session; replaces the one before. */
    public void attach(Object object) {
        attachment.set(object);
    }

    /** The object that was attached; null when there is none. */
    public <T> T attachment(Class<T> type) {
        return type.cast(attachment.get());
    }

    /** Runs a task on the connection's event loop, after what it has under way. */
    public void execute(Runnable task) {
        channel.eventLoop().execute(task);
    }

    @Override
    public String toString() {
        return "connection " + id() + " of " + peer;
    }
}
