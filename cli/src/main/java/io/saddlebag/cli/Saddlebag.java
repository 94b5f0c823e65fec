package io.saddlebag.cli;

import io.saddlebag.cli.backup.BackupCommand;
import io.saddlebag.cli.backup.RestoreCommand;
import io.saddlebag.cli.check.CheckCommand;
import io.saddlebag.cli.check.SchemaCommand;
import io.saddlebag.cli.doctor.DoctorCommand;
import io.saddlebag.cli.keep.TidyCommand;
import io.saddlebag.cli.keep.WithdrawCommand;
import io.saddlebag.cli.manual.CompletionCommand;
import io.saddlebag.cli.manual.ManCommand;
import io.saddlebag.cli.nodes.NodesCommand;
import io.saddlebag.cli.nodes.TopologyCommand;
import io.saddlebag.cli.oplog.JournalCommand;
import io.saddlebag.cli.proof.DigestCommand;
import io.saddlebag.cli.proof.ReceiptsCommand;
import io.saddlebag.cli.renew.RenewCommand;
import io.saddlebag.cli.resend.ResendCommand;
import io.saddlebag.cli.status.StatusCommand;
import io.saddlebag.cli.where.WhereCommand;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Refusal;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.log.LogSetup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line's entry. Exit codes: 0 done, 1 failed, 2 wrong usage, {@link ExitCodes}. Subcommands inherit the options for help. */
@Command(
        name = "saddlebag",
        description = "Carries sealed files from laboratories to research centres through a headquarters that cannot"
                + " read them.",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Saddlebag.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            InitCommand.class,
            EnrolCommand.class,
            RenewCommand.class,
            RunCommands.Hq.class,
            RunCommands.Lab.class,
            RunCommands.Rc.class,
            CheckCommand.class,
            SchemaCommand.class,
            DoctorCommand.class,
            StatusCommand.class,
            RetryCommand.class,
            ResendCommand.class,
            WithdrawCommand.class,
            TidyCommand.class,
            SealCommand.class,
            OpenCommand.class,
            WhereCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            AuditCommand.class,
            JournalCommand.class,
            ReceiptsCommand.class,
            DigestCommand.class,
            DeadCommand.class,
            NodesCommand.class,
            TopologyCommand.class,
            KeysCommand.class,
            CompletionCommand.class,
            ManCommand.class,
            BuildCommand.class,
            WarmUpCommand.class,
            CommandLine.HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed; what failed is said on standard error",
            "2:wrong usage",
            "3:out of memory, of a site that runs",
            "10:no home there",
            "11:another process runs the home",
            "12:the passphrase of a key is missing or wrong"
        })
public final class Saddlebag implements Runnable {
    @Spec
    private CommandSpec spec;

    /** The version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {version()};
        }
    }

    /** Such as {@code saddlebag 1.0.0}. */
    public static String version() {
        String version = Saddlebag.class.getPackage().getImplementationVersion();
        return "saddlebag " + (version == null ? "(from class files)" : version);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Expected a command, found none");
    }

    public static void main(String[] arguments) {
        // It samples buffers with their stack traces, to find those that nobody releases: a matter of tests.
        System.setProperty("io.netty.leakDetection.level", "disabled");
        System.exit(execute(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments));
    }

    /** Runs one command in this process and returns its exit code. The log goes to standard error. */
    public static int execute(PrintWriter out, PrintWriter err, String... arguments) {
        System.setProperty(LogSetup.TARGET, "err");
        CommandLine command = new CommandLine(new Saddlebag());
        ServiceLoader.load(AddedCommand.class).forEach(command::addSubcommand);
        OptionTypes.register(command);
        return command.setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler(Saddlebag::tell)
                .setAbbreviatedOptionsAllowed(false)
                .execute(arguments);
    }

    /** A sentence on standard error for what can happen to anybody, a trace for what must not happen. */
    private static int tell(Exception failure, CommandLine command, ParseResult parsed) {
        if (failure instanceof SiteStartException
                || failure instanceof Refusal
                || failure instanceof CommandFailure
                || failure instanceof IllegalArgumentException
                || failure instanceof IOException) {
            command.getErr().println("saddlebag: " + text(failure));
        } else {
            command.getErr().println("saddlebag: an internal fault; please report it with these lines");
            failure.printStackTrace(command.getErr());
        }
        command.getErr().flush();
        return ExitCodes.of(failure);
    }

    static String text(Exception failure) {
        if (failure instanceof FileSystemException fault && fault.getReason() == null) {
            if (failure instanceof NoSuchFileException) {
                return fault.getFile() + ": expected a file or folder, found none. Check the name";
            }
            if (failure instanceof AccessDeniedException) {
                return fault.getFile() + ": expected access, found it denied. Check owner and mode";
            }
            if (failure instanceof FileAlreadyExistsException) {
                return fault.getMessage()
                        + (fault.getMessage().contains(":") ? "" : ": exists already; nothing was overwritten");
            }
        }
        return FaultText.of(failure);
    }
}
