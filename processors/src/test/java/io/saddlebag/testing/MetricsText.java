package io.saddlebag.testing;

import io.saddlebag.observe.SiteMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The lines of a site's figures. */
public final class MetricsText {
    private MetricsText() {}

    /** Without comments, and without the label that names the home. */
    public static List<String> of(SiteMetrics metrics) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            metrics.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceFirst("\\{home=\"[A-Z-]+\"}", "").replaceFirst("\\{home=\"[A-Z-]+\",", "{"))
                .toList();
    }
}
