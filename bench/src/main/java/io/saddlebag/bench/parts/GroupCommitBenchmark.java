package io.saddlebag.bench.parts;

import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.Publication;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A group of messages of 1 KiB, handed to headquarters' writer together, until the last one is confirmed; and then
 * acknowledged too. Embedded PostgreSQL, payloads in a spool or in the database, every sync on. The figures are those of a
 * whole group.
 */
@State(Scope.Benchmark)
public class GroupCommitBenchmark {
    private static final int QUEUE_LIMIT = 4096;
    private static final byte[] SEALED = BenchedLab.randomBytes(1200 + 1024);
    private static final byte[] ENVELOPE = Arrays.copyOf(SEALED, 1200);
    private static final byte[] BODY = Arrays.copyOfRange(SEALED, 1200, SEALED.length);
    private static final Sha256 BODY_SHA256 = Sha256.of(BODY);
    private static final Sha256 ENVELOPE_SHA256 = Sha256.of(ENVELOPE);
    private static final List<Publication.Target> TARGETS =
            List.of(new Publication.Target(BenchedLab.CENTRE, BenchedLab.QUEUE, BenchedLab.ROUTING_KEY));

    @Param({"1", "16", "256"})
    public int group;

    @Param({"spool", "database"})
    public String payloads;

    private BenchedStore store;
    private CommitWriter writer;
    private long sequence;

    @Setup
    public void begin() throws IOException, PostgresException, StoreException {
        store = BenchedStore.open(payloads);
        writer = new CommitWriter(store.messages(), store.payloads(), QUEUE_LIMIT, CommitWriter.Parts.alone());
        writer.start();
    }

    @Benchmark
    public int publish() {
        return publishGroup().size();
    }

    @Benchmark
    public int publishAndSettle() {
        Instant now = Instant.now();
        List<CompletableFuture<Boolean>> settled = new ArrayList<>(group);
        for (QueuedDelivery delivery : publishGroup()) {
            settled.add(writer.settle(acknowledged(delivery, now)));
        }
        settled.forEach(CompletableFuture::join);
        return settled.size();
    }

    private List<QueuedDelivery> publishGroup() {
        Instant now = Instant.now();
        List<CompletableFuture<PublishResult>> published = new ArrayList<>(group);
        for (int i = 0; i < group; i++) {
            published.add(writer.publish(publication(++sequence, now), SEALED));
        }
        List<QueuedDelivery> deliveries = new ArrayList<>(group);
        published.forEach(each -> deliveries.addAll(each.join().deliveries()));
        if (deliveries.size() != group) {
            throw new IllegalStateException("Expected " + group + " messages stored, found " + deliveries.size());
        }
        return deliveries;
    }

    private static Publication publication(long sequence, Instant now) {
        return new Publication(
                BenchedLab.messageId(sequence),
                BenchedLab.LAB,
                BenchedLab.EXCHANGE,
                BenchedLab.SENT,
                now,
                null,
                ENVELOPE,
                ENVELOPE_SHA256,
                BODY_SHA256,
                BODY.length,
                TARGETS);
    }

    private static Settlement acknowledged(QueuedDelivery delivery, Instant now) {
        return new Settlement(
                delivery.messageNumber(),
                delivery.queueName(),
                delivery.payload(),
                Settlement.Outcome.ACKNOWLEDGED,
                now,
                now,
                1,
                null,
                null,
                null,
                null,
                QueuedDelivery.Returns.NONE,
                null);
    }

    @TearDown
    public void end() throws IOException {
        writer.close();
        store.close();
    }
}
