package io.saddlebag.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.identity.TlsContexts;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * One run of one load: warm-up, measurement, drain. With a rate, message n is due at start + n / rate, and its latency
 * counts from then. A stall is charged to every message that was due meanwhile (no coordinated omission).
 */
final class LoadRun {
    private static final int EVENT_LOOPS = 2;
    private static final int BATCH = 64;
    private static final long DRAIN_NANOS = 10_000_000_000L;
    private static final long SETTLE_NANOS = 1_000_000_000L;
    private static final long SLOWEST_MICROS = 600_000_000L;
    private static final int DIGITS = 3;
    private static final int TENTHS = 10;

    private final Load load;
    private final LoadNetwork network;
    private final List<InetSocketAddress> addresses;
    private final List<Long> hqPids;
    private final Callable<Map<String, Double>> store;
    private final List<ProcessHandle> postgres;
    private final List<SendWindow> windows = new ArrayList<>();
    private final Map<SiteId, Integer> publisherNumbers = new ConcurrentHashMap<>();

    private final LongAdder sent = new LongAdder();
    private final LongAdder confirmed = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder duplicates = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final Histogram endToEnd = new ConcurrentHistogram(SLOWEST_MICROS, DIGITS);
    private final Histogram confirm = new ConcurrentHistogram(SLOWEST_MICROS, DIGITS);

    private volatile boolean recording;
    private volatile boolean stopping;

    /**
     * @param addresses of headquarters, one for each of its nodes
     * @param hqPids of the same
     * @param store looks at the size of headquarters' store
     * @param postgres of headquarters; empty where it is not on this machine
     */
    LoadRun(
            Load load,
            LoadNetwork network,
            List<InetSocketAddress> addresses,
            List<Long> hqPids,
            Callable<Map<String, Double>> store,
            List<ProcessHandle> postgres) {
        this.load = load;
        this.network = network;
        this.addresses = addresses;
        this.hqPids = hqPids;
        this.store = store;
        this.postgres = postgres;
        for (int i = 0; i < load.publishers(); i++) {
            windows.add(new SendWindow(load.windowOfOne(), load.recipients()));
            publisherNumbers.put(network.publisher(i).site(), i);
        }
    }

