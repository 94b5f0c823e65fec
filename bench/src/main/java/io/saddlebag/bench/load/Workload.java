package io.saddlebag.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.stomp.Headers;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One publisher's messages as the bytes of their SEND frames, every manifest signed beforehand, so that neither signing
 * nor encoding is measured. All share one body of random bytes, which is what a sealed message looks like to
 * headquarters.
 */
public final class Workload {
    static final String EXCHANGE = "labs";

    private static final String DATE = "20260101";
    private static final byte[] NUL = {0};
    private static final int CHUNK = 10_000;

    private final byte[][] headAndManifest;
    private final byte[] body;

    private Workload(byte[][] headAndManifest, byte[] body) {
        this.headAndManifest = headAndManifest;
        this.body = body;
    }

    /**
     * Signs messages on all processors.
     *
     * @param first the sequence number of the first one
     * @param atMost after so long no more are begun: a machine that signs slowly is no faster at the rest
     */
    static Workload sign(
            SiteIdentity publisher, List<SiteId> recipients, int size, long first, int count, Duration atMost) {
        long start = System.nanoTime();
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        Sha256 digest = Sha256.of(body);
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Provider ed25519 = CryptoProviders.choose().signature();
        byte[][] frames = new byte[count][];
        int signed = 0;
        while (signed < count && System.nanoTime() - start < atMost.toNanos()) {
            int from = signed;
            signed = Math.min(count, from + CHUNK);
            IntStream.range(from, signed).parallel().forEach(i -> {
                Manifest manifest = manifest(publisher, recipients, size, digest, now, first + i);
                byte[] envelope = Envelope.signed(publisher, Manifest.TYPE, Json.write(manifest), ed25519)
                        .write();
                frames[i] = head(manifest, envelope, first + i);
            });
        }
        return new Workload(Arrays.copyOf(frames, signed), body);
    }

    /** The id of a sender's nth message. */
    public static MessageId messageId(SiteId publisher, long sequence) {
        return MessageId.of(publisher + "_DAT_" + DATE + "_" + String.format(Locale.ROOT, "%09d", sequence));
    }

    /** Which message a {@code message_id} or {@code receipt} of this load speaks of. */
    static long sequence(String name) {
        return Long.parseLong(name, name.lastIndexOf('_') + 1, name.length(), 10);
    }

    static String routingKey(SiteId recipient) {
        return recipient.folderName().replace('-', '_');
    }

    static String queue(SiteId recipient) {
        return routingKey(recipient) + "_queue";
    }

    int count() {
        return headAndManifest.length;
    }

    /** The frame as it goes out, not copied. */
    ByteBuf frame(int index) {
        return Unpooled.wrappedBuffer(headAndManifest[index], body, NUL);
    }

    /** The manifest of a sender's nth message to recipients whose routing keys are named after them. */
    public static Manifest manifest(
            SiteIdentity publisher, List<SiteId> recipients, int size, Sha256 digest, Instant now, long sequence) {
        return new Manifest(
                publisher.trust().networkId(),
                messageId(publisher.site(), sequence),
                now,
                null,
                new Manifest.Sender(publisher.site(), publisher.signingFingerprint()),
                recipients.stream()
                        .map(id -> new Manifest.Recipient(id, "bench", sequence, null))
                        .toList(),
                new Manifest.Routing(
                        EXCHANGE, recipients.stream().map(Workload::routingKey).toList()),
                new Manifest.Body(Manifest.Body.AGE, size, digest),
                Manifest.partsOf(size));
    }

    private static byte[] head(Manifest manifest, byte[] envelope, long sequence) {
        String head = "SEND\n"
                + Headers.DESTINATION + ":" + Headers.EXCHANGE_PREFIX + EXCHANGE + "\n"
                + Headers.MESSAGE_ID + ":" + manifest.messageId() + "\n"
                + Headers.ROUTING_KEY + ":"
                + String.join(",", manifest.routing().routingKeys()) + "\n"
                + Headers.RECEIVER_CLIENT_ID + ":"
                + manifest.recipients().stream()
                        .map(recipient -> recipient.id().value())
                        .collect(Collectors.joining(","))
                + "\n"
                + Headers.PART + ":1/1\n"
                + Headers.MANIFEST_LENGTH + ":" + envelope.length + "\n"
                + Headers.RECEIPT + ":_" + sequence + "\n"
                + Headers.CONTENT_LENGTH + ":"
                + (envelope.length + manifest.body().size()) + "\n\n";
        byte[] text = head.getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(text, text.length + envelope.length);
        System.arraycopy(envelope, 0, all, text.length, envelope.length);
        return all;
    }
}
