package io.saddlebag.cli.nodes;

import io.saddlebag.hq.HqDatabase;
import io.saddlebag.hq.store.shared.NodeList;
import io.saddlebag.message.Json;
import io.saddlebag.observe.SiteStatus.Node;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "nodes",
        description =
                "Show the nodes of headquarters on the database of a home (hq.node): address, version, whether each is"
                        + " at work. A node that ended is shown for a day.",
        exitCodeList = {"0:every node is ready", "1:one is not, or there is none", "2:wrong usage", "10:no home there"})
public final class NodesCommand implements Callable<Integer> {
    /** In a database that no headquarters of this version has used. */
    private static final String NO_TABLE = "42P01";

    @Option(
            names = "--home",
            required = true,
            paramLabel = "DIR",
            description = "The home of any of the nodes, which need not run.")
    private Path home;

    @Option(names = "--json", description = "One line of JSON a node.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws SiteStartException, IOException {
        List<Node> nodes;
        try (HqDatabase database = HqDatabase.openToRead(new SiteHome(home));
                Connection snapshot = database.snapshot()) {
            nodes = NodeList.read(snapshot);
        } catch (SQLException e) {
            if (!NO_TABLE.equals(e.getSQLState())) {
                throw new IOException(home + ": the nodes cannot be read: " + e.getMessage(), e);
            }
            nodes = List.of();
        }
        PrintWriter out = spec.commandLine().getOut();
        nodes.forEach(each -> out.println(json ? Json.text(each) : line(each)));
        if (nodes.isEmpty() && !json) {
            out.println("no node has started in the last day; hq.node makes a headquarters one");
        }
        out.flush();
        return !nodes.isEmpty() && nodes.stream().allMatch(Node::isReady)
                ? CommandLine.ExitCode.OK
                : CommandLine.ExitCode.SOFTWARE;
    }

    private static String line(Node node) {
        return String.format(
                Locale.ROOT,
                "%-12s %-24s %-10s %s since %s, last beat %.0f s ago",
                node.name(),
                node.address(),
                node.version(),
                node.state(),
                (node.ended() == null ? node.started() : node.ended()).truncatedTo(ChronoUnit.SECONDS),
                node.beatAge());
    }
}
