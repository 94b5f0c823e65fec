package io.saddlebag.stomp;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.Future;
import io.saddlebag.clock.Durations;
import io.saddlebag.identity.Purpose;
import io.saddlebag.identity.TlsContexts;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.Refusal;
import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * The common part of both ends of a connection: the peer's site, heart-beats, faults. Everything runs on the
 * connection's event loop.
 */
public abstract class StompEnd extends ChannelDuplexHandler {
    /** A withdrawn or ended certificate ends an open connection within this time. */
    private static final long TRUST_CHECK_SECONDS = 30;
    /** How long a peer may take to read what was sent last. */
    private static final long LAST_SECONDS = 5;
    /** A heart-beat is sent some time before it is due. */
    private static final double SEND_EARLY = 0.75;
    /** STOMP 1.2, Heart-beating: the receiver should allow for an error margin. */
    private static final int RECEIVE_MARGIN = 2;

    private static final byte[] HEART_BEAT = {'\n'};

    public final StompConnection connection;
    private final Trust trust;
    private final Purpose peerPurpose;
    private final boolean postQuantum;
    private boolean secured;
    private long receiveMillis;
    private Future<?> opening;
    private Future<?> trustCheck;

    /** @param postQuantum whether a connection that a quantum computer may break later is refused */
    public StompEnd(StompConnection connection, Trust trust, Purpose peerPurpose, boolean postQuantum) {
        this.connection = connection;
        this.trust = trust;
        this.peerPurpose = peerPurpose;
        this.postQuantum = postQuantum;
    }

    /** The peer's certificate holds; {@link StompConnection#peer} is known. */
    public abstract void secured(ChannelHandlerContext ctx);

    /** The connection broke or is to be broken, for a reason worth a log line. The channel is closed by the caller. */
    public abstract void failed(ChannelHandlerContext ctx, ConnectionFault fault);

    /** The peer broke the protocol: tell it where the protocol allows, log it, close. */
    public abstract void refused(ChannelHandlerContext ctx, Refusal refusal);

    /** Breaks the connection when {@link #opened} is not called in time. */
    public final void openWithin(ChannelHandlerContext ctx, long millis) {
        opening = ctx.executor()
                .schedule(
                        () -> refused(
                                ctx,
                                new Refusal(
                                        Refusal.Code.NOT_PERMITTED,
                                        "expected TLS and STOMP to be set up within "
                                                + Durations.text(Duration.ofMillis(millis))
                                                + ", found them unfinished")),
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    /** Frames may flow: watches the peer's heart-beat and certificate from now on. */
    public final void opened(ChannelHandlerContext ctx, HeartBeat own, HeartBeat peers) {
        opening.cancel(false);
        long sendMillis = own.sendInterval(peers);
        receiveMillis = own.receiveInterval(peers) * RECEIVE_MARGIN;
        if (sendMillis > 0 || receiveMillis > 0) {
            long idleSend = sendMillis == 0 ? 0 : Math.max(1, (long) (sendMillis * SEND_EARLY));
            ctx.pipeline()
                    .addAfter(
                            ctx.pipeline().context(SslHandler.class).name(),
                            "heart-beat",
                            new IdleStateHandler(receiveMillis, idleSend, 0, TimeUnit.MILLISECONDS));
        }
        trustCheck = ctx.executor()
                .scheduleAtFixedRate(() -> checkTrust(ctx), TRUST_CHECK_SECONDS, TRUST_CHECK_SECONDS, TimeUnit.SECONDS);
    }

    private void checkTrust(ChannelHandlerContext ctx) {
        try {
            verifyPeer(ctx);
        } catch (Refusal refusal) {
            refused(ctx, refusal);
        }
    }

    private void verifyPeer(ChannelHandlerContext ctx) {
        try {
            // Repeats the check of TLS, which a resumed session skips.
            X509Certificate certificate = (X509Certificate)
                    ctx.pipeline().get(SslHandler.class).engine().getSession().getPeerCertificates()[0];
            connection.peer(trust.verifyPeer(certificate, peerPurpose));
        } catch (SSLPeerUnverifiedException e) {
            throw new Refusal(Refusal.Code.BAD_SIGNATURE, "expected a certificate, found none", e);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (!handshake.isSuccess()) {
                failed(ctx, ConnectionFault.of(handshake.cause()));
                ctx.close();
                return;
            }
            secured = true;
            try {
                verifyPeer(ctx);
                if (postQuantum) {
                    TlsContexts.requirePostQuantum(
                            ctx.pipeline().get(SslHandler.class).engine());
                }
                secured(ctx);
            } catch (Refusal refusal) {
                refused(ctx, refusal);
            }
        } else if (event instanceof IdleStateEvent idle) {
            idle(ctx, idle.state());
        }
        ctx.fireUserEventTriggered(event);
    }

    private void idle(ChannelHandlerContext ctx, IdleState state) {
        if (state == IdleState.WRITER_IDLE) {
            // Frames that wait to be written are a heart-beat already.
            if (ctx.channel().isWritable()) {
                ctx.writeAndFlush(Unpooled.wrappedBuffer(HEART_BEAT), ctx.voidPromise());
            }
            return;
        }
        boolean listened = connection.isReading()
                && connection.nanosSinceResumed() >= TimeUnit.MILLISECONDS.toNanos(receiveMillis);
        if (listened) {
            failed(
                    ctx,
                    new ConnectionFault(
                            ConnectionFault.Kind.SILENT,
                            "expected a heart-beat of the peer, found silence for "
                                    + Durations.text(Duration.ofMillis(receiveMillis))));
            ctx.close();
        }
    }

    public final boolean isSecured() {
        return secured;
    }

    /** Sends a last frame and closes as soon as it is written. */
    public static void sendAndClose(ChannelHandlerContext ctx, StompFrame last) {
        ctx.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
        closeAtLast(ctx);
    }

    /** Closes after a time even if the last frame is not written: the peer may read no more. */
    public static void closeAtLast(ChannelHandlerContext ctx) {
        ctx.executor().schedule(() -> ctx.close(), LAST_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            connection.writable();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (opening != null) {
            opening.cancel(false);
        }
        if (trustCheck != null) {
            trustCheck.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable fault = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (fault instanceof Refusal refusal) {
            refused(ctx, refusal);
        } else if (!(fault instanceof ClosedChannelException) && secured) {
            // Before TLS is set up the handshake's own event carries the reason.
            failed(ctx, ConnectionFault.of(fault));
            ctx.close();
        }
    }
}
