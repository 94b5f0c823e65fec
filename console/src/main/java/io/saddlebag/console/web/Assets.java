package io.saddlebag.console.web;

import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** The files that a page loads, all of them from jars of this program. */
final class Assets {
    private static final String PREFIX = "/assets/";
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    private record Asset(String resource, String type) {}

    private static final Map<String, Asset> ALL = Map.of(
            "console.css", new Asset("/io/saddlebag/console/console.css", STYLE),
            "console.js", new Asset("/io/saddlebag/console/console.js", SCRIPT),
            "icon.svg", new Asset("/io/saddlebag/console/icon.svg", "image/svg+xml"),
            "uplot.css", new Asset(UPLOT + "uPlot.min.css", STYLE),
            "uplot.js", new Asset(UPLOT + "uPlot.iife.min.js", SCRIPT));

    private Assets() {}

    static boolean isOne(String path) {
        return path.startsWith(PREFIX) && ALL.containsKey(path.substring(PREFIX.length()));
    }

    static void send(Context answer) {
        Asset asset = ALL.get(answer.pathParam("name"));
        if (asset == null) {
            throw new NotFoundResponse();
        }
        try (InputStream content = Assets.class.getResourceAsStream(asset.resource())) {
            answer.contentType(asset.type())
                    .header("Cache-Control", "private, max-age=600")
                    .result(content.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
