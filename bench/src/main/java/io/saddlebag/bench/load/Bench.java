package io.saddlebag.bench.load;

import io.saddlebag.site.RunningSite;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Puts a load on a headquarters that runs in a home of {@link LoadNetwork}, and measures both from outside. */
public final class Bench {
    private static final int SECONDS_TO_DRAIN = 5;

    private final Load load;
    private final LoadNetwork network;
    private final Callable<StoreSizes> store;
    private double filled;

    /** @param store looks at how large the store of that headquarters is now */
    public Bench(Load load, LoadNetwork network, Callable<StoreSizes> store) {
        this.load = load;
        this.network = network;
        this.store = store;
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
        return new LoadRun(load, network, address(hq), usages(hq.pid())).run(workloads);
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
                load.backlog(), filled, drained.firstDelivery(), drained.rate(), LiveHeap.megabytes(hq.pid())));
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

    private LoadRun.Usages usages(long hqPid) {
        Optional<ProcessHandle> postmaster = postmaster();
        return new LoadRun.Usages() {
            @Override
            public ProcessUsage hq() {
                return ProcessUsage.of(hqPid);
            }

            @Override
            public ProcessUsage postgres() {
                return postmaster.map(ProcessUsage::ofTree).orElse(new ProcessUsage(0, 0));
            }

            @Override
            public StoreSizes store() throws Exception {
                return store.call();
            }

            @Override
            public Double liveHeap() throws Exception {
                return LiveHeap.megabytes(hqPid);
            }
        };
    }

    /** The embedded PostgreSQL of the home: the first line of postmaster.pid is its process. */
    private Optional<ProcessHandle> postmaster() {
        Path home = network.hqHome().folder();
        try (var files = Files.find(home, 4, (path, facts) -> path.endsWith("postmaster.pid"))) {
            Optional<Path> file = files.findFirst();
            return file.isEmpty()
                    ? Optional.empty()
                    : ProcessHandle.of(
                            Long.parseLong(Files.readAllLines(file.get()).get(0).strip()));
        } catch (IOException e) {
            throw new IllegalStateException("Cannot look for PostgreSQL in " + home, e);
        }
    }
}
