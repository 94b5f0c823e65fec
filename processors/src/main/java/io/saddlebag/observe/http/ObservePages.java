package io.saddlebag.observe.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.saddlebag.message.Json;
import io.saddlebag.observe.SiteObservation;
import io.saddlebag.observe.SiteStatus;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** One connection: answers its first request and closes. On the event loop; asks no disk and no journal. */
final class ObservePages extends SimpleChannelInboundHandler<HttpRequest> {
    private static final String FOLDER = "/observe/";

    private final SiteObservation observation;
    private final Set<String> hosts;
    private final Instant started;
    private final Clock clock;

    /** @param hosts in small letters; others may be a page of a browser that was led here by a name */
    ObservePages(SiteObservation observation, Set<String> hosts, Instant started, Clock clock) {
        this.observation = observation;
        this.hosts = hosts;
        this.started = started;
        this.clock = clock;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpRequest request) {
        context.writeAndFlush(answer(request)).addListener(ChannelFutureListener.CLOSE);
    }

    private FullHttpResponse answer(HttpRequest request) {
        List<String> named = request.headers().getAll(HttpHeaderNames.HOST);
        if (request.decoderResult().isFailure() || named.size() != 1) {
            return text(HttpResponseStatus.BAD_REQUEST);
        }
        if (!hosts.contains(named.get(0).toLowerCase(Locale.ROOT))) {
            return text(HttpResponseStatus.MISDIRECTED_REQUEST);
        }
        if (!request.method().equals(HttpMethod.GET)) {
            FullHttpResponse refusal = text(HttpResponseStatus.METHOD_NOT_ALLOWED);
            refusal.headers().set(HttpHeaderNames.ALLOW, HttpMethod.GET);
            return refusal;
        }
        SiteStatus status = observation.newest();
        Instant now = clock.instant();
        String page = request.uri().startsWith(FOLDER) ? request.uri().substring(FOLDER.length()) : "";
        return switch (page) {
            case "metrics" -> metrics();
            case "health" -> health(Health.full(status, started, now));
            case "health/live" -> health(Health.live(status, started, now));
            case "health/ready", "ready" -> health(Health.ready(status, started, now));
            default -> text(HttpResponseStatus.NOT_FOUND);
        };
    }

    private FullHttpResponse metrics() {
        byte[] figures = observation.figures();
        return figures.length == 0
                ? text(HttpResponseStatus.SERVICE_UNAVAILABLE)
                : response(HttpResponseStatus.OK, "text/plain; version=0.0.4; charset=utf-8", figures);
    }

    private static FullHttpResponse health(Health health) {
        return response(
                health.isUp() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                "application/json",
                Json.write(health));
    }

    private static FullHttpResponse text(HttpResponseStatus status) {
        return response(status, "text/plain; charset=utf-8", (status + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static FullHttpResponse response(HttpResponseStatus status, String type, byte[] body) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        HttpHeaders headers = response.headers();
        headers.set(HttpHeaderNames.CONTENT_TYPE, type);
        headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        headers.set(HttpHeaderNames.CONNECTION, "close");
        headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        headers.set("x-content-type-options", "nosniff");
        headers.set(HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'");
        return response;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A client that hung up, was too slow, or spoke no HTTP.
        context.close();
    }
}
