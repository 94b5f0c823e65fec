package io.saddlebag.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.saddlebag.identity.TlsContexts;
import io.saddlebag.site.RunningSite;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Puts a load on a headquarters that runs in a home of {@link LoadNetwork}, and measures both from outside. */
public final class Bench {
    private static final int CHUNK = 20_000;
    private static final int WINDOW = 4_000;
    private static final int BATCH = 64;
    private static final int PREFETCH = 1_000;
    private static final Duration NO_LIMIT = Duration.ofDays(1);
    private static final long SECONDS_TO_CONFIRM = 60;
    private static final long SECONDS_TO_FIRST = 120;
    private static final int SECONDS_TO_DRAIN = 5;

    private final Load load;
    private final LoadNetwork network;
    private final Callable<Map<String, Double>> store;
    private final Supplier<List<ProcessHandle>> postgres;
    private double filled;

    /**
     * @param store looks at how large the store of that headquarters is now: MB of 10^6 bytes by name
     * @param postgres finds the main processes of its PostgreSQL
     */
    public Bench(
            Load load,
            LoadNetwork network,
            Callable<Map<String, Double>> store,
            Supplier<List<ProcessHandle>> postgres) {
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
        List<RunningSite.Status> nodes = headquarters();
        List<InetSocketAddress> addresses = nodes.stream().map(Bench::address).toList();
        filled = load.backlog() == 0 ? 0 : fillBacklog(addresses.get(0));
        IntFunction<Workload> sign = i -> Workload.sign(
                network.publisher(i),
                network.recipientIds(),
                load.size(),
                1,
                messages,
                signing.dividedBy(load.publishers()));
        List<Workload> workloads =
                IntStream.range(0, load.publishers()).mapToObj(sign).toList();
        return new LoadRun(
                        load,
                        network,
                        addresses,
                        nodes.stream().map(RunningSite.Status::pid).toList(),
                        store,
                        postgres.get())
                .run(workloads);
    }

    /**
     * Fetches and acknowledges some of the backlog from a headquarters that was started anew.
     *
     * @param began when its process was started, on {@link System#nanoTime}'s clock
     * @param report of the run before
     */
    public Report drainBacklog(long began, Report report) throws Exception {
        RunningSite.Status hq = headquarters().get(0);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        AtomicLong delivered = new AtomicLong();
        CompletableFuture<Long> first = new CompletableFuture<>();
        try {
            LoadConnection connection = LoadConnection.open(
                    loops, address(hq), TlsContexts.client(network.absent(), LoadNetwork.HQ), (same, frame) -> {
                        if (frame.command() == StompCommand.MESSAGE) {
                            first.complete(System.nanoTime());
                            delivered.incrementAndGet();
                            same.acknowledge(frame, null);
                        }
                    });
            connection.subscribe(network.absent().site(), PREFETCH);
            long from = first.get(SECONDS_TO_FIRST, TimeUnit.SECONDS);
            TimeUnit.SECONDS.sleep(SECONDS_TO_DRAIN);
            double rate = delivered.get() / ((System.nanoTime() - from) / 1e9);
            connection.close();
            return report.with(new Report.BacklogResult(
                    load.backlog(), filled, (from - began) / 1e9, rate, ProcessUsage.liveHeap(hq.pid())));
        } finally {
            loops.shutdownGracefully();
        }
    }

    /**
     * Publishes messages for a receiver that is away, signed a chunk at a time so that a million needs no memory.
     *
     * @return messages confirmed per second of publishing; signing is not counted
     * @throws IOException when one is refused, or the confirms stop coming
     */
    private double fillBacklog(InetSocketAddress address) throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Semaphore window = new Semaphore(WINDOW);
        CompletableFuture<String> refused = new CompletableFuture<>();
        try {
            LoadConnection connection = LoadConnection.open(
                    loops,
                    address,
                    TlsContexts.client(network.filler(), LoadNetwork.HQ),
                    (same, frame) -> confirmed(frame, window, refused));
            long nanos = 0;
            for (int first = 0; first < load.backlog(); first += CHUNK) {
                int chunk = Math.min(CHUNK, load.backlog() - first);
                Workload workload = Workload.sign(
                        network.filler(), List.of(network.absent().site()), load.size(), first + 1L, chunk, NO_LIMIT);
                long start = System.nanoTime();
                publish(workload, connection, window);
                nanos += System.nanoTime() - start;
                if (refused.isDone()) {
                    throw new IOException("Expected headquarters to take the backlog, found: " + refused.join());
                }
            }
            return load.backlog() / (nanos / 1e9);
        } finally {
            loops.shutdownGracefully();
        }
    }

    private static void confirmed(StompFrame frame, Semaphore window, CompletableFuture<String> refused) {
        if (frame.command() != StompCommand.RECEIPT || frame.header(Headers.STATUS) != null) {
            refused.complete(frame.toString());
        }
        window.release();
    }

    /** Returns when all are confirmed. */
    private static void publish(Workload workload, LoadConnection connection, Semaphore window)
            throws IOException, InterruptedException {
        int next = 0;
        while (next < workload.count()) {
            acquire(window, 1);
            List<ByteBuf> batch = new ArrayList<>(List.of(workload.frame(next++)));
            while (next < workload.count() && batch.size() < BATCH && window.tryAcquire()) {
                batch.add(workload.frame(next++));
            }
            connection.write(batch);
        }
        acquire(window, WINDOW);
        window.release(WINDOW);
    }

    private static void acquire(Semaphore window, int permits) throws IOException, InterruptedException {
        if (!window.tryAcquire(permits, SECONDS_TO_CONFIRM, TimeUnit.SECONDS)) {
            throw new IOException("Expected confirms for the backlog, found none for " + SECONDS_TO_CONFIRM + " s");
        }
    }

    private List<RunningSite.Status> headquarters() {
        return network.hqHomes().stream()
                .map(home -> RunningSite.read(home)
                        .filter(RunningSite.Status::ready)
                        .orElseThrow(() -> new IllegalStateException(
                                "Expected headquarters at work in " + home.folder() + ", found it stopped")))
                .toList();
    }

    private static InetSocketAddress address(RunningSite.Status hq) {
        return new InetSocketAddress("127.0.0.1", Integer.parseInt(hq.facts().get("port")));
    }
}
