package io.saddlebag.console.read;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The figures of a running site, from {@code run/metrics.prom}.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Prometheus' text format</a>
 */
public final class Figures {
    private static final Pattern LINE = Pattern.compile("([a-z_:]+)(?:\\{(.*)})? ([0-9.eE+-]+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final List<Figure> all;

    /** A figure with its labels. */
    public record Figure(String name, Map<String, String> labels, double value) {
        public String label(String label) {
            return labels.getOrDefault(label, "");
        }
    }

    private Figures(List<Figure> all) {
        this.all = all;
    }

    /** None of a site that is stopped. */
    public static Figures of(ConsoledHome home) {
        List<Figure> figures = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(home.home().run().resolve("metrics.prom"))) {
                Matcher match = LINE.matcher(line);
                if (match.matches()) {
                    figures.add(new Figure(match.group(1), labels(match.group(2)), Double.parseDouble(match.group(3))));
                }
            }
        } catch (IOException | NumberFormatException e) {
            return new Figures(List.of());
        }
        return new Figures(figures);
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new HashMap<>();
        if (text != null) {
            Matcher match = LABEL.matcher(text);
            while (match.find()) {
                labels.put(match.group(1), match.group(2).replaceAll("\\\\(.)", "$1"));
            }
        }
        return labels;
    }

    public List<Figure> named(String name) {
        return all.stream().filter(figure -> figure.name().equals(name)).toList();
    }

    /** The sum of those of this name that have this label. */
    public long sum(String name, String label, String value) {
        return (long) named(name).stream()
                .filter(figure -> figure.label(label).equals(value))
                .mapToDouble(Figure::value)
                .sum();
    }
}
