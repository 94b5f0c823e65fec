package io.saddlebag.bench.command;

import io.saddlebag.bench.chaos.ChaosReport;
import io.saddlebag.bench.chaos.ChaosRun;
import io.saddlebag.bench.chaos.fault.FaultKind;
import io.saddlebag.bench.chaos.fault.FaultPlan;
import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private RunOptions run;

    @Override
    public Integer call() throws Exception {
        run.require(kills >= 0, "--kills of at least 0", kills);
        run.require(files >= 1, "--files of at least 1", files);
        long chosen = seed == null ? System.nanoTime() & Integer.MAX_VALUE : seed;
        PrintWriter progress = spec.commandLine().getErr();
        return run.run(
                folder -> new ChaosRun(folder, new FaultPlan.Order(kills, files, chosen, kinds()), progress).run(),
                ChaosReport::table,
                ChaosReport::isClean);
    }

    private Set<FaultKind> kinds() {
        Set<FaultKind> kinds = EnumSet.copyOf(only);
        kinds.removeAll(without);
        return kinds;
    }
}
