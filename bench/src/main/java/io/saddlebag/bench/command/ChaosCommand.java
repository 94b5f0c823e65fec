package io.saddlebag.bench.command;

import io.saddlebag.bench.chaos.ChaosReport;
import io.saddlebag.bench.chaos.ChaosRun;
import io.saddlebag.bench.chaos.fault.ChaosOrder;
import io.saddlebag.bench.chaos.fault.FaultKind;
import io.saddlebag.cli.Saddlebag;
import io.saddlebag.cli.Version;
import io.saddlebag.cli.home.SiteCommandLine;
import io.saddlebag.files.FileTree;
import io.saddlebag.message.Json;
import io.saddlebag.site.log.LogSetup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench chaos}: kills, pauses, cuts and fills while files travel, and reconciles every file afterwards. */
@Command(
        name = "chaos",
        description = "Run headquarters, three centres and two laboratories as processes while files are dropped, and"
                + " kill and disturb them at random: kill -9, SIGSTOP, a network that resets, stalls, cuts and alters,"
                + " full disks, failing fsyncs, disks that are away, clocks that step, a back-up that is put back, bits"
                + " that flip at rest. Then hold every dropped file against every folder, by digest."
                + " docs/reliability.md says more.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every file arrived everywhere once, whole", "1:something was found", "2:wrong usage"})
final class ChaosCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--kills",
            defaultValue = "40",
            description = "How many kills, shared evenly by headquarters, PostgreSQL, laboratories and centres; each"
                    + " other fault comes a third as often as each of these, those of disks, clocks, back-ups and bits a"
                    + " sixth. ${DEFAULT-VALUE}.")
    private int kills;

    @Option(names = "--files", defaultValue = "400", description = "How many files to drop; ${DEFAULT-VALUE}.")
    private int files;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "KIND",
            description = "Only these kinds of faults, such as DISK_ABSENT,RESTORE; all: ${COMPLETION-CANDIDATES}.")
    private Set<FaultKind> only = EnumSet.allOf(FaultKind.class);

    @Option(names = "--without", split = ",", paramLabel = "KIND", description = "Not these kinds of faults.")
    private Set<FaultKind> without = EnumSet.noneOf(FaultKind.class);

    @Option(names = "--seed", description = "Makes faults, targets and files the same again; without it a new one.")
    private Long seed;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "A new or empty folder for the run; without it one of the system's temporary folder.")
    private Path folder;

    @Option(names = "--json", description = "Print one line of JSON and nothing else on standard output.")
    private boolean json;

    @Option(names = "--keep", description = "Keep the run's folder, and say where it is.")
    private boolean keep;

    @Override
    public Integer call() throws Exception {
        require(kills >= 0, "--kills of at least 0", kills);
        require(files >= 1, "--files of at least 1", files);
        System.setProperty(LogSetup.TARGET, "err");
        long chosen = seed == null ? System.nanoTime() & Integer.MAX_VALUE : seed;
        Path run = folder == null ? Files.createTempDirectory("saddlebag-chaos") : folder;
        boolean clean = false;
        try {
            ChaosReport report = new ChaosRun(
                            run,
                            new ChaosOrder(kills, files, chosen, kinds()),
                            SiteCommandLine.ofThisJava(Saddlebag.class),
                            spec.commandLine().getErr())
                    .run();
            spec.commandLine()
                    .getOut()
                    .println(json ? new String(Json.write(report), StandardCharsets.UTF_8) : report.table());
            clean = report.isClean();
        } finally {
            // The folder of a run with findings is the evidence.
            if (clean && !keep) {
                FileTree.delete(run);
            } else {
                spec.commandLine().getErr().println("The run's folder: " + run);
            }
        }
        return clean ? 0 : CommandLine.ExitCode.SOFTWARE;
    }

    private Set<FaultKind> kinds() {
        Set<FaultKind> kinds = EnumSet.copyOf(only);
        kinds.removeAll(without);
        return kinds;
    }

    private void require(boolean holds, String expected, long found) {
        if (!holds) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Expected " + expected + ", found " + found);
        }
    }
}
