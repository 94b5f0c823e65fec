package io.saddlebag.bench.parts;

import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore.Upload;
import io.saddlebag.hq.store.Publication;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A sealed message of many parts: taken part by part until its message is committed, and read part by part. The figures are
 * those of the whole message.
 */
@State(Scope.Benchmark)
public class LargePayloadBenchmark {
    private static final byte[] PART = BenchedLab.randomBytes(Manifest.PART_SIZE);
    private static final byte[] ENVELOPE = BenchedLab.randomBytes(1200);
    private static final Sha256 ENVELOPE_SHA256 = Sha256.of(ENVELOPE);

    @Param({"64"})
    public int mib;

    @Param({"spool", "database"})
    public String payloads;

    private BenchedStore store;
    private Sha256 sha256;
    private long sequence;
    private PayloadRef kept;

    @Setup
    public void begin() throws IOException, PostgresException, StoreException {
        store = BenchedStore.open(payloads);
        var digest = Sha256.newDigest(size());
        for (int part = 0; part < mib; part++) {
            digest.update(PART);
        }
        sha256 = Sha256.ofDigest(digest.digest());
        kept = upload();
    }

    private long size() {
        return (long) mib * Manifest.PART_SIZE;
    }

    @Benchmark
    public PayloadRef upload() throws IOException, StoreException {
        long number = ++sequence;
        PayloadRef payload;
        try (Upload upload = store.payloads()
                .upload(BenchedLab.LAB, BenchedLab.messageId(number), ENVELOPE, ENVELOPE_SHA256, size())) {
            for (int part = 0; part < mib; part++) {
                upload.append(PART);
            }
            payload = upload.complete(sha256);
        }
        Instant now = Instant.now();
        store.messages()
                .publish(
                        List.of(new StoredPublication(
                                number,
                                new Publication(
                                        BenchedLab.messageId(number),
                                        BenchedLab.LAB,
                                        BenchedLab.EXCHANGE,
                                        BenchedLab.SENT,
                                        now,
                                        null,
                                        ENVELOPE,
                                        ENVELOPE_SHA256,
                                        sha256,
                                        size(),
                                        List.of(new Publication.Target(
                                                BenchedLab.CENTRE, BenchedLab.QUEUE, BenchedLab.ROUTING_KEY))),
                                payload)),
                        number - 1);
        return payload;
    }

    @Benchmark
    public long read() throws IOException {
        long length = 0;
        for (int part = 1; part <= mib; part++) {
            length += store.payloads().part(kept, part, part == 1).length;
        }
        return length;
    }

    @TearDown
    public void end() throws IOException {
        store.close();
    }
}
