package io.saddlebag.cli.manual;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code completion}: a script for the shell. */
@Command(
        name = "completion",
        description =
                "Print a completion script for bash and zsh: source <(saddlebag completion). It completes commands,"
                        + " options, their values and files.")
public final class CompletionCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(script(spec.root()));
        out.flush();
    }

    static String script(CommandSpec root) {
        return AutoComplete.bash(root.name(), root.commandLine());
    }
}
