package io.saddlebag.bench.parts;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.site.log.LogSetup;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the benchmarks of this package, each in a JVM of its own with the options that headquarters has. */
public final class Parts {
    private static final String PACKAGE = "io\\.saddlebag\\.bench\\.parts\\.";
    private static final TimeValue ITERATION = TimeValue.seconds(1);
    private static final int ITERATIONS = 5;

    private Parts() {}

    /**
     * @param pattern a regular expression that a benchmark's name holds, such as {@code decode}
     * @param progress where JMH says what it is at
     * @throws IllegalArgumentException when no benchmark has such a name
     * @throws RunnerException when a benchmark fails
     */
    public static List<Result> run(String pattern, PrintStream progress) throws RunnerException {
        return run(pattern, progress, options -> options.forks(1)
                .mode(Mode.AverageTime)
                .jvmArgs("-XX:+UseSerialGC", "-Xmx512m", "-D" + LogSetup.TARGET + "=err")
                .warmupIterations(ITERATIONS)
                .warmupTime(ITERATION)
                .measurementIterations(ITERATIONS)
                .measurementTime(ITERATION));
    }

    static List<Result> run(String pattern, PrintStream progress, UnaryOperator<ChainedOptionsBuilder> more)
            throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(PACKAGE + ".*" + pattern)
                .timeUnit(TimeUnit.MICROSECONDS)
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class);
        try {
            return new Runner(
                            more.apply(options).build(),
                            OutputFormatFactory.createFormatInstance(progress, VerboseMode.NORMAL))
                    .run().stream().map(Result::of).toList();
        } catch (NoBenchmarksException e) {
            throw new IllegalArgumentException(
                    "Expected a pattern that one of " + String.join(", ", names()) + " holds, found '" + pattern + "'",
                    e);
        }
    }

    /** All benchmarks, such as {@code FrameBenchmark.decode}. */
    static TreeSet<String> names() {
        TreeSet<String> names = new TreeSet<>();
        for (BenchmarkListEntry entry : BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT), List.of())) {
            names.add(entry.getUsername().replaceFirst(PACKAGE, ""));
        }
        return names;
    }

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
    public record Result(
            @JsonProperty("part") String part,
            @JsonProperty("parameters") Map<String, String> parameters,
            @JsonProperty("us") double micros,
            @JsonProperty("error_us") double error,
            @JsonProperty("allocated_bytes") double bytes) {
        private static final String ALLOCATED = "gc.alloc.rate.norm";

        static Result of(RunResult run) {
            BenchmarkParams about = run.getParams();
            Map<String, String> parameters = new TreeMap<>();
            about.getParamsKeys().forEach(key -> parameters.put(key, about.getParam(key)));
            org.openjdk.jmh.results.Result<?> time = run.getPrimaryResult();
            String[] name = about.getBenchmark().split("\\.");
            return new Result(
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
}
