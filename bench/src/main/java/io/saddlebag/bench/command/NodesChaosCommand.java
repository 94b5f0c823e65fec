package io.saddlebag.bench.command;

import io.saddlebag.bench.nodes.NodeFault;
import io.saddlebag.bench.nodes.NodesReport;
import io.saddlebag.bench.nodes.NodesRun;
import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench nodes-chaos}: several headquarters over a pair of PostgreSQL servers under faults. */
@Command(
        name = "nodes-chaos",
        description = "Run several headquarters over a PostgreSQL with a synchronous standby, three centres and two"
                + " laboratories as processes while files are dropped, and kill, freeze and cut off nodes and database."
                + " Then hold every dropped file against every folder, by digest. docs/reliability.md says more.",
        exitCodeList = {"0:every file arrived everywhere once, whole", "1:something was found", "2:wrong usage"})
final class NodesChaosCommand implements Callable<Integer> {
    private static final int MOST_NODES = 5;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--rounds",
            defaultValue = "9",
            description = "How many faults, evenly shared by the kinds; ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--nodes", defaultValue = "2", description = "How many headquarters; ${DEFAULT-VALUE}.")
    private int nodes;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "KIND",
            description = "Only these kinds of faults; all: ${COMPLETION-CANDIDATES}.")
    private Set<NodeFault> only = EnumSet.allOf(NodeFault.class);

    @Option(names = "--seed", description = "Makes faults and files the same again; without it a new one.")
    private Long seed;

    @Mixin
    private RunOptions run;

    @Override
    public Integer call() throws Exception {
        run.require(rounds >= 1, "--rounds of at least 1", rounds);
        run.require(nodes >= 2 && nodes <= MOST_NODES, "--nodes of 2 to " + MOST_NODES, nodes);
        long chosen = seed == null ? System.nanoTime() & Integer.MAX_VALUE : seed;
        PrintWriter progress = spec.commandLine().getErr();
        return run.run(
                folder -> new NodesRun(folder, new NodesRun.Order(rounds, nodes, chosen, only), progress).run(),
                NodesReport::table,
                NodesReport::isClean);
    }
}
