package io.saddlebag.bench.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.saddlebag.bench.load.LoadNetwork;
import io.saddlebag.bench.load.ProcessUsage;
import io.saddlebag.bench.load.Workload;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.site.RunningSite;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.Part;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.OneConnection;
import io.saddlebag.stomp.client.StompClient;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * Many laboratories upload a message each to one headquarters at the same moment, over one {@link LongLine} to it. The
 * laboratories are connections of this process, with the client and the window of a real one, and share the bytes that
 * they send. Measured is headquarters. Run once.
 */
public final class CrowdRun {
    private static final String CONTEXT_SCHEME = "hq";
    private static final long SECONDS_TO_CONNECT = 60;

    private final LoadNetwork network;
    private final int laboratories;
    private final int size;
    private final LineRun.Line line;
    private final byte[] block = new byte[Manifest.PART_SIZE];

    /**
     * The result.
     *
     * @param bytes of each message
     * @param firstSeconds until the first laboratory had its confirm
     * @param seconds until the last one had it
     * @param cpuSeconds of headquarters with its PostgreSQL
     * @param peakResident of headquarters' own process, in MB
     */
    public record Report(
            @JsonProperty("laboratories") int laboratories,
            @JsonProperty("bytes") long bytes,
            @JsonProperty("rtt_ms") long rttMillis,
            @JsonProperty("bits_s") long bitsPerSecond,
            @JsonProperty("first_seconds") double firstSeconds,
            @JsonProperty("seconds") double seconds,
            @JsonProperty("MBps") double megabytesPerSecond,
            @JsonProperty("hq_cpu_seconds") double cpuSeconds,
            @JsonProperty("hq_peak_resident_MB") double peakResident) {
        /** For people. */
        public String table() {
            return String.format(
                    Locale.ROOT,
                    "%d laboratories, %,d bytes each, round trip %d ms, %,d Mbit/s together: the first confirmed after"
                            + " %.2f s, the last after %.2f s, %.1f MB/s%nheadquarters: %.1f s of the processor, peak"
                            + " resident %.0f MB",
                    laboratories,
                    bytes,
                    rttMillis,
                    bitsPerSecond / 1_000_000,
                    firstSeconds,
                    seconds,
                    megabytesPerSecond,
                    cpuSeconds,
                    peakResident);
        }
    }

    /**
     * @param network with as many publishers, and headquarters at work
     * @param size of each message, at least two parts
     * @param line of which the first round trip is taken
     */
    public CrowdRun(LoadNetwork network, int laboratories, int size, LineRun.Line line) {
        this.network = network;
        this.laboratories = laboratories;
        this.size = size;
        this.line = line;
        new Random(size).nextBytes(block);
    }

    /** @throws IOException when a laboratory gets no connection, a refusal, or no confirm within {@code patience} seconds */
    public Report run(long patience) throws Exception {
        RunningSite.Status hq = RunningSite.read(network.hqHome()).orElseThrow();
        Duration rtt = line.roundTrips().get(0);
        Sha256 digest = digest();
        try (LongLine hop = LongLine.to(Integer.parseInt(hq.facts().get("port")));
                DefaultCamelContext context = new DefaultCamelContext()) {
            List<StompClient> clients = connect(context, hop.port());
            hop.set(rtt.toNanos(), line.bitsPerSecond());
            ProcessHandle process = ProcessHandle.of(hq.pid()).orElseThrow();
            double cpu = ProcessUsage.ofTree(process).cpuSeconds();
            long start = System.nanoTime();
            List<CompletableFuture<Long>> done = new ArrayList<>();
            for (int i = 0; i < laboratories; i++) {
                done.add(new Upload(network.publisher(i), digest, clients.get(i).onThisConnection()).start());
            }
            List<Double> seconds = new ArrayList<>();
            for (CompletableFuture<Long> each : done) {
                seconds.add((confirmed(each, patience) - start) / 1e9);
            }
            double last = seconds.stream().mapToDouble(each -> each).max().orElseThrow();
            return new Report(
                    laboratories,
                    size,
                    rtt.toMillis(),
                    line.bitsPerSecond(),
                    seconds.stream().mapToDouble(each -> each).min().orElseThrow(),
                    last,
                    (double) size * laboratories / last / 1e6,
                    ProcessUsage.ofTree(process).cpuSeconds() - cpu,
                    ProcessUsage.peakResident(hq.pid()) / 1e6);
        }
    }

