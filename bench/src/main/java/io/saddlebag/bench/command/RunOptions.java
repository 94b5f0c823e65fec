package io.saddlebag.bench.command;

import io.saddlebag.files.FileTree;
import io.saddlebag.message.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of the commands that run sites in a folder and report. */
final class RunOptions {
    @Option(names = "--dir", paramLabel = "DIR", description = "A new or empty folder for the run, which then stays.")
    private Path folder;

    @Option(
            names = "--keep",
            description = "Keep the run's folder, and say where it is; one of a run that found something stays anyway.")
    private boolean keep;

    @Option(names = "--json", description = "Print one line of JSON and nothing else on standard output.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /** Runs in a folder and reports. */
    @FunctionalInterface
    interface Measurement<R> {
        R in(Path folder) throws Exception;
    }

    /**
     * Measures in a folder and prints the report.
     *
     * @param table of a report, for people
     * @param isClean true of a report that finds nothing wrong
     * @return the exit code
     */
    <R> int run(Measurement<R> measurement, Function<R, String> table, Predicate<R> isClean) throws Exception {
        Path run = folder == null ? Files.createTempDirectory("saddlebag-" + spec.name()) : folder;
        boolean clean = false;
        try {
            R report = measurement.in(run);
            spec.commandLine().getOut().println(json ? Json.text(report) : table.apply(report));
            clean = isClean.test(report);
        } finally {
            // The folder of a run with findings is the evidence.
            if (clean && !keep && folder == null) {
                FileTree.delete(run);
            } else {
                spec.commandLine().getErr().println("The run's folder: " + run);
            }
        }
        return clean ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /** Refuses options that do not fit. */
    void require(boolean holds, String expected, long found) {
        if (!holds) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Expected " + expected + ", found " + found);
        }
    }
}
