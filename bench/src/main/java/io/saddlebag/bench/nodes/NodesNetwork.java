package io.saddlebag.bench.nodes;

import io.saddlebag.bench.chaos.fault.FaultyProxy;
import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteProcesses;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.PostgresPair;
import io.saddlebag.site.FreePort;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Several headquarters over one pair of PostgreSQL servers, three centres and two laboratories, as processes, with short
 * times so that recovery and not waiting is what takes time. For one thread.
 */
final class NodesNetwork implements AutoCloseable {
    private static final Map<String, String> CLIENT_SETTINGS = Map.of("hq.reconnect-max", "1s", "hq.heart-beat", "2s");
    private static final Map<String, String> LAB_SETTINGS = Map.of(
            "folder.settle-time", "50ms",
            "folder.poll-interval", "100ms",
            "publish.retry-interval", "1s",
            "receipts.ask-interval", "10s");
    private static final Map<String, String> CENTRE_SETTINGS =
            Map.of("receive.retry-interval", "500ms", "receive.subscribe-retry", "1s");

    private final ScenarioHomes homes;
    private final SiteProcesses sites;
    private final PostgresPair database;
    private NodeHomes single;
    private final List<HqNode> nodes = new ArrayList<>();
    /** One for each node, between it and the laboratory whose bytes are counted. */
    private final List<FaultyProxy> counted = new ArrayList<>();

    private final Map<Integer, Long> noted = new HashMap<>();

    private NodesNetwork(ScenarioHomes homes, PostgresPair database) {
        this.homes = homes;
        this.sites = new SiteProcesses(homes);
        this.database = database;
    }

    /** Makes the database and starts it; makes homes and starts none. */
    static NodesNetwork make(Path folder, int nodes) throws IOException, PostgresException {
        PostgresPair database = PostgresPair.start(folder.resolve("postgres"), folder.resolve("postgres/binaries"));
        NodesNetwork network = new NodesNetwork(new ScenarioHomes(folder), database);
        try {
            network.makeHomes(nodes);
            return network;
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private void makeHomes(int count) throws IOException {
        homes.make(FreePort.any());
        single = new NodeHomes(home(Target.HQ), database);
        for (int i = 1; i <= count; i++) {
            nodes.add(makeNode("n" + i, single));
        }
        for (HqNode node : nodes) {
            counted.add(FaultyProxy.to(node.port()));
        }
        for (Target client : Target.CLIENTS) {
            HomeMaker.set(home(client), CLIENT_SETTINGS);
            HomeMaker.set(home(client), Target.LABS.contains(client) ? LAB_SETTINGS : CENTRE_SETTINGS);
            connect(home(client), client == Target.PA_LAB);
        }
    }

    private HqNode makeNode(String name, NodeHomes made) throws IOException {
        List<FaultyProxy> ways = new ArrayList<>();
        for (int port : database.ports()) {
            ways.add(FaultyProxy.to(port));
        }
        int port = FreePort.any();
        String url = PostgresPair.jdbcUrl(ways.stream().map(FaultyProxy::port).toList());
        ScenarioHomes own = made.make(homes.folder().resolve(name), name, port, url);
        HomeMaker.set(own.home(Target.HQ.site()), Map.of("hq.heart-beat", "2s"));
        return new HqNode(name, port, own, ways);
    }

    /** To each node, in the place of the one headquarters that the home was made for. */
    private void connect(SiteHome home, boolean isCounted) throws IOException {
        String text = Files.readString(home.settingsFile());
        Files.writeString(home.settingsFile(), text.replaceAll("(?m)^hq\\.(host|port) *=.*\\R", ""));
        List<Integer> ports = isCounted
                ? counted.stream().map(FaultyProxy::port).toList()
                : nodes.stream().map(HqNode::port).toList();
        HomeMaker.set(
                home,
                Map.of(
                        "hq.addresses",
                        ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(", "))));
    }

    private SiteHome home(Target target) {
        return homes.home(target.site());
    }

    ScenarioHomes homes() {
        return homes;
    }

    PostgresPair database() {
        return database;
    }

    List<HqNode> nodes() {
        return nodes;
    }

    /** How many bytes the laboratory whose bytes are counted has sent. */
    long sentByPaLab() {
        return counted.stream().mapToLong(FaultyProxy::sent).sum();
    }

    /** The node that got the most bytes from that laboratory since it was asked last. */
    HqNode nodeOfPaLab() {
        HqNode most = nodes.get(0);
        long bytes = -1;
        for (int i = 0; i < nodes.size(); i++) {
            long since = counted.get(i).sent() - noted.getOrDefault(i, 0L);
            noted.put(i, counted.get(i).sent());
            if (since > bytes) {
                bytes = since;
                most = nodes.get(i);
            }
        }
        return most;
    }

    void startAll() throws IOException {
        for (HqNode node : nodes) {
            node.start();
        }
        for (Target client : Target.CLIENTS) {
            sites.start(client.site());
        }
    }

    boolean isAtWork(Target client) {
        return sites.process(client.site()).map(Process::isAlive).orElse(false)
                && sites.facts(client.site()).isPresent();
    }

    /** Starts a headquarters on the same database that is no node. */
    Process startSingle() throws IOException {
        SiteHome home = home(Target.HQ);
        HomeMaker.set(home, single.settings(database.jdbcUrl()));
        sites.start(Target.HQ.site());
        return sites.process(Target.HQ.site()).orElseThrow();
    }

    Path singleLog() {
        return sites.log(Target.HQ.site());
    }

    boolean isSingleAtWork() {
        return sites.facts(Target.HQ.site()).isPresent();
    }

    void killSingle() {
        sites.kill(Target.HQ.site());
    }

    /** Names the client that ended by itself; empty when none did. */
    Optional<Target> endedClient() {
        return Target.CLIENTS.stream()
                .filter(client -> sites.process(client.site())
                        .map(process -> !process.isAlive())
                        .orElse(false))
                .findFirst();
    }

    void startClient(Target client) throws IOException {
        sites.start(client.site());
    }

    /** Stops every process, gently; returns who had to be killed. */
    List<String> stop() {
        List<String> killed =
                new ArrayList<>(sites.stop().stream().map(Object::toString).toList());
        nodes.stream().filter(node -> !node.stop()).map(HqNode::name).forEach(killed::add);
        return killed;
    }

    @Override
    public void close() {
        sites.stop();
        nodes.forEach(HqNode::close);
        counted.forEach(FaultyProxy::close);
        database.close();
    }
}
