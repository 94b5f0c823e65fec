package io.saddlebag.bench.load;

import io.saddlebag.site.RunningSite;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Puts a load on a headquarters that runs in a home of {@link LoadNetwork}, and measures both from outside. */
public final class Bench {
    private static final int SECONDS_TO_DRAIN = 5;

    private final Load load;
    private final LoadNetwork network;
    private final Callable<Map<String, Double>> store;
    private final Supplier<Optional<ProcessHandle>> postgres;
    private double filled;

    /**
     * @param store looks at how large the store of that headquarters is now: MB of 10^6 bytes by name
     * @param postgres finds its embedded PostgreSQL
     */
    public Bench(
            Load load,
            LoadNetwork network,
            Callable<Map<String, Double>> store,
            Supplier<Optional<ProcessHandle>> postgres) {
        this.load = load;
        this.network = network;
        this.store = store;
        this.postgres = postgres;
    }

    /**
     * Fills the backlog, signs the messages, runs the load, reports.
     *
     * @param messages how many each publisher gets ready; when they are used up the run counts an error
     * @param signing after so long no more are got ready
     */
    public Report run(int messages, Duration signing) throws Exception {
        RunningSite.Status hq = headquarters();
        filled = load.backlog() == 0 ? 0 : backlog(hq).fill(load.backlog(), load.size());
        IntFunction<Workload> sign = i -> Workload.sign(
                network.publisher(i),
                network.recipientIds(),
                load.size(),
                1,
                messages,
                signing.dividedBy(load.publishers()));
        List<Workload> workloads =
                IntStream.range(0, load.publishers()).mapToObj(sign).toList();
        return new LoadRun(load, network, address(hq), hq.pid(), store, postgres.get()).run(workloads);
    }

    /**
     * Fetches some of the backlog from a headquarters that was started anew.
     *
     * @param began when its process was started, on {@link System#nanoTime}'s clock
     * @param report of the run before
     */
    public Report drainBacklog(long began, Report report) throws Exception {
        RunningSite.Status hq = headquarters();
        Backlog.Drained drained = backlog(hq).drain(began, SECONDS_TO_DRAIN);
        return report.with(new Report.BacklogResult(
                load.backlog(), filled, drained.firstDelivery(), drained.rate(), ProcessUsage.liveHeap(hq.pid())));
    }

    private Backlog backlog(RunningSite.Status hq) {
        return new Backlog(network, address(hq));
    }

    private RunningSite.Status headquarters() {
        return RunningSite.read(network.hqHome())
                .filter(RunningSite.Status::ready)
                .orElseThrow(() -> new IllegalStateException(
                        "Expected headquarters at work in " + network.hqHome().folder() + ", found it stopped"));
    }

    private static InetSocketAddress address(RunningSite.Status hq) {
        return new InetSocketAddress("127.0.0.1", Integer.parseInt(hq.facts().get("port")));
    }
}