    /** @param workloads one for each publisher, signed beforehand; a run that uses one up ends early and says so */
    Report run(List<Workload> workloads) throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(EVENT_LOOPS, NioIoHandler.newFactory());
        try {
            for (int i = 0; i < load.queues(); i++) {
                LoadConnection.open(
                                loops,
                                addresses.get(i % addresses.size()),
                                TlsContexts.client(network.idle(i), LoadNetwork.HQ),
                                (same, frame) -> errors.increment())
                        .subscribe(network.idle(i).site(), 1);
            }
            for (int i = 0; i < load.consumers(); i++) {
                consume(loops, i % load.recipients());
            }
            List<Thread> publishers = new ArrayList<>();
            for (int i = 0; i < load.publishers(); i++) {
                publishers.add(publisher(loops, i, workloads.get(i)));
            }
            publishers.forEach(Thread::start);
            TimeUnit.NANOSECONDS.sleep(load.warmUp().toNanos());
            Map<String, Double> warm = store.call();
            Sample from = sample();
            recording = true;
            long[] tenths = countTenths();
            recording = false;
            Sample to = sample();
            stopping = true;
            for (Thread thread : publishers) {
                thread.join();
            }
            drain();
            // The spool's files are deleted a moment after the last payload in them.
            TimeUnit.NANOSECONDS.sleep(SETTLE_NANOS);
            return new Report(result(from, to, tenths), ProcessUsage.liveHeap(hqPids.get(0)), warm, store.call(), null);
        } finally {
            loops.shutdownGracefully();
        }
    }

    /** Sleeps while it is measured; what was confirmed in each tenth of that time. */
    private long[] countTenths() throws InterruptedException {
        long[] tenths = new long[TENTHS];
        long start = System.nanoTime();
        long before = confirmed.sum();
        for (int i = 0; i < TENTHS; i++) {
            TimeUnit.NANOSECONDS.sleep(start + load.measured().toNanos() * (i + 1) / TENTHS - System.nanoTime());
            long now = confirmed.sum();
            tenths[i] = now - before;
            before = now;
        }
        return tenths;
    }

    /** By a link to each node. */
    private void consume(EventLoopGroup loops, int recipient) throws Exception {
        SiteIdentity site = network.recipient(recipient);
        for (InetSocketAddress address : addresses) {
            LoadConnection connection = LoadConnection.open(
                    loops,
                    address,
                    TlsContexts.client(site, LoadNetwork.HQ),
                    (same, frame) -> received(recipient, same, frame));
            connection.subscribe(site.site(), Math.min(1000, Math.max(1, load.window())));
        }
    }

    private Thread publisher(EventLoopGroup loops, int number, Workload workload) throws Exception {
        LoadConnection connection = LoadConnection.open(
                loops,
                addresses.get(number % addresses.size()),
                TlsContexts.client(network.publisher(number), LoadNetwork.HQ),
                (same, frame) -> confirmed(number, frame));
        return new Thread(() -> publish(number, connection, workload), "publisher-" + number);
    }

    private void publish(int number, LoadConnection connection, Workload workload) {
        SendWindow window = windows.get(number);
        double nanosBetween = load.rate() == 0 ? 0 : 1e9 * load.publishers() / load.rate();
        long start = System.nanoTime();
        int next = 0;
        try {
            while (!stopping && next < workload.count() && connection.isOpen()) {
                if (!window.acquire()) {
                    continue;
                }
                List<ByteBuf> batch = new ArrayList<>();
                do {
                    // From 1, so that an entry never used (all zero) belongs to no message.
                    long sequence = next + 1L;
                    long due = nanosBetween == 0 ? System.nanoTime() : start + (long) (sequence * nanosBetween);
                    for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                        LockSupport.parkNanos(wait);
                    }
                    window.sent(sequence, due);
                    sent.increment();
                    batch.add(workload.frame(next++));
                } while (nanosBetween == 0 && batch.size() < BATCH && next < workload.count() && window.acquireNow());
                connection.write(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!stopping) {
            errors.increment();
        }
    }

    private void confirmed(int number, StompFrame frame) {
        long now = System.nanoTime();
        String receipt = frame.header(Headers.RECEIPT_ID);
        if (receipt == null || frame.header(Headers.STATUS) != null) {
            errors.increment();
            return;
        }
        long sequence = Workload.sequence(receipt);
        SendWindow window = windows.get(number);
        long due = window.due(sequence);
        if (!window.confirmed(sequence)) {
            duplicates.increment();
            return;
        }
        confirmed.increment();
        if (recording) {
            confirm.recordValue((now - due) / 1000);
        }
    }

    /** Counts each delivery, acknowledges it, and frees the slot when that is committed. */
    private void received(int recipient, LoadConnection connection, StompFrame frame) {
        switch (frame.command()) {
            case MESSAGE -> delivered(recipient, connection, frame);
            case RECEIPT -> acknowledged(recipient, frame.header(Headers.RECEIPT_ID));
            default -> errors.increment();
        }
    }

    private void delivered(int recipient, LoadConnection connection, StompFrame frame) {
        long now = System.nanoTime();
        int number = publisherNumbers.getOrDefault(SiteId.of(frame.header(Headers.SENDER_ID)), -1);
        long sequence = Workload.sequence(frame.header(Headers.MESSAGE_ID));
        if (number >= 0 && sequence > 0) {
            SendWindow window = windows.get(number);
            long due = window.due(sequence);
            if (!window.delivered(sequence, recipient)) {
                duplicates.increment();
            } else {
                delivered.increment();
                if (recording) {
                    endToEnd.recordValue((now - due) / 1000);
                }
            }
        }
        connection.acknowledge(frame, number + "_" + sequence);
    }

    private void acknowledged(int recipient, String receipt) {
        int number = Integer.parseInt(receipt, 0, receipt.lastIndexOf('_'), 10);
        if (number >= 0 && !windows.get(number).acknowledged(Workload.sequence(receipt), recipient)) {
            duplicates.increment();
        }
    }

    private void drain() throws InterruptedException {
        long deadline = System.nanoTime() + DRAIN_NANOS;
        while (System.nanoTime() < deadline && (undelivered() > 0 || unconfirmed() > 0)) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private long undelivered() {
        return sent.sum() * load.recipients() - delivered.sum();
    }

    private long unconfirmed() {
        return sent.sum() - confirmed.sum();
    }

    private Sample sample() {
        return new Sample(
                System.nanoTime(),
                confirmed.sum(),
                delivered.sum(),
                ProcessUsage.sum(hqPids.stream().map(ProcessUsage::of).toList()),
                ProcessUsage.sum(postgres.stream().map(ProcessUsage::ofTree).toList()),
                ProcessUsage.of(ProcessHandle.current().pid()));
    }

    private Result result(Sample from, Sample to, long[] tenths) {
        double seconds = (to.nanos - from.nanos) / 1e9;
        double published = (to.confirmed - from.confirmed) / seconds;
        double hq = (to.hq.cpuSeconds() - from.hq.cpuSeconds()) / seconds;
        double postgres = (to.postgres.cpuSeconds() - from.postgres.cpuSeconds()) / seconds;
        return new Result(
                published,
                (to.delivered - from.delivered) / seconds,
                published * load.size() / 1e6,
                endToEnd.getValueAtPercentile(50),
                endToEnd.getValueAtPercentile(99),
                endToEnd.getValueAtPercentile(99.9),
                confirm.getValueAtPercentile(50),
                confirm.getValueAtPercentile(99),
                hq + postgres,
                hq,
                postgres,
                (to.client.cpuSeconds() - from.client.cpuSeconds()) / seconds,
                to.hq.residentBytes() / 1e6,
                to.postgres.residentBytes() / 1e6,
                sent.sum(),
                undelivered(),
                unconfirmed(),
                duplicates.sum(),
                errors.sum(),
                tenths[1] / (seconds / TENTHS),
                tenths[TENTHS - 1] / (seconds / TENTHS));
    }

    private record Sample(
            long nanos, long confirmed, long delivered, ProcessUsage hq, ProcessUsage postgres, ProcessUsage client) {}
}
