package io.saddlebag.cli;

import io.saddlebag.cli.demo.Demo;
import io.saddlebag.cli.demo.NodesDemo;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.site.FreePort;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = "Run the whole scenario on this machine: eight sites, four files, nine deliveries.")
final class DemoCommand implements Callable<Integer> {
    private static final int USUAL_PORT = 61617;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "${sys:saddlebag.demo.folder:-var/demo}",
            description = "Where the sites' homes are made; default var/demo of the source tree. A folder of an earlier"
                    + " demo is made anew; any other must be empty.")
    private Path folder;

    @Option(
            names = "--stay",
            description = "Leave all running until Ctrl-C or SIGTERM; files that you drop then travel too.")
    private boolean stay;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = OptionTypes.Port.class,
            description =
                    "Where headquarters listens; without it " + USUAL_PORT + ", or any free port if that is taken.")
    private Integer port;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many nodes headquarters has, 1 to " + NodesDemo.MOST_NODES
                    + "; default ${DEFAULT-VALUE}. With 2 or"
                    + " more one of them is killed while messages wait there.")
    private int nodes;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "How long the deliveries may take altogether; default ${DEFAULT-VALUE}.")
    private int timeout;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (nodes < 1 || nodes > NodesDemo.MOST_NODES) {
            throw new ParameterException(
                    spec.commandLine(), "Expected --nodes from 1 to " + NodesDemo.MOST_NODES + ", found " + nodes);
        }
        ScenarioHomes homes = new ScenarioHomes(folder);
        Duration patience = Duration.ofSeconds(timeout);
        PrintWriter out = spec.commandLine().getOut();
        int first = freePort();
        try {
            if (nodes == 1) {
                new Demo(homes, first, patience, out).run(stay);
            } else {
                new NodesDemo(homes, nodes, first, patience, out).run(stay);
            }
            return 0;
        } catch (IOException failure) {
            throw new CommandFailure("the demo failed: " + Saddlebag.text(failure), failure);
        }
    }

    private int freePort() throws Exception {
        if (port == null) {
            return FreePort.is(USUAL_PORT) ? USUAL_PORT : FreePort.any();
        }
        if (!FreePort.is(port)) {
            throw new CommandFailure("expected port " + port + " to be free, found it taken. Name another, or leave"
                    + " --port away to have a free one chosen");
        }
        return port;
    }
}
