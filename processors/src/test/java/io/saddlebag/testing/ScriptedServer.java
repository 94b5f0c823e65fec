package io.saddlebag.testing;

import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.site.FreePort;
import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.StompLimits;
import io.saddlebag.stomp.server.ConnectionLimits;
import io.saddlebag.stomp.server.ListenAddress;
import io.saddlebag.stomp.server.StompServerInitializer;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * The real server side of the wire with a script where headquarters would be: every frame after CONNECT goes to the
 * script, which answers with a frame or null. Frames that came are kept.
 */
public final class ScriptedServer implements AutoCloseable {
    private static final HostName LOOPBACK = HostName.of("127.0.0.1");

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final StompServerInitializer initializer;
    private final Script script;
    private final HostName host;
    private final int port;
    private final List<StompFrame> frames = new CopyOnWriteArrayList<>();
    private final List<StompConnection> connections = new CopyOnWriteArrayList<>();

    /** The server's reaction to a frame. */
    public interface Script {
        /**
         * @return the reply, or null for none
         */
        StompFrame answer(StompConnection connection, StompFrame frame) throws Exception;
    }

    private ScriptedServer(StompServerInitializer initializer, HostName host, int port, Script script) {
        this.initializer = initializer;
        this.host = host;
        this.port = port;
        this.script = script;
    }

    public static ScriptedServer start(CurrentIdentity identity, Script script) {
        return start(identity, freePort(), StompLimits.DEFAULT, ConnectionLimits.DEFAULT, script);
    }

    public static ScriptedServer start(
            CurrentIdentity identity, int port, StompLimits limits, ConnectionLimits connectionLimits, Script script) {
        return start(
                new StompServerInitializer(identity, limits, connectionLimits, site -> 0, Clock.systemUTC()),
                LOOPBACK,
                port,
                script);
    }

    public static ScriptedServer start(CurrentIdentity identity, HostName host, int port, Script script) {
        return start(
                new StompServerInitializer(
                        identity, StompLimits.DEFAULT, ConnectionLimits.DEFAULT, site -> 0, Clock.systemUTC()),
                host,
                port,
                script);
    }

    /** @param clock of the server */
    public static ScriptedServer start(CurrentIdentity identity, Clock clock, Script script) {
        return start(
                new StompServerInitializer(identity, StompLimits.DEFAULT, ConnectionLimits.DEFAULT, site -> 0, clock),
                LOOPBACK,
                freePort(),
                script);
    }

    private static ScriptedServer start(StompServerInitializer initializer, HostName host, int port, Script script) {
        ScriptedServer server = new ScriptedServer(initializer, host, port, script);
        server.run();
        return server;
    }

    /** A port that was free a moment ago. */
    public static int freePort() {
        try {
            return FreePort.any();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void run() {
        context.getRegistry().bind("stompServer", initializer);
        context.getRegistry().bind("listenAddress", new ListenAddress(host, port));
        try {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("netty:tcp://hq-host:1?serverInitializerFactory=#stompServer&sync=true&disconnectOnNoReply=false"
                                    + "&usingExecutorService=false&noReplyLogLevel=OFF&workerCount=2&bossCount=1")
                            .routeId("scripted-server")
                            .routePolicyRef("listenAddress")
                            .process(exchange -> {
                                StompFrame frame = exchange.getIn().getBody(StompFrame.class);
                                StompConnection connection = StompConnection.of(exchange);
                                frames.add(frame);
                                if (!connections.contains(connection)) {
                                    connections.add(connection);
                                }
                                exchange.getIn().setBody(script.answer(connection, frame));
                            });
                }
            });
            context.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public int port() {
        return port;
    }

    /** Every frame that came to the script, in order of arrival. */
    public List<StompFrame> frames() {
        return frames;
    }

    /** Every connection that a frame came on. */
    public List<StompConnection> connections() {
        return connections;
    }

    public int openConnections() {
        return initializer.openConnections();
    }

    @Override
    public void close() {
        context.stop();
    }
}
