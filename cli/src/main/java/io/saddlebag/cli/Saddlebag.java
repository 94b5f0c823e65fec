package io.saddlebag.cli;

import java.io.PrintWriter;
import java.util.ServiceLoader;
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

    /** Runs one command in this process and returns its exit code. */
    public static int execute(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine command = new CommandLine(new Saddlebag());
        ServiceLoader.load(AddedCommand.class).forEach(command::addSubcommand);
        return command.setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler(new TellFailure())
                .setAbbreviatedOptionsAllowed(false)
                .execute(arguments);
    }
}
