package io.saddlebag.cli.nodes;

import io.saddlebag.hq.HqDatabase;
import io.saddlebag.hq.HqSettings;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.routing.Topology;
import io.saddlebag.hq.routing.TopologyChanges;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.shared.TopologyStore;
import io.saddlebag.hq.store.shared.TopologyStore.Stored;
import io.saddlebag.oplog.Operator;
import io.saddlebag.oplog.OperatorJournal;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "topology",
        description =
                "Show the topology that the nodes of headquarters share (hq.node), or make a file theirs. All nodes take"
                        + " it up within 2 seconds, whole or not at all. A headquarters without hq.node takes up topology.yaml of its"
                        + " home instead.")
public final class TopologyCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "The new topology. Without it the command shows which one counts.")
    private Path file;

    @Option(
            names = "--home",
            required = true,
            paramLabel = "DIR",
            description = "The home of any of the nodes, which need not run.")
    private Path home;

    @Option(names = "--check", description = "Judge the file and show what would change; change nothing.")
    private boolean check;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the operator journal.")
    private String reason;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws SiteStartException, IOException {
        SiteHome site = new SiteHome(home);
        if (Settings.load(site, HqSettings.ALL, Map.of()).text(HqSettings.NODE).isEmpty()) {
            throw new IOException(home + ": expected the home of a node (hq.node), found a headquarters on its own."
                    + " It takes up topology.yaml of its home as soon as that changes");
        }
        PrintWriter out = spec.commandLine().getOut();
        try (HqDatabase database = HqDatabase.open(site)) {
            TopologyStore store = new TopologyStore(database.dataSource());
            Optional<Stored> newest = store.newest();
            if (file == null) {
                out.println(newest.map(TopologyCommand::line).orElse("no node has started yet: there is no topology"));
            } else {
                change(site, store, newest, out);
            }
        } catch (StoreException e) {
            throw new IOException(home + ": " + e.getMessage(), e);
        }
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    private static String line(Stored stored) {
        return "version " + stored.version() + "  " + stored.changedTime().truncatedTo(ChronoUnit.SECONDS) + "  by "
                + stored.changedBy() + "  SHA-256 " + stored.sha256();
    }

    private void change(SiteHome site, TopologyStore store, Optional<Stored> newest, PrintWriter out)
            throws StoreException, SiteStartException, IOException {
        byte[] yaml = Files.readAllBytes(file);
        Topology changed = LiveTopology.parse(file.toString(), yaml);
        LiveTopology.requireUnordered(file.toString(), changed);
        Topology before = newest.isEmpty()
                ? null
                : LiveTopology.parse(newest.get().place(), newest.get().yaml());
        if (newest.isPresent() && Arrays.equals(newest.get().yaml(), yaml)) {
            out.println(
                    "the file is the topology already, version " + newest.get().version());
            return;
        }
        List<String> changes = TopologyChanges.between(before, changed);
        changes.forEach(out::println);
        if (changes.isEmpty()) {
            out.println("nothing would change but the words of the file");
        }
        if (check) {
            return;
        }
        long version = newest.map(Stored::version).orElse(0L) + 1;
        if (!store.add(version, yaml, Operator.current().toString())) {
            throw new IOException(home + ": expected to make version " + version
                    + " of the topology, found that another person has made it meanwhile. Look at it (saddlebag topology"
                    + " --home " + home + ") and try again");
        }
        OperatorJournal.append(
                site,
                "topology",
                List.of(
                        "version " + version,
                        file.toString(),
                        "SHA-256 " + store.newest().orElseThrow().sha256()),
                reason);
        out.println("version " + version + " of the topology; the nodes take it up within 2 s (saddlebag nodes)");
    }
}
