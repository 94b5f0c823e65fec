package io.saddlebag.cli.demo;

import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.NodeHome;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteProcesses;
import io.saddlebag.hq.HqSettings;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.lab.LabApplication;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.FreePort;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.HostAndPort;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One run of the scenario with several headquarters over one PostgreSQL: the node that has most to do is killed while
 * messages wait there, and every file arrives all the same. Told on standard output. Run once.
 */
public final class NodesDemo {
    /** More would say no more. */
    public static final int MOST_NODES = 5;

    private static final long LOOK_MILLISECONDS = 50;
    private static final SiteId HQ = ScenarioHomes.HEADQUARTERS;
    /** Its deliveries wait until a node was killed. */
    private static final SiteId LATE = ScenarioHomes.CENTRES.get(ScenarioHomes.CENTRES.size() - 1);
    /** Dropped after a node was killed. */
    private static final Sample LAST = Sample.ALL.get(Sample.ALL.size() - 1);

    private final ScenarioHomes homes;
    private final int count;
    private final int port;
    private final PrintWriter out;
    private final DemoFolder folder;
    private final SiteProcesses sites;
    private final DemoEnd end;
    private final List<Node> nodes = new ArrayList<>();
    private final Duration timeout;
    private PostgresServer database;

    /** A headquarters with a folder of its own for its home. */
    private record Node(String name, SiteHome home, HostAndPort address, SiteProcesses processes) {}

    /**
     * @param count how many nodes
     * @param port where the first one is to listen
     * @param timeout for start and deliveries together
     */
    public NodesDemo(ScenarioHomes homes, int count, int port, Duration timeout, PrintWriter out) {
        this.homes = homes;
        this.count = count;
        this.port = port;
        this.timeout = timeout;
        this.out = out;
        this.folder = new DemoFolder(homes);
        this.sites = new SiteProcesses(homes);
        this.end = new DemoEnd(out, this::stopAll);
    }

    /**
     * Runs the scenario; nothing that it started runs afterwards, however it ends.
     *
     * @param stay whether to leave all running after the deliveries, until a signal
     * @throws IOException when the deliveries did not all come to pass
     */
    public void run(boolean stay) throws IOException {
        folder.prepare();
        end.after(() -> deliver(stay));
        if (!stay) {
            out.println("All stopped. Read on: " + homes.folder() + "/<site>/log, .../n2/dc-hq/log");
        }
    }

    private void deliver(boolean stay)
            throws IOException, SQLException, SiteStartException, PostgresException, InterruptedException {
        long start = System.nanoTime();
        long deadline = start + timeout.toNanos();
        out.println("Making the CA, certificates and keys of eight sites in " + homes.folder());
        homes.make(port);
        database = PostgresServer.start(folder.database(), 0);
        makeNodes();
        out.println("Starting PostgreSQL, " + count + " nodes of DC-HQ, three centres and four labs");
        List<SiteId> others = new ArrayList<>(ScenarioHomes.SITES);
        others.remove(HQ);
        for (Node node : nodes) {
            node.processes().start(HQ);
        }
        for (SiteId site : others) {
            sites.start(site);
        }
        for (Node node : nodes) {
            node.processes().awaitAtWork(List.of(HQ), timeout, ready -> out.println("  " + told(node) + " at work"));
        }
        sites.awaitAtWork(others, timeout, ready -> {});
        out.println("All are at work");
        try (NodeRecords records = NodeRecords.open(database.psqlUrl())) {
            while (records.keyBundles() < ScenarioHomes.CENTRES.size()) {
                pause(deadline, "the keys of all centres");
            }
            sites.stop(LATE);
            out.println("Stopped " + LATE + ", so that its files wait");
            deliver(records, deadline);
        }
        out.printf("Took %.1f s%n", (System.nanoTime() - start) / 1e9);
        if (stay) {
            out.println(database.psqlUrl());
            out.println("All but the killed one stay up. Drop files into a lab's drop/ folders; end with Ctrl-C.");
            end.stay(this::requireAllRun);
        }
    }

    private static String told(Node node) {
        return node.name() + " at " + node.address();
    }

    private void makeNodes() throws IOException, SiteStartException {
        SiteHome first = homes.home(HQ);
        PrivateFiles.create(
                first.resolve("database.password"), database.password().getBytes(StandardCharsets.US_ASCII));
        HomeMaker.set(
                first,
                Map.of(
                        HqSettings.NODE, "n1",
                        HqSettings.DATABASE_URL, database.jdbcUrl(),
                        HqSettings.DATABASE_USER, database.user()));
        nodes.add(new Node("n1", first, HostAndPort.of("127.0.0.1:" + port), sites));
        for (int number = 2; number <= count; number++) {
            ScenarioHomes own = new ScenarioHomes(folder.node(number));
            HostAndPort address = HostAndPort.of("127.0.0.1:" + FreePort.any());
            new NodeHome(first).make(own.home(HQ), "n" + number, address);
            nodes.add(new Node("n" + number, own.home(HQ), address, new SiteProcesses(own)));
        }
        for (SiteId site : ScenarioHomes.SITES) {
            if (!site.equals(HQ)) {
                HomeMaker.headquarters(
                        homes.home(site), nodes.stream().map(Node::address).toList());
            }
        }
        for (SiteId lab : ScenarioHomes.LABS) {
            HomeMaker.set(homes.home(lab), Map.of("folder.settle-time", "300ms"));
        }
    }

