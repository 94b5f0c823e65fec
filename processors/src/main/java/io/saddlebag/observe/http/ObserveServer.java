package io.saddlebag.observe.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.observe.ObserveSettings;
import io.saddlebag.observe.SiteObservation;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /observe/metrics} and {@code /observe/health} on the address of {@value ObserveSettings#ADDRESS}, without TLS
 * and without a password: for this machine. One thread; at most {@value #MOST} connections of {@value #SECONDS} seconds.
 */
public final class ObserveServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ObserveServer.class);
    private static final Pattern ADDRESS = Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)]|([^\\[\\]:]+)):([0-9]{1,5})");
    private static final int MOST = 32;
    private static final int SECONDS = 10;
    private static final int LONGEST_LINE = 1_024;
    private static final int LONGEST_HEADERS = 8_192;

    private final EventLoopGroup threads =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("observe"), NioIoHandler.newFactory());
    private final AtomicInteger open = new AtomicInteger();
    private final Channel listener;

    private ObserveServer(InetSocketAddress address, String host, long millis, SiteObservation observation, Clock clock)
            throws SiteStartException {
        Instant started = clock.instant();
        Set<String> hosts = ConcurrentHashMap.newKeySet();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(threads)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (open.incrementAndGet() > MOST) {
                            channel.close();
                        }
                        // From its beginning: a client may send and read a byte at a time.
                        Future<?> end =
                                channel.eventLoop().schedule(() -> channel.close(), millis, TimeUnit.MILLISECONDS);
                        channel.closeFuture().addListener(closed -> {
                            open.decrementAndGet();
                            end.cancel(false);
                        });
                        channel.pipeline()
                                .addLast(new HttpServerCodec(LONGEST_LINE, LONGEST_HEADERS, LONGEST_HEADERS))
                                .addLast(new ObservePages(observation, hosts, started, clock));
                    }
                });
        try {
            listener = bootstrap.bind(address).syncUninterruptibly().channel();
        } catch (Exception e) {
            // Netty throws the cause itself, such as a BindException.
            throw fault(e);
        }
        names(address.getAddress(), host).forEach(name -> hosts.add(name + ":" + port()));
        LOG.info("figures and health are at http://{}:{}/observe/", host, port());
    }

    private SiteStartException fault(Exception cause) {
        close();
        return new SiteStartException(
                "Expected in " + ObserveSettings.ADDRESS + " a free address of this machine, found: "
                        + Printable.reason(FaultText.of(cause)) + ". Correct it, or end the program that has the port",
                cause);
    }

    private static List<String> names(InetAddress address, String host) {
        String own = host.toLowerCase(Locale.ROOT);
        return address.isLoopbackAddress() ? List.of(own, "localhost", "127.0.0.1", "[::1]") : List.of(own);
    }

    /**
     * Starts the one that the settings ask for.
     *
     * @return null when they ask for none
     * @throws SiteStartException when the address is none, or is taken
     */
    public static ObserveServer start(Settings settings, SiteObservation observation, Clock clock)
            throws SiteStartException {
        return start(settings, SECONDS * 1_000L, observation, clock);
    }

    /** @param millis the longest time of a connection */
    static ObserveServer start(Settings settings, long millis, SiteObservation observation, Clock clock)
            throws SiteStartException {
        if (settings.text(ObserveSettings.ADDRESS).isEmpty()) {
            return null;
        }
        Matcher parts = settings.read(ObserveSettings.ADDRESS, ObserveServer::parts);
        String host = parts.group(1) != null ? "[" + parts.group(1) + "]" : parts.group(2);
        try {
            InetAddress address = InetAddress.getByName(host);
            return new ObserveServer(
                    new InetSocketAddress(address, Integer.parseInt(parts.group(3))), host, millis, observation, clock);
        } catch (UnknownHostException e) {
            throw new SiteStartException(
                    settings.home().settingsFile() + ": " + ObserveSettings.ADDRESS + ": no address is known of "
                            + Printable.of(host),
                    e);
        }
    }

    /** @throws SiteStartException when the address is none */
    public static void judge(Settings settings) throws SiteStartException {
        if (!settings.text(ObserveSettings.ADDRESS).isEmpty()) {
            settings.read(ObserveSettings.ADDRESS, ObserveServer::parts);
        }
    }

    private static Matcher parts(String text) {
        Matcher parts = ADDRESS.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(3)) > 65_535) {
            throw new IllegalArgumentException(
                    "Expected an address and a port such as 127.0.0.1:9876, found '" + Printable.of(text) + "'");
        }
        return parts;
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    @Override
    public void close() {
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
