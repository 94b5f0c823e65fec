package io.saddlebag.bench.command;

import io.saddlebag.bench.load.LoadNetwork;
import io.saddlebag.bench.nodes.NodeHomes;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteProcesses;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.PostgresPair;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.site.FreePort;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The headquarters under a load: one with its embedded PostgreSQL, or nodes over a PostgreSQL with a synchronous standby. */
final class BenchedHq implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(60);

    private final List<SiteHome> homes = new ArrayList<>();
    private final List<SiteProcesses> processes = new ArrayList<>();
    private final List<String> javaOptions;
    private final PostgresPair pair;

    private BenchedHq(List<String> javaOptions, PostgresPair pair) {
        this.javaOptions = javaOptions;
        this.pair = pair;
    }

    /** @param nodes 0 for the single headquarters */
    static BenchedHq make(Path folder, LoadNetwork network, int nodes, List<String> javaOptions)
            throws IOException, PostgresException {
        if (nodes == 0) {
            BenchedHq single = new BenchedHq(javaOptions, null);
            single.add(new ScenarioHomes(folder));
            return single;
        }
        PostgresPair pair = PostgresPair.start(folder.resolve("postgres"), folder.resolve("postgres/binaries"));
        BenchedHq several = new BenchedHq(javaOptions, pair);
        NodeHomes made = new NodeHomes(network.hqHome(), pair);
        for (int i = 1; i <= nodes; i++) {
            several.add(made.make(folder.resolve("n" + i), "n" + i, FreePort.any(), pair.jdbcUrl()));
        }
        network.nodes(several.homes);
        return several;
    }

    private void add(ScenarioHomes of) {
        homes.add(of.home(ScenarioHomes.HEADQUARTERS));
        processes.add(new SiteProcesses(of));
    }

    void start() throws IOException, InterruptedException {
        for (SiteProcesses each : processes) {
            each.start(ScenarioHomes.HEADQUARTERS, javaOptions.toArray(String[]::new));
        }
        for (SiteProcesses each : processes) {
            each.awaitAtWork(List.of(ScenarioHomes.HEADQUARTERS), LONGEST_START, ready -> {});
        }
    }

    /** To be started again. */
    void stop() {
        processes.forEach(each -> each.stop(ScenarioHomes.HEADQUARTERS));
    }

    SiteHome home() {
        return homes.get(0);
    }

    /** The main processes of PostgreSQL. */
    List<ProcessHandle> postgres() {
        return pair == null
                ? PostgresServer.process(home().resolve("postgres")).stream().toList()
                : pair.processes();
    }

    @Override
    public void close() {
        processes.forEach(SiteProcesses::stop);
        if (pair != null) {
            pair.close();
        }
    }
}
