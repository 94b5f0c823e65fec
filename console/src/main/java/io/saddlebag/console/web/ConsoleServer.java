package io.saddlebag.console.web;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.http.SameSite;
import io.javalin.validation.ValidationException;
import io.saddlebag.message.Printable;
import java.net.InetAddress;
import java.nio.channels.ServerSocketChannel;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves pages to one browser on the loopback address. */
public final class ConsoleServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleServer.class);
    private static final String LOOPBACK = "127.0.0.1";
    private static final int MOST_THREADS = 16;
    private static final int FEWEST_THREADS = 4;
    /** A form with a page of message_ids; nothing larger has a use. */
    private static final long MOST_BYTES = 64 << 10;

    private final Door door = new Door(new SecureRandom());
    private final Guard guard = new Guard(door);
    private final Faults faults;
    private final Live live;
    private final Javalin server;

    /** Shows that a request cannot be answered. */
    @FunctionalInterface
    public interface Faults {
        /** @param status of HTTP */
        void show(Context answer, int status, String reason);
    }

    /**
     * @param pages by path, what answers a GET
     * @param actions by path, what answers a POST
     * @param mark of the state of all homes; open pages hear of a change
     */
    public ConsoleServer(
            Map<String, Handler> pages, Map<String, Handler> actions, Faults faults, Supplier<String> mark) {
        this.faults = faults;
        this.live = new Live(mark);
        this.server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.jetty.threadPool = new QueuedThreadPool(MOST_THREADS, FEWEST_THREADS);
            config.jetty.modifyHttpConfiguration(http -> {
                http.setSendServerVersion(false);
                http.setSendDateHeader(false);
            });
            config.http.maxRequestSize = MOST_BYTES;
            routes(config, pages, actions);
        });
    }

    private void routes(JavalinConfig config, Map<String, Handler> pages, Map<String, Handler> actions) {
        config.routes.before(request -> {
            Guard.Refused refused = guard.judge(request);
            if (refused != null) {
                refuse(request, refused.status(), refused.reason());
                request.skipRemainingHandlers();
            }
        });
        config.routes.get(Guard.ENTRANCE, this::enter);
        config.routes.get("/assets/{name}", Assets::send);
        config.routes.sse("/live", live::follow);
        pages.forEach(config.routes::get);
        actions.forEach(config.routes::post);
        config.routes.exception(
                HttpResponseException.class, (e, answer) -> faults.show(answer, e.getStatus(), e.getMessage()));
        config.routes.exception(
                ValidationException.class, (e, answer) -> faults.show(answer, 400, "Expected a page of this list."));
        config.routes.exception(Exception.class, (e, answer) -> {
            LOG.error("page {} failed", Printable.of(answer.path()), e);
            faults.show(answer, 500, "The page has a fault; the console's log has its trace.");
        });
        config.routes.error(404, answer -> {
            if (answer.result() == null || answer.result().equals("Not Found")) {
                faults.show(answer, 404, "There is no such page.");
            }
        });
    }

    /** A sentence alone: who is not let in learns neither who runs the console nor its version. */
    private static void refuse(Context answer, int status, String reason) {
        answer.status(status).contentType("text/plain; charset=utf-8").result(reason + "\n");
    }

    /** The token leaves the address line, and the browser keeps the session where no script can read it. */
    private void enter(Context request) {
        Optional<String> session = door.enter(request.queryParam("token"));
        if (session.isEmpty()) {
            refuse(
                    request,
                    401,
                    "This link was used already, or is another console's. Stop the console and start it again for a new one.");
            return;
        }
        Cookie cookie = new Cookie(Guard.cookie(request), session.get());
        cookie.setHttpOnly(true);
        cookie.setSameSite(SameSite.STRICT);
        cookie.setPath("/");
        request.cookie(cookie);
        request.redirect("/");
    }

    /**
     * @param port 0 for a free one
     * @return the link that lets one browser in
     */
    public String start(int port) {
        server.start(LOOPBACK, port);
        return "http://" + LOOPBACK + ":" + server.port() + Guard.ENTRANCE + "?token=" + door.token();
    }

    /** The address that it listens on. */
    InetAddress address() {
        ServerConnector connector =
                (ServerConnector) server.jettyServer().server().getConnectors()[0];
        return ((ServerSocketChannel) connector.getTransport()).socket().getInetAddress();
    }

    /** Ends the connections. */
    @Override
    public void close() {
        live.close();
        server.stop();
    }
}
