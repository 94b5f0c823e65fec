package io.saddlebag.stomp.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.saddlebag.stomp.ConnectionFault;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One attempt to reach a host by any of its addresses (RFC 8305, section 5): the next address is tried when the one
 * before it has failed, or has not answered within {@link #STAGGER}. The first connection wins, the others are closed.
 * Everything runs on one event loop. Run once.
 */
final class ConnectionRace {
    static final Duration STAGGER = Duration.ofMillis(250);

    private final EventLoop loop;
    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private final Consumer<Channel> won;
    private final Consumer<String> lost;
    private final List<Channel> running = new ArrayList<>();
    private final SortedMap<Integer, String> failures = new TreeMap<>();
    private int next;
    private boolean over;

    /**
     * @param addresses at least one, tried in this order
     * @param won gets the connection before any handler is on it and before it is read
     * @param lost gets the reasons of all addresses, in their order
     */
    ConnectionRace(
            EventLoop loop, List<InetAddress> addresses, int port, Consumer<Channel> won, Consumer<String> lost) {
        this.loop = loop;
        addresses.forEach(address -> this.addresses.add(new InetSocketAddress(address, port)));
        this.won = won;
        this.lost = lost;
    }

    /** @param bootstrap with everything but a handler and the address; bounds the time of each address */
    void start(Bootstrap bootstrap) {
        bootstrap.handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Finish());
            }
        });
        tryNext(bootstrap);
    }

    private void tryNext(Bootstrap bootstrap) {
        if (over || next == addresses.size()) {
            return;
        }
        int index = next++;
        ChannelFuture attempt = bootstrap.connect(addresses.get(index));
        running.add(attempt.channel());
        attempt.addListener(connected -> {
            if (!connected.isSuccess()) {
                running.remove(attempt.channel());
                failed(bootstrap, index, connected.cause());
            }
        });
        if (next < addresses.size()) {
            int following = next;
            loop.schedule(
                    () -> {
                        if (next == following) {
                            tryNext(bootstrap);
                        }
                    },
                    STAGGER.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    private void failed(Bootstrap bootstrap, int index, Throwable cause) {
        failures.put(
                index,
                addresses.get(index).getAddress().getHostAddress() + ": "
                        + ConnectionFault.of(cause).reason());
        if (over) {
            return;
        }
        if (failures.size() == addresses.size()) {
            over = true;
            lost.accept(String.join("; ", failures.values()));
        } else {
            tryNext(bootstrap);
        }
    }

    /** Gives up; neither callback comes after it. */
    void cancel() {
        over = true;
        List.copyOf(running).forEach(Channel::close);
    }

    /** The only handler of each connection until TCP is set up. */
    private final class Finish extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            if (over) {
                ctx.close();
                return;
            }
            running.remove(ctx.channel());
            cancel();
            won.accept(ctx.channel());
            ctx.fireChannelActive();
            ctx.pipeline().remove(this);
        }
    }
}