    private static long confirmed(CompletableFuture<Long> upload, long patience) throws IOException {
        try {
            return upload.get(patience, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new IOException("Expected each laboratory's confirm within " + patience + " s, found " + e, e);
        }
    }

    private List<StompClient> connect(DefaultCamelContext context, int port) throws Exception {
        List<StompClient> clients = new ArrayList<>();
        List<CompletableFuture<StompConnection>> connected = new ArrayList<>();
        for (int i = 0; i < laboratories; i++) {
            StompClient client = new StompClient(
                    network.publisher(i), LinkOptions.to(SiteId.of("DC-HQ"), HostName.of("127.0.0.1"), port));
            CompletableFuture<StompConnection> open = new CompletableFuture<>();
            client.onConnected(open::complete);
            clients.add(client);
            connected.add(open);
            context.addComponent(CONTEXT_SCHEME + i, new HqComponent(client));
        }
        context.start();
        for (int i = 0; i < laboratories; i++) {
            context.getComponent(CONTEXT_SCHEME + i);
        }
        for (CompletableFuture<StompConnection> each : connected) {
            each.get(SECONDS_TO_CONNECT, TimeUnit.SECONDS);
        }
        return clients;
    }

    private int length(int part) {
        return Math.min(Manifest.PART_SIZE, size - (part - 1) * Manifest.PART_SIZE);
    }

    private Sha256 digest() {
        MessageDigest digest = Sha256.newDigest(size);
        for (int part = 1; part <= Manifest.partsOf(size); part++) {
            digest.update(block, 0, length(part));
        }
        return Sha256.ofDigest(digest.digest());
    }

    /** One laboratory's message. */
    private final class Upload {
        private final Manifest manifest;
        private final byte[] envelope;
        private final OneConnection connection;
        private final CompletableFuture<Long> confirmed = new CompletableFuture<>();

        Upload(SiteIdentity laboratory, Sha256 digest, OneConnection connection) {
            this.connection = connection;
            this.manifest = Workload.manifest(
                    laboratory,
                    network.recipientIds(),
                    size,
                    digest,
                    Instant.now().truncatedTo(ChronoUnit.MILLIS),
                    1);
            this.envelope = Envelope.signed(
                            laboratory,
                            Manifest.TYPE,
                            Json.write(manifest),
                            CryptoProviders.choose().signature())
                    .write();
        }

        /** Completes with the time of the confirm. */
        CompletableFuture<Long> start() {
            // Headquarters answers with the part that it wants: the first.
            connection.request(frame(1, new byte[0])).whenComplete((receipt, failure) -> {
                if (failure != null) {
                    confirmed.completeExceptionally(failure);
                } else {
                    send(1);
                }
            });
            return confirmed;
        }

        private void send(int part) {
            connection.parts().turn(length(part)).thenAccept(turn -> {
                byte[] bytes = length(part) == block.length ? block : Arrays.copyOf(block, length(part));
                connection.request(frame(part, bytes)).whenComplete((receipt, failure) -> {
                    turn.over();
                    if (failure != null) {
                        confirmed.completeExceptionally(failure);
                    } else if (part == manifest.parts()) {
                        confirmed.complete(System.nanoTime());
                    }
                });
                turn.sent();
                if (part < manifest.parts() && !confirmed.isDone()) {
                    send(part + 1);
                }
            });
        }

        private StompFrame frame(int part, byte[] bytes) {
            byte[] body = bytes;
            if (part == 1) {
                body = Arrays.copyOf(envelope, envelope.length + bytes.length);
                System.arraycopy(bytes, 0, body, envelope.length, bytes.length);
            }
            return StompFrame.of(StompCommand.SEND)
                    .header(
                            Headers.DESTINATION,
                            Headers.EXCHANGE_PREFIX + manifest.routing().exchange())
                    .header(
                            Headers.ROUTING_KEY,
                            String.join(",", manifest.routing().routingKeys()))
                    .header(Headers.MESSAGE_ID, manifest.messageId().value())
                    .header(Headers.PART, new Part(part, manifest.parts()).toString())
                    .header(Headers.MANIFEST_LENGTH, part == 1 ? Integer.toString(envelope.length) : null)
                    .header(Headers.CONTENT_LENGTH, body.length)
                    .body(body)
                    .build();
        }
    }
}
