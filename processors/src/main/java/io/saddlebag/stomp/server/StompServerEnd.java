package io.saddlebag.stomp.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.saddlebag.identity.Purpose;
import io.saddlebag.identity.Trust;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.ConnectionFault;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.HeartBeat;
import io.saddlebag.stomp.PeerClock;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompEnd;
import io.saddlebag.stomp.StompFrame;
import java.nio.channels.ClosedChannelException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's end: CONNECT has to come first and DISCONNECT last; in between only frames that a client may send reach
 * the routes.
 */
public final class StompServerEnd extends StompEnd {
    private static final Logger LOG = LoggerFactory.getLogger(StompServerEnd.class);
    private static final String VERSION = "1.2";
    /**
     * The socket stays open this long after an ERROR, so that bytes in flight from the peer do not reset it before the
     * peer reads the ERROR.
     */
    private static final long LINGER_MILLIS = 1_000;
    /** How long a DISCONNECT waits for the answers to the frames before it. */
    private static final long DISCONNECT_MILLIS = 10_000;

    private enum State {
        SECURING,
        CONNECTING,
        OPEN,
        DISCONNECTING,
        CLOSING
    }

    private final ConnectionLimits limits;
    private final ConnectionCount count;
    private final String serverName;
    private final Clock clock;
    private final RepeatedFaults faults;
    private final LimitedLines lines;
    private final FailedConnections strangers;
    private long activeNanos;
    private State state = State.SECURING;
    private boolean countedForSite;
    /** Frames whose receipt is still due. */
    private int unanswered;

    private StompFrame disconnect;

    StompServerEnd(
            StompConnection connection,
            Trust trust,
            ConnectionLimits limits,
            ConnectionCount count,
            String serverName,
            Clock clock,
            RepeatedFaults faults,
            LimitedLines lines,
            FailedConnections strangers) {
        super(connection, trust, Purpose.CLIENT, limits.postQuantum());
        this.limits = limits;
        this.count = count;
        this.serverName = serverName;
        this.clock = clock;
        this.faults = faults;
        this.lines = lines;
        this.strangers = strangers;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        activeNanos = System.nanoTime();
        openWithin(ctx, limits.unauthenticated().toMillis());
        ctx.fireChannelActive();
    }

