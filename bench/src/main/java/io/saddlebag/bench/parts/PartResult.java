package io.saddlebag.bench.parts;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * The result of one benchmark.
 *
 * @param part such as {@code FrameBenchmark.decode}
 * @param parameters by name, such as {@code size} to {@code 1024}
 * @param micros for one operation, the mean
 * @param error half of the 99.9 % confidence interval of it; NaN with fewer than three measurements
 * @param bytes that one operation allocates on the heap
 */
@JsonPropertyOrder(alphabetic = false)
public record PartResult(
        @JsonProperty("part") String part,
        @JsonProperty("parameters") Map<String, String> parameters,
        @JsonProperty("us") double micros,
        @JsonProperty("error_us") double error,
        @JsonProperty("allocated_bytes") double bytes) {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    static PartResult of(RunResult run) {
        BenchmarkParams about = run.getParams();
        Map<String, String> parameters = new TreeMap<>();
        about.getParamsKeys().forEach(key -> parameters.put(key, about.getParam(key)));
        Result<?> time = run.getPrimaryResult();
        String[] name = about.getBenchmark().split("\\.");
        return new PartResult(
                name[name.length - 2] + "." + name[name.length - 1],
                parameters,
                time.getScore(),
                time.getScoreError(),
                run.getSecondaryResults().get(ALLOCATED).getScore());
    }

    public static String heading() {
        return String.format("%-38s %-16s %12s %12s %14s", "part", "", "us", "+-", "bytes on heap");
    }

    /** A row under {@link #heading}. */
    public String row() {
        String named = parameters.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "%-38s %-16s %,12.2f %,12.2f %,14.0f", part, named, micros, error, bytes);
    }
}