    private void deliver(NodeRecords records, long deadline)
            throws IOException, SQLException, SiteStartException, InterruptedException {
        List<Sample> before = new ArrayList<>(Sample.ALL);
        before.remove(LAST);
        for (Sample sample : before) {
            drop(sample);
        }
        long waiting = deliveriesTo(LATE, before);
        long delivered =
                before.stream().mapToInt(each -> each.recipients().size()).sum() - waiting;
        await(records, deadline, delivered, waiting);
        out.println("  " + delivered + " deliveries acknowledged, " + waiting + " wait for " + LATE);
        Node killed = busiest(records);
        long id = records.idOf(killed.name());
        killed.processes().kill(HQ);
        out.println("Killed " + killed.name() + " (kill -9), where " + records.waiting(id) + " of them wait");
        drop(LAST);
        while (records.waiting(id) > 0) {
            pause(deadline, "the deliveries of " + killed.name() + " at another node");
        }
        records.noteAdopted();
        sites.start(LATE);
        out.println("Started " + LATE + " again");
        await(records, deadline, Sample.deliveries(), 0);
        show(records);
    }

    private void drop(Sample sample) throws IOException, SiteStartException {
        out.println("Dropped "
                + homes.folder().relativize(sample.drop(homes.home(sample.sender()), LabApplication.ROUTE_FOLDERS)));
    }

    private static long deliveriesTo(SiteId centre, List<Sample> samples) {
        return samples.stream()
                .filter(each -> each.recipients().contains(centre))
                .count();
    }

    private Node busiest(NodeRecords records) throws SQLException {
        Node busiest = nodes.get(0);
        for (Node node : nodes) {
            if (records.waiting(records.idOf(node.name())) > records.waiting(records.idOf(busiest.name()))) {
                busiest = node;
            }
        }
        return busiest;
    }

    private void await(NodeRecords records, long deadline, long acknowledged, long waiting)
            throws IOException, SQLException, InterruptedException {
        while (true) {
            List<HqRecords.Delivery> deliveries = records.deliveries();
            long done = deliveries.stream()
                    .filter(HqRecords.Delivery::isAcknowledged)
                    .count();
            if (done == acknowledged && deliveries.size() - done == waiting && allSent(acknowledged, waiting)) {
                return;
            }
            pause(
                    deadline,
                    acknowledged + " deliveries acknowledged and " + waiting + " waiting, of which there are " + done
                            + " and " + (deliveries.size() - done));
        }
    }

    private void pause(long deadline, String expected) throws IOException, InterruptedException {
        requireAllRun();
        if (System.nanoTime() > deadline) {
            throw new IOException("expected " + expected + " within " + timeout.toSeconds() + " s. Read "
                    + nodes.stream()
                            .map(node -> node.processes().log(HQ).toString())
                            .collect(Collectors.joining(", ")));
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLISECONDS);
    }

    /** In the end each laboratory has its confirm too. */
    private boolean allSent(long acknowledged, long waiting) {
        return waiting > 0
                || acknowledged < Sample.deliveries()
                || Sample.ALL.stream().allMatch(sample -> sample.isSent(homes.home(sample.sender())));
    }

    private void show(NodeRecords records) throws IOException, SQLException {
        DeliveryTable table = new DeliveryTable();
        List<HqRecords.Delivery> deliveries = records.deliveries();
        int whole = 0;
        for (HqRecords.Delivery delivery : deliveries) {
            boolean isWhole = Sample.isWhole(delivery, homes.home(SiteId.of(delivery.receiverId())));
            whole += isWhole ? 1 : 0;
            table.add(delivery, records.takenBy(delivery), records.deliveredBy(delivery), isWhole);
        }
        out.println();
        table.print(out);
        out.println();
        out.println(whole + " of " + Sample.deliveries() + " deliveries acknowledged");
        if (whole != Sample.deliveries()) {
            throw new IOException("expected every outbox to have the dropped files, found another file or none");
        }
    }

    private void requireAllRun() throws IOException {
        for (Node node : nodes) {
            node.processes().requireAllRun();
        }
    }

    private void stopAll() throws IOException {
        List<SiteId> killed = new ArrayList<>(sites.stop());
        for (Node node : nodes) {
            killed.addAll(node.processes().stop());
        }
        if (database != null) {
            database.close();
        }
        if (!killed.isEmpty()) {
            throw new IOException(
                    killed.get(0) + " did not stop when asked and was killed. Read " + sites.log(killed.get(0)));
        }
    }
}
