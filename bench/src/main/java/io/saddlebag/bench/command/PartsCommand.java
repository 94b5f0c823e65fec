package io.saddlebag.bench.command;

import io.saddlebag.bench.parts.Parts;
import io.saddlebag.cli.CommandFailure;
import io.saddlebag.message.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench parts}: the JMH benchmarks of single parts. */
@Command(
        name = "parts",
        description =
                "Measure single parts by JMH: frames, seals, signatures, group commits, dispatch. Says for each the"
                        + " microseconds and the bytes on the heap that one operation takes. Each has a JVM of its own and runs"
                        + " for ten seconds; what JMH has to say meanwhile goes to standard error.")
final class PartsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "PATTERN",
            defaultValue = "",
            description = "Only benchmarks whose name holds this regular expression, such as decode; all without it.")
    private String pattern;

    @Option(names = "--json", description = "Print one line of JSON for each instead of the table.")
    private boolean json;

    @Override
    public Integer call() throws CommandFailure {
        PrintWriter out = spec.commandLine().getOut();
        try {
            print(out, Parts.run(pattern, System.err));
            return 0;
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(e.getMessage(), e);
        } catch (RunnerException e) {
            throw new CommandFailure("A benchmark failed, and JMH says why above: " + e.getMessage(), e);
        }
    }

    private void print(PrintWriter out, List<Parts.Result> results) {
        if (!json) {
            out.println(Parts.Result.heading());
        }
        results.forEach(each -> out.println(json ? Json.text(each) : each.row()));
        out.flush();
    }
}
