package io.saddlebag.hq.store;

import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Publications and settlements as tests need them. */
public final class Samples {
    public static final SiteId FL_LAB = SiteId.of("FL-LAB");
    public static final Instant NOW = Instant.parse("2026-11-22T10:15:30.123456Z");

    private Samples() {}

    public static MessageId id(int number) {
        return MessageId.of(String.format("FL-LAB_DAT_20251008_%03d", number));
    }

    public static byte[] body(int number) {
        byte[] body = new byte[100 + number % 900];
        Arrays.fill(body, (byte) number);
        return body;
    }

    public static byte[] manifest(int number) {
        return ("{\"payload\":\"" + number + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    /** The body of a SEND. */
    static byte[] sealed(byte[] manifest, byte[] body) {
        byte[] sealed = Arrays.copyOf(manifest, manifest.length + body.length);
        System.arraycopy(body, 0, sealed, manifest.length, body.length);
        return sealed;
    }

    public static PayloadRef put(PayloadStore store, byte[] manifest, byte[] body) throws IOException {
        return store.put(sealed(manifest, body), manifest.length);
    }

    public static CompletableFuture<PublishResult> publish(CommitWriter writer, Publication publication, byte[] body) {
        return writer.publish(publication, sealed(publication.manifest(), body));
    }

    /** A publication for the queues of these sites, such as CA-RC for ca_rc_queue. */
    public static Publication publication(int number, String... sites) {
        return publication(id(number), manifest(number), body(number), sites);
    }

    public static Publication publication(MessageId id, byte[] manifest, byte[] body, String... sites) {
        List<Publication.Target> targets = Arrays.stream(sites)
                .map(site -> new Publication.Target(SiteId.of(site), queue(site), routingKey(site)))
                .toList();
        return new Publication(
                id,
                FL_LAB,
                "labs",
                NOW,
                NOW,
                null,
                manifest,
                Sha256.of(manifest),
                Sha256.of(body),
                body.length,
                targets);
    }

    public static String queue(String site) {
        return routingKey(site) + "_queue";
    }

    private static String routingKey(String site) {
        return SiteId.of(site).folderName().replace('-', '_');
    }

    /** Where a store that writes nothing says that the message lies. */
    static PayloadRef payload(long messageNumber) {
        int number = (int) messageNumber;
        return new PayloadRef(1, messageNumber * 1000, manifest(number).length, body(number).length);
    }

    public static Settlement acknowledged(long messageNumber, String site) {
        return new Settlement(
                messageNumber,
                queue(site),
                payload(messageNumber),
                Settlement.Outcome.ACKNOWLEDGED,
                NOW,
                NOW,
                1,
                "receipt".getBytes(StandardCharsets.UTF_8),
                Sha256.of(new byte[] {(byte) messageNumber}),
                null,
                null,
                QueuedDelivery.Returns.NONE,
                null);
    }

    public static Settlement deadLettered(long messageNumber, String site) {
        return new Settlement(
                messageNumber,
                queue(site),
                payload(messageNumber),
                Settlement.Outcome.DEAD_LETTERED,
                NOW,
                NOW,
                1,
                null,
                null,
                "bad-seal",
                "bad-seal",
                QueuedDelivery.Returns.NONE,
                null);
    }
}
