package io.saddlebag.bench.command;

import io.saddlebag.bench.where.WhereRun;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench where}: how long an answer of {@code where} takes over many messages. */
@Command(
        name = "where",
        description =
                "Fill the records of a laboratory, a centre and headquarters with messages, and time the answers of"
                        + " \"where\" about one of them: by name, message_id, its beginning, and digest.",
        exitCodeList = {"0:each question was answered", "1:it failed, or a message was not found", "2:wrong usage"})
final class WhereBenchCommand implements Callable<Integer> {
    @Option(names = "--messages", defaultValue = "2000000", description = "How many, at each site; ${DEFAULT-VALUE}.")
    private long messages;

    @Option(names = "--times", defaultValue = "21", description = "How often each is asked; ${DEFAULT-VALUE}.")
    private int times;

    @Mixin
    private RunOptions run;

    @Override
    public Integer call() throws Exception {
        run.require(messages >= 1_000, "--messages of at least 1000", messages);
        run.require(times >= 1, "--times of at least 1", times);
        return run.run(
                folder -> new WhereRun(folder, messages, times).run(),
                WhereRun.Report::table,
                WhereRun.Report::isClean);
    }
}
