package io.saddlebag.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line's entry. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(
        name = "saddlebag",
        description = "Carries sealed files from laboratories to research centres through a headquarters that cannot"
                + " read them.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            InitCommand.class,
            RunCommands.Hq.class,
            RunCommands.Lab.class,
            RunCommands.Rc.class,
            BenchCommand.class,
            RetryCommand.class,
            SealCommand.class,
            OpenCommand.class,
            AuditCommand.class,
            ReceiptsCommand.class,
            DeadCommand.class,
            WarmUpCommand.class,
            CommandLine.HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed; what failed is said on standard error", "2:wrong usage"})
public final class Saddlebag implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Expected a command, found none");
    }

    public static void main(String[] arguments) {
        // It samples buffers with their stack traces, to find those that nobody releases: a matter of tests.
        System.setProperty("io.netty.leakDetection.level", "disabled");
        System.exit(execute(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments));
    }

    static int execute(PrintWriter out, PrintWriter err, String... arguments) {
        return new CommandLine(new Saddlebag())
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler(new TellFailure())
                .setAbbreviatedOptionsAllowed(false)
                .execute(arguments);
    }
}
