package io.saddlebag.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.saddlebag.identity.TlsContexts;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Messages for a receiver that is away: put on its queue before a run, and fetched after headquarters began anew. */
final class Backlog {
    private static final int CHUNK = 20_000;
    private static final int WINDOW = 4_000;
    private static final int BATCH = 64;
    private static final int PREFETCH = 1_000;
    private static final Duration NO_LIMIT = Duration.ofDays(1);
    private static final long SECONDS_TO_CONFIRM = 60;
    private static final long SECONDS_TO_FIRST = 120;

    private final LoadNetwork network;
    private final InetSocketAddress address;

    Backlog(LoadNetwork network, InetSocketAddress address) {
        this.network = network;
        this.address = address;
    }

    /**
     * Publishes them, signed a chunk at a time so that a million needs no memory.
     *
     * @return messages confirmed per second of publishing; signing is not counted
     * @throws IOException when one is refused, or the confirms stop coming
     */
    double fill(int count, int size) throws Exception {
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
            for (int first = 0; first < count; first += CHUNK) {
                int chunk = Math.min(CHUNK, count - first);
                Workload workload = Workload.sign(
                        network.filler(), List.of(network.absent().site()), size, first + 1L, chunk, NO_LIMIT);
                long start = System.nanoTime();
                publish(workload, connection, window);
                nanos += System.nanoTime() - start;
                if (refused.isDone()) {
                    throw new IOException("Expected headquarters to take the backlog, found: " + refused.join());
                }
            }
            return count / (nanos / 1e9);
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

    /**
     * Fetches and acknowledges what waits.
     *
     * @param began when the new headquarters was started, on {@link System#nanoTime}'s clock
     * @param seconds how long to go on after the first delivery
     */
    Drained drain(long began, int seconds) throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        AtomicLong delivered = new AtomicLong();
        CompletableFuture<Long> first = new CompletableFuture<>();
        try {
            LoadConnection connection = LoadConnection.open(
                    loops, address, TlsContexts.client(network.absent(), LoadNetwork.HQ), (same, frame) -> {
                        if (frame.command() == StompCommand.MESSAGE) {
                            first.complete(System.nanoTime());
                            delivered.incrementAndGet();
                            same.acknowledge(frame, null);
                        }
                    });
            connection.subscribe(network.absent().site(), PREFETCH);
            long from = first.get(SECONDS_TO_FIRST, TimeUnit.SECONDS);
            TimeUnit.SECONDS.sleep(seconds);
            double rate = delivered.get() / ((System.nanoTime() - from) / 1e9);
            connection.close();
            return new Drained((from - began) / 1e9, rate);
        } finally {
            loops.shutdownGracefully();
        }
    }

    /**
     * @param firstDelivery seconds from the start of headquarters' process to the first delivery
     * @param rate deliveries per second after it
     */
    record Drained(double firstDelivery, double rate) {}
}
