package io.saddlebag.bench.nodes;

import io.saddlebag.audit.NetworkAudit;
import io.saddlebag.bench.chaos.ChaosReport;
import io.saddlebag.bench.chaos.DroppedFile;
import io.saddlebag.bench.chaos.Excuses;
import io.saddlebag.bench.chaos.FolderCheck;
import io.saddlebag.bench.chaos.HqCheck;
import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A run over several nodes: starts them and the sites, does a seeded series of faults while files travel, and checks every
 * file in the end. Run once.
 */
public final class NodesRun {
    private static final long START_SECONDS = 120;
    private static final long DRAIN_SECONDS = 180;

    private final Path folder;
    private final Order order;
    private final PrintWriter progress;

    /**
     * Which run is wanted.
     *
     * @param rounds one fault each, evenly shared by the kinds
     * @param seed makes faults and files the same again
     */
    public record Order(int rounds, int nodes, long seed, Set<NodeFault> kinds) {
        public Order {
            kinds = Set.copyOf(kinds);
        }

        /** The faults in their order. */
        List<NodeFault> plan() {
            List<NodeFault> wanted =
                    Stream.of(NodeFault.values()).filter(kinds::contains).toList();
            List<NodeFault> plan = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                plan.add(wanted.get(i % wanted.size()));
            }
            Collections.shuffle(plan, new Random(seed));
            return plan;
        }
    }

    /**
     * @param folder new or empty; everything is made in it
     * @param progress hears how far it is
     */
    public NodesRun(Path folder, Order order, PrintWriter progress) {
        this.folder = folder;
        this.order = order;
        this.progress = progress;
    }

    /**
     * @return what happened; a run that could not be brought to its end says so among its findings
     * @throws IOException when the sites cannot be made or started at all
     */
    public NodesReport run() throws IOException, PostgresException, InterruptedException {
        long start = System.nanoTime();
        try (NodesNetwork network = NodesNetwork.make(folder, order.nodes())) {
            NodesTraffic traffic = new NodesTraffic(network, order.seed());
            FolderCheck.Findings findings = new FolderCheck.Findings();
            Excuses none = new Excuses();
            FolderCheck check = new FolderCheck(network.homes(), none);
            List<NodesReport.Round> rounds = new ArrayList<>();
            try {
                strikeAll(network, traffic, rounds, findings);
            } catch (IOException | PostgresException e) {
                findings.others().add(String.valueOf(e.getMessage()));
            }
            try {
                drain(traffic, check);
                new HqCheck(network.nodes().get(0).log(), none)
                        .run(network.database().psqlUrl(), traffic.dropped(), findings);
            } catch (IOException e) {
                findings.others().add(String.valueOf(e.getMessage()));
            }
            network.stop().forEach(site -> findings.others().add(site + " did not stop when asked"));
            check.run(traffic.dropped(), traffic.consumers(), findings);
            audit(network, findings);
            return report(traffic, rounds, findings, (System.nanoTime() - start) / 1e9);
        }
    }

    private void strikeAll(
            NodesNetwork network, NodesTraffic traffic, List<NodesReport.Round> rounds, FolderCheck.Findings findings)
            throws IOException, PostgresException, InterruptedException {
        NodeFaults faults = new NodeFaults(network, traffic, new Random(order.seed()), findings);
        network.startAll();
        traffic.pause(true);
        for (Target client : Target.CLIENTS) {
            traffic.until(client + " at work", START_SECONDS, () -> network.isAtWork(client));
        }
        faults.awaitAllOpen();
        traffic.pause(false);
        traffic.until("a first file everywhere", START_SECONDS, () -> traffic.firstsArrived(0)
                .isPresent());
        for (NodeFault kind : order.plan()) {
            traffic.pass(500);
            NodesReport.Round round = new NodesReport.Round(kind, faults.strike(kind));
            rounds.add(round);
            progress.printf(
                    "%4.0f s: round %d of %d, %s, %s, %d files dropped, %d deliveries under way%n",
                    traffic.nanos() / 1e9,
                    rounds.size(),
                    order.rounds(),
                    kind,
                    round.figures(),
                    traffic.dropped().size(),
                    traffic.consumers().stillWaiting());
        }
    }

    private static void drain(NodesTraffic traffic, FolderCheck check) throws IOException, InterruptedException {
        traffic.pause(true);
        traffic.until(
                "all files everywhere", DRAIN_SECONDS, () -> traffic.consumers().stillWaiting() == 0);
        traffic.until("all files of the labs settled", DRAIN_SECONDS, check::isSettled);
        List<DroppedFile> unreceipted = new LinkedList<>(traffic.dropped());
        traffic.until("all receipts", DRAIN_SECONDS, () -> check.withoutReceipts(unreceipted) == 0);
    }

    /** Runs the audit that operators have, as a second checker that shares no code with the first. */
    private static void audit(NodesNetwork network, FolderCheck.Findings findings) throws InterruptedException {
        List<Path> homes = Stream.concat(
                        Stream.of(network.nodes().get(0).home()),
                        Target.CLIENTS.stream()
                                .map(client ->
                                        network.homes().home(client.site()).folder()))
                .toList();
        try {
            NetworkAudit.of(homes, true).run().findings().forEach(found -> findings.others()
                    .add("audit: " + found.site() + " " + found.subject() + ": " + found.text()));
        } catch (IOException | SiteStartException e) {
            findings.others().add("audit: " + e.getMessage());
        }
    }

    private NodesReport report(
            NodesTraffic traffic, List<NodesReport.Round> rounds, FolderCheck.Findings findings, double seconds) {
        return new NodesReport(
                order.seed(),
                order.nodes(),
                NodesReport.rounded(seconds),
                NodesReport.rounded(traffic.heldSeconds()),
                rounds.size(),
                traffic.dropped().size(),
                traffic.dropped().stream()
                        .mapToInt(file -> file.recipients().size())
                        .sum(),
                findings.lost().size(),
                findings.duplicated().size(),
                findings.corrupt().size(),
                findings.failed().size(),
                findings.others().size(),
                NodesReport.kinds(rounds),
                traffic.restarts(),
                ChaosReport.lines(findings));
    }
}
