package io.saddlebag.cli.home;

import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.HostAndPort;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code init node}: one more node of a headquarters. */
@Command(
        name = "node",
        description = "Make the home of one more node of a headquarters, from that of another node: the same identity,"
                + " topology and database, with a name and an address of its own (docs/operators.md).")
public final class InitNodeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The name of the new node, such as n2.")
    private String name;

    @Option(
            names = "--like",
            required = true,
            paramLabel = "DIR",
            description = "The home of another node. It has hq.node and hq.database.url in its settings.")
    private Path like;

    @Option(names = "--home", required = true, paramLabel = "DIR", description = "The new home, absent or empty.")
    private Path home;

    @Option(
            names = "--address",
            required = true,
            paramLabel = "HOST:PORT",
            description = "Where sites reach the new node, such as hq2.example.org:61617.")
    private HostAndPort address;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (address.port() == 0) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Expected --address with its port, such as hq2.example.org:61617");
        }
        new NodeHome(new SiteHome(like)).make(new SiteHome(home), name, address);
        spec.commandLine()
                .getOut()
                .println("Made the home of node " + name + " in " + home + ". It holds private keys: carry it to its"
                        + " machine by a way you trust. Add " + address
                        + " to hq.addresses of every site, then run it with: saddlebag hq --home " + home);
        return 0;
    }
}
