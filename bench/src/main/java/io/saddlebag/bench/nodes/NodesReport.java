package io.saddlebag.bench.nodes;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The result of a run over several nodes.
 *
 * @param heldSeconds for how many of the seconds the machine held the whole run
 * @param kinds of faults, with how often each was done and what was measured
 * @param restarts how often each process ended by itself and was started again
 * @param findings a line for each thing that is wrong
 */
@JsonPropertyOrder(alphabetic = false)
public record NodesReport(
        @JsonProperty("seed") long seed,
        @JsonProperty("nodes") int nodes,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("held_seconds") double heldSeconds,
        @JsonProperty("rounds") int rounds,
        @JsonProperty("files") int files,
        @JsonProperty("deliveries") int deliveries,
        @JsonProperty("lost") int lost,
        @JsonProperty("duplicated") int duplicated,
        @JsonProperty("corrupt") int corrupt,
        @JsonProperty("failed") int failed,
        @JsonProperty("other") int other,
        @JsonProperty("kinds") Map<NodeFault, Kind> kinds,
        @JsonProperty("restarts") Map<String, Integer> restarts,
        @JsonProperty("findings") List<String> findings) {

    /** One kind of fault: how often it was done, and the figures by name. */
    public record Kind(
            @JsonProperty("count") int count,
            @JsonProperty("figures") Map<String, Figure> figures) {}

    /** Seconds, but for parts and commits, which are counts. */
    public record Figure(
            @JsonProperty("median") double median,
            @JsonProperty("longest") double longest) {}

    /** The figures of one round. */
    record Round(NodeFault kind, Map<String, Double> figures) {}

    static Map<NodeFault, Kind> kinds(List<Round> rounds) {
        Map<NodeFault, Kind> kinds = new LinkedHashMap<>();
        for (NodeFault kind : NodeFault.values()) {
            List<Round> its =
                    rounds.stream().filter(round -> round.kind() == kind).toList();
            if (!its.isEmpty()) {
                kinds.put(kind, new Kind(its.size(), figures(its)));
            }
        }
        return kinds;
    }

    private static Map<String, Figure> figures(List<Round> rounds) {
        Map<String, List<Double>> byName = new LinkedHashMap<>();
        rounds.forEach(round -> round.figures()
                .forEach((name, value) ->
                        byName.computeIfAbsent(name, first -> new ArrayList<>()).add(value)));
        Map<String, Figure> figures = new LinkedHashMap<>();
        byName.forEach((name, values) -> {
            List<Double> sorted = values.stream().sorted().toList();
            figures.put(
                    name, new Figure(rounded(sorted.get(sorted.size() / 2)), rounded(sorted.get(sorted.size() - 1))));
        });
        return figures;
    }

    static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }

    /** True when every file arrived whole, once, at every recipient, and nothing else was found. */
    public boolean isClean() {
        return lost + duplicated + corrupt + failed + other == 0;
    }

    /** For people. */
    public String table() {
        StringBuilder text = new StringBuilder();
        text.append(String.format("%-44s %6s  %-30s %8s %8s%n", "fault", "times", "measured", "median", "longest"));
        kinds.forEach((kind, its) -> {
            text.append(String.format("%-44s %6d%n", kind.text(), its.count()));
            its.figures()
                    .forEach((name, figure) -> text.append(String.format(
                            Locale.ROOT, "%-52s %-30s %8.1f %8.1f%n", "", name, figure.median(), figure.longest())));
        });
        restarts.forEach((site, times) ->
                text.append(String.format("%s ended by itself and was started again %d times%n", site, times)));
        text.append(String.format(
                Locale.ROOT,
                "%n%,d rounds over %d nodes, %,d files, %,d deliveries, %.0f s (%.0f s of them held by the machine), seed %d%n"
                        + "lost %d, duplicated %d, corrupt %d, failed %d, otherwise wrong %d%n",
                rounds,
                nodes,
                files,
                deliveries,
                seconds,
                heldSeconds,
                seed,
                lost,
                duplicated,
                corrupt,
                failed,
                other));
        findings.forEach(line -> text.append(line).append(System.lineSeparator()));
        return text.toString();
    }
}