    @Override
    public void secured(ChannelHandlerContext ctx) {
        count.add(connection.peer());
        count.remove(ctx.channel());
        countedForSite = true;
        state = State.CONNECTING;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (countedForSite) {
            countedForSite = false;
            count.remove(connection.peer());
        }
        if (state == State.OPEN || state == State.DISCONNECTING) {
            lines.line(connection.peer() + " disconnected")
                    .ifPresent(more ->
                            LOG.info("site={} session={} disconnected{}", connection.peer(), connection.id(), more));
        }
        state = State.CLOSING;
        super.channelInactive(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof StompFrame frame)) {
            ReferenceCountUtil.release(message);
            return;
        }
        try {
            switch (state) {
                case CONNECTING -> connect(ctx, frame);
                case OPEN -> open(ctx, frame);
                default -> {
                    // Frames after DISCONNECT or an ERROR are ignored.
                }
            }
        } catch (Refusal refusal) {
            refused(ctx, refusal, frame.header(Headers.RECEIPT));
        }
    }

    private void connect(ChannelHandlerContext ctx, StompFrame frame) {
        if (frame.command() != StompCommand.CONNECT && frame.command() != StompCommand.STOMP) {
            throw new Refusal(Refusal.Code.MALFORMED, "expected CONNECT first, found " + frame.command());
        }
        String versions = frame.header(Headers.ACCEPT_VERSION);
        if (versions == null || !Arrays.asList(versions.split(",")).contains(VERSION)) {
            throw new Refusal(
                    Refusal.Code.MALFORMED,
                    "expected accept-version to hold " + VERSION + ", found "
                            + (versions == null ? "no such header" : "'" + Printable.of(versions) + "'"));
        }
        HeartBeat own = HeartBeat.every(limits.heartBeat());
        HeartBeat clients = HeartBeat.parse(frame.header(Headers.HEART_BEAT));
        connection.rejectionsAsReceipts(Headers.REJECTIONS_AS_RECEIPT.equals(frame.header(Headers.REJECTIONS)));
        state = State.OPEN;
        // The client looked at its clock after it connected; a step of this clock since has no effect.
        Instant now = clock.instant();
        Instant earliest = now.minusNanos(System.nanoTime() - activeNanos);
        connection.opened(PeerClock.of(frame.header(Headers.TIME), earliest, now));
        opened(ctx, own, clients);
        lines.line(connection.peer() + " connected")
                .ifPresent(more -> LOG.info(
                        "site={} session={} connected from {}{}",
                        connection.peer(),
                        connection.id(),
                        connection.remoteAddress(),
                        more));
        connection.peerClock().ifPresent(found -> compareClocks(found, now));
        ctx.writeAndFlush(
                StompFrame.of(StompCommand.CONNECTED)
                        .header(Headers.VERSION, VERSION)
                        .header(Headers.HEART_BEAT, own.header())
                        .header(Headers.SERVER, serverName)
                        .header(Headers.SESSION, connection.id())
                        .header(Headers.TIME, clock.instant().toString())
                        .build(),
                ctx.voidPromise());
    }

    private void compareClocks(PeerClock found, Instant now) {
        String kind = "clock of " + connection.peer();
        if (!found.differs()) {
            faults.over(kind);
            return;
        }
        faults.occurred(kind)
                .ifPresent(repeats -> LOG.warn(
                        "site={} session={} clock: the site's is {} this one, {} there and {} here. Correct the one"
                                + " that is wrong: messages with a ttl expire by the clock of headquarters{}",
                        connection.peer(),
                        connection.id(),
                        found.difference(),
                        now.plus(found.ahead()),
                        now,
                        repeats));
    }

    private void open(ChannelHandlerContext ctx, StompFrame frame) {
        switch (frame.command()) {
            case CONNECT, STOMP ->
                throw new Refusal(Refusal.Code.MALFORMED, "expected one CONNECT a connection, found another");
            case CONNECTED, MESSAGE, RECEIPT, ERROR ->
                throw new Refusal(Refusal.Code.MALFORMED, "expected a client's command, found " + frame.command());
            case DISCONNECT -> disconnect(ctx, frame);
            default -> {
                if (frame.header(Headers.RECEIPT) != null) {
                    unanswered++;
                }
                ctx.fireChannelRead(frame);
            }
        }
    }

    /** Answers once every frame before it is answered (STOMP 1.2, Graceful Shutdown). */
    private void disconnect(ChannelHandlerContext ctx, StompFrame frame) {
        state = State.DISCONNECTING;
        disconnect = frame;
        if (unanswered == 0) {
            finishDisconnect(ctx);
        } else {
            ctx.executor().schedule(() -> finishDisconnect(ctx), DISCONNECT_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void finishDisconnect(ChannelHandlerContext ctx) {
        if (disconnect == null) {
            return;
        }
        StompFrame receipt = StompReplies.receipt(disconnect);
        disconnect = null;
        if (receipt == null) {
            // Behind the last answer, which a close alone would overtake.
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            closeAtLast(ctx);
        } else {
            sendAndClose(ctx, receipt);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (state == State.CLOSING) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
        } else if (message instanceof StompFrame frame) {
            if (frame.command().isOfClient()) {
                LOG.error(
                        "session={} a route answered with the client's own {} frame; it is not sent",
                        connection.id(),
                        frame.command());
                promise.trySuccess();
            } else if (frame.command() == StompCommand.ERROR) {
                error(ctx, frame, promise);
            } else {
                ctx.write(frame, promise);
                if (frame.command() == StompCommand.RECEIPT) {
                    if (!promise.isVoid()) {
                        connection.answering(promise);
                    }
                    answered(ctx);
                }
            }
        } else if (message instanceof Throwable fault) {
            routeFailed(ctx, fault, promise);
        } else {
            ctx.write(message, promise);
        }
    }

    private void answered(ChannelHandlerContext ctx) {
        unanswered--;
        if (state == State.DISCONNECTING && unanswered <= 0) {
            finishDisconnect(ctx);
        }
    }

    private void error(ChannelHandlerContext ctx, StompFrame error, ChannelPromise promise) {
        state = State.CLOSING;
        disconnect = null;
        // Reading continues and drops the bytes, or closing would reset the connection and lose the ERROR.
        connection.resumeReading();
        ChannelFuture write = ctx.write(error, promise.unvoid());
        connection.answering(write);
        closeAtLast(ctx);
        write.addListener(written -> {
            SslHandler tls = ctx.pipeline().get(SslHandler.class);
            if (written.isSuccess() && tls != null) {
                // The peer sees the end of the stream and can close; the socket waits briefly for that.
                tls.closeOutbound();
                ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
            } else {
                ctx.close();
            }
        });
    }

    /** Camel passes a route's unhandled exception as the reply; the client gets the fact without details. */
    private void routeFailed(ChannelHandlerContext ctx, Throwable fault, ChannelPromise promise) {
        if (fault instanceof Refusal refusal) {
            lines.line(connection.peer() + " route " + refusal.code())
                    .ifPresent(more -> LOG.warn(
                            "site={} session={} refused: {}{}",
                            connection.peer(),
                            connection.id(),
                            refusal.reason(),
                            more));
            error(ctx, StompReplies.error(refusal, null), promise);
            return;
        }
        String id = UUID.randomUUID().toString();
        LOG.error("site={} session={} error={} a route failed", connection.peer(), connection.id(), id, fault);
        error(
                ctx,
                StompReplies.error("internal", "the server failed; its log has more under error=" + id, null),
                promise);
    }

    @Override
    public void failed(ChannelHandlerContext ctx, ConnectionFault fault) {
        if (connection.peer() != null) {
            lines.line(connection.peer() + " " + fault.kind())
                    .ifPresent(more -> LOG.info(
                            "site={} session={} connection from {} broke: {}{}",
                            connection.peer(),
                            connection.id(),
                            connection.remoteAddress(),
                            fault.reason(),
                            more));
        } else if (fault.kind() != ConnectionFault.Kind.CLOSED) {
            strangers.failed(ctx.channel().remoteAddress(), fault);
        }
    }

    @Override
    public void refused(ChannelHandlerContext ctx, Refusal refusal) {
        refused(ctx, refusal, null);
    }

    private void refused(ChannelHandlerContext ctx, Refusal refusal, String receiptId) {
        if (state == State.CLOSING) {
            return;
        }
        if (connection.peer() == null) {
            strangers.failed(ctx.channel().remoteAddress(), ConnectionFault.of(refusal));
        } else {
            lines.line(connection.peer() + " " + refusal.code().text())
                    .ifPresent(more -> LOG.warn(
                            "site={} session={} from {} refused, code={}: {}{}",
                            connection.peer(),
                            connection.id(),
                            connection.remoteAddress(),
                            refusal.code().text(),
                            refusal.reason(),
                            more));
        }
        if (isSecured()) {
            error(ctx, StompReplies.error(refusal, receiptId), ctx.newPromise());
            ctx.flush();
        } else {
            state = State.CLOSING;
            ctx.close();
        }
    }
}
