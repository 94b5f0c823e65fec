package io.saddlebag.bench.parts;

import io.saddlebag.site.log.LogSetup;
import java.io.PrintStream;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.profile.GCProfiler;
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
    public static List<PartResult> run(String pattern, PrintStream progress) throws RunnerException {
        return run(pattern, progress, options -> options.forks(1)
                .jvmArgs("-XX:+UseSerialGC", "-Xmx512m", "-D" + LogSetup.TARGET + "=err")
                .warmupIterations(ITERATIONS)
                .warmupTime(ITERATION)
                .measurementIterations(ITERATIONS)
                .measurementTime(ITERATION));
    }

    static List<PartResult> run(String pattern, PrintStream progress, UnaryOperator<ChainedOptionsBuilder> more)
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
                    .run().stream().map(PartResult::of).toList();
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
}
