package io.saddlebag.bench.parts;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.clock.SteadyClock;
import io.saddlebag.files.FileTree;
import io.saddlebag.files.Presence;
import io.saddlebag.hq.deliver.Dispatcher;
import io.saddlebag.hq.deliver.FrameSink;
import io.saddlebag.hq.deliver.Settlements;
import io.saddlebag.hq.deliver.Subscription;
import io.saddlebag.hq.queue.PendingDelivery;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.QueueLoad;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.SoleUse;
import io.saddlebag.hq.store.spool.SpoolPayloadStore;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One message in, one acknowledged, one pushed, on a queue with a constant number of waiting ones: index, window, frame and
 * settlement in one thread, without the commit. {@link CountedBacklog} pages in all beyond the index's capacity, so that
 * the time and bytes of paging are those of memory and not of the database.
 */
@State(Scope.Benchmark)
public class DispatchBenchmark {
    private static final int INDEX_CAPACITY = 10_000;
    private static final int PREFETCH = 100;

    @Param({"1000", "1000000"})
    public int backlog;

    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private Path folder;
    private SpoolPayloadStore payloads;
    private CountedBacklog store;
    private QueueIndex index;
    private Settlements settlements;
    private Subscription subscription;
    private final Consumer consumer = new Consumer();

    @Setup
    public void begin() throws IOException {
        folder = Files.createTempDirectory("saddlebag-parts");
        payloads = new SpoolPayloadStore(folder.resolve("spool"), Presence.ALWAYS);
        PayloadRef payload = payloads.put(BenchedLab.randomBytes(1200 + 1024), 1200);
        store = new CountedBacklog(backlog, payload);
        index = new QueueIndex(store, Runnable::run, INDEX_CAPACITY);
        index.begin(Map.of(BenchedLab.QUEUE, new QueueLoad(backlog, backlog * payload.bodyLength())));
        settlements = new Settlements(
                index,
                settled -> CompletableFuture.completedFuture(null),
                later,
                new RunningTime(Clock.systemUTC(), new SteadyClock()));
        subscription = new Subscription(
                1,
                "0",
                BenchedLab.CENTRE,
                BenchedLab.QUEUE,
                PREFETCH,
                consumer,
                new Subscription.Parts(index, payloads, Runnable::run, settlements, Clock.systemUTC(), SoleUse.ALWAYS));
        new Dispatcher(index).add(subscription);
    }

    @Benchmark
    public int dispatch() {
        index.arrived(List.of(store.next()));
        PendingDelivery delivered = subscription.takeInFlight(consumer.unsettled.remove());
        settlements.acknowledge(delivered, null, null);
        return consumer.unsettled.size();
    }

    @TearDown
    public void end() throws IOException {
        if (index.load(BenchedLab.QUEUE).messages() != backlog || consumer.unsettled.size() != PREFETCH) {
            throw new IllegalStateException("Expected " + backlog + " messages to wait to the end, found "
                    + index.load(BenchedLab.QUEUE) + ", and " + PREFETCH + " to be out, found "
                    + consumer.unsettled.size());
        }
        later.shutdownNow();
        payloads.close();
        FileTree.delete(folder);
    }

    /** A connection that always takes frames, and remembers what has to be acknowledged. */
    private static final class Consumer implements FrameSink {
        final Queue<String> unsettled = new ArrayDeque<>();

        @Override
        public void send(StompFrame frame) {
            unsettled.add(frame.header(Headers.ACK));
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void onWritable(Runnable action) {
            action.run();
        }

        @Override
        public void close() {
            throw new IllegalStateException("Expected the connection to stay open");
        }
    }

    /** A store of any number of waiting messages that holds none of them: each is made when its page is asked for. */
    private static final class CountedBacklog implements QueueIndex.Backlog {
        private final MessageId messageId = BenchedLab.messageId(1);
        private final PayloadRef payload;
        private long last;

        /** @param messages how many wait, numbered from 1; all have the same payload */
        CountedBacklog(long messages, PayloadRef payload) {
            this.last = messages;
            this.payload = payload;
        }

        /** One more is committed. */
        QueuedDelivery next() {
            return delivery(++last);
        }

        @Override
        public List<QueuedDelivery> queued(String queueName, Priority priority, long after, int limit) {
            List<QueuedDelivery> page = new ArrayList<>();
            for (long number = after + 1;
                    priority == Priority.NORMAL && number <= last && page.size() < limit;
                    number++) {
                page.add(delivery(number));
            }
            return page;
        }

        private QueuedDelivery delivery(long number) {
            return new QueuedDelivery(
                    number,
                    messageId,
                    BenchedLab.LAB,
                    BenchedLab.SENT,
                    BenchedLab.SENT,
                    null,
                    Priority.NORMAL,
                    0,
                    QueuedDelivery.Returns.NONE,
                    BenchedLab.CENTRE,
                    BenchedLab.QUEUE,
                    BenchedLab.ROUTING_KEY,
                    payload);
        }
    }
}
