package io.saddlebag.stomp.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.saddlebag.identity.Purpose;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The client's end: says CONNECT once TLS holds, hands on MESSAGE, RECEIPT and ERROR once CONNECTED is in. */
final class StompClientEnd extends StompEnd {
    private static final String VERSION = "1.2";
    /** How often overdue answers are looked for within the time that an answer may take. */
    private static final int CHECKS = 8;

    private final LinkOptions options;
    private final Duration opening;
    private final StompClient client;
    private final Clock clock;
    private final HeartBeat own;
    private Instant connectTime;
    private long connectNanos;
    private boolean open;
    private boolean broken;
    private Future<?> answersCheck;

    /** @param opening how long TLS and STOMP may take to be set up */
    StompClientEnd(StompConnection connection, StompClient client, Duration opening) {
        super(connection, client.identity.now().trust(), Purpose.SERVER, client.options.postQuantum());
        this.options = client.options;
        this.opening = opening;
        this.client = client;
        this.clock = client.clock;
        this.own = HeartBeat.every(options.heartBeat());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        openWithin(ctx, opening.toMillis());
        ctx.fireChannelActive();
    }

    @Override
    public void secured(ChannelHandlerContext ctx) {
        connectTime = clock.instant();
        connectNanos = System.nanoTime();
        ctx.writeAndFlush(
                StompFrame.of(StompCommand.CONNECT)
                        .header(Headers.ACCEPT_VERSION, VERSION)
                        .header(Headers.HOST, options.server().value())
                        .header(Headers.HEART_BEAT, own.header())
                        .header(Headers.REJECTIONS, Headers.REJECTIONS_AS_RECEIPT)
                        .header(Headers.TIME, connectTime.toString())
                        .build(),
                ctx.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof StompFrame frame)) {
            ReferenceCountUtil.release(message);
            return;
        }
        try {
            if (!open) {
                open(ctx, frame);
            } else if (frame.command() == StompCommand.MESSAGE || frame.command() == StompCommand.RECEIPT) {
                client.received(frame, connection);
            } else if (frame.command() == StompCommand.ERROR) {
                broke(errorText(frame));
                client.received(frame, connection);
                ctx.close();
            } else {
                throw unexpected("MESSAGE, RECEIPT or ERROR", frame);
            }
        } catch (Refusal refusal) {
            refused(ctx, refusal);
        }
    }

    private void open(ChannelHandlerContext ctx, StompFrame frame) {
        if (frame.command() == StompCommand.ERROR) {
            broke(errorText(frame));
            ctx.close();
            return;
        }
        if (frame.command() != StompCommand.CONNECTED) {
            throw unexpected("CONNECTED", frame);
        }
        if (!VERSION.equals(frame.header(Headers.VERSION))) {
            throw new Refusal(
                    Refusal.Code.MALFORMED,
                    "expected version:" + VERSION + " on CONNECTED, found "
                            + Printable.of(frame.header(Headers.VERSION)));
        }
        HeartBeat servers = HeartBeat.parse(frame.header(Headers.HEART_BEAT));
        open = true;
        // The server looked at its clock between this site's two frames; a step of this clock in between has no effect.
        Instant latest = connectTime.plusNanos(System.nanoTime() - connectNanos);
        connection.opened(PeerClock.of(frame.header(Headers.TIME), connectTime, latest));
        opened(ctx, own, servers);
        long check = Math.max(1, options.answer().toMillis() / CHECKS);
        answersCheck = ctx.executor()
                .scheduleAtFixedRate(
                        () -> client.overdue().ifPresent(fault -> {
                            broke(fault);
                            ctx.close();
                        }),
                        check,
                        check,
                        TimeUnit.MILLISECONDS);
        client.opened(connection, Printable.of(frame.header(Headers.SESSION)));
    }

    private static Refusal unexpected(String expected, StompFrame found) {
        return new Refusal(
                Refusal.Code.MALFORMED, "expected " + expected + " from the server, found " + found.command());
    }

    private static String errorText(StompFrame error) {
        return "the server answered ERROR: " + Printable.reason(error.header(Headers.MESSAGE));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (open) {
            open = false;
            answersCheck.cancel(false);
            client.closed(connection);
        } else {
            broke("expected the answer to CONNECT, found the connection closed");
        }
        super.channelInactive(ctx);
    }

    /** The first reason counts: a close of this end's own looks like one of the peer's to TLS. */
    private void broke(String reason) {
        if (!broken) {
            broken = true;
            client.broke(reason);
        }
    }

    @Override
    public void failed(ChannelHandlerContext ctx, ConnectionFault fault) {
        broke(fault.reason());
    }

    @Override
    public void refused(ChannelHandlerContext ctx, Refusal refusal) {
        broke(refusal.reason());
        ctx.close();
    }
}
