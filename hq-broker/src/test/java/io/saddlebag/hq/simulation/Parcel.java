package io.saddlebag.hq.simulation;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A message as a lab would publish it, durable in its spool: the same bytes at every attempt. It has no valid
 * signature; signatures are not simulated.
 */
final class Parcel {
    static final Sha256 NETWORK = Sha256.of("network".getBytes(StandardCharsets.UTF_8));
    private static final Instant SENT = Instant.parse("2025-10-08T09:00:00Z");

    private final Shape shape;
    private final Manifest manifest;
    private final byte[] envelope;
    private final Sha256 manifestSha256;
    private final byte[] body;
    private final List<StompFrame> frames = new ArrayList<>();

    /**
     * The traits that tell messages apart.
     *
     * @param variant two variants of one number are in conflict
     * @param tail bytes after the last whole part
     */
    record Shape(
            SiteId lab,
            int number,
            int variant,
            int parts,
            int tail,
            Instant expires,
            Priority priority,
            List<SiteId> recipients) {}

    Parcel(Shape shape) {
        this.shape = shape;
        body = new byte[(shape.parts() - 1) * Manifest.PART_SIZE + shape.tail()];
        Arrays.fill(body, (byte) (shape.number() + 100 * shape.variant()));
        manifest = new Manifest(
                NETWORK,
                MessageId.of(String.format("%s_DAT_20251008_%03d", shape.lab(), shape.number())),
                SENT,
                shape.expires(),
                shape.priority(),
                new Manifest.Sender(shape.lab(), NETWORK),
                shape.recipients().stream()
                        .map(site -> new Manifest.Recipient(site, "1", 1 + shape.variant(), null))
                        .toList(),
                new Manifest.Routing(
                        "labs", shape.recipients().stream().map(Parcel::key).toList()),
                new Manifest.Body(Manifest.Body.AGE, body.length, Sha256.of(body)),
                shape.parts());
        byte[] json = Json.write(manifest);
        manifestSha256 = Sha256.of(json);
        envelope =
                new Envelope(Manifest.TYPE, json, NETWORK, new byte[Envelope.SIGNATURE_LENGTH], new byte[] {1}).write();
        for (int part = 1; part <= shape.parts(); part++) {
            frames.add(build(part));
        }
    }

    private static String key(SiteId site) {
        return site.value().toLowerCase(Locale.ROOT).replace('-', '_');
    }

    static String queue(SiteId site) {
        return key(site) + "_queue";
    }

    private StompFrame build(int part) {
        int from = (part - 1) * Manifest.PART_SIZE;
        byte[] slice = Arrays.copyOfRange(body, from, Math.min(body.length, from + Manifest.PART_SIZE));
        byte[] head = part == 1 ? envelope : new byte[0];
        byte[] both = Arrays.copyOf(head, head.length + slice.length);
        System.arraycopy(slice, 0, both, head.length, slice.length);
        return StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, "/exchange/labs")
                .header(Headers.MESSAGE_ID, manifest.messageId().value())
                .header(Headers.ROUTING_KEY, String.join(",", manifest.routing().routingKeys()))
                .header(Headers.PART, part + "/" + manifest.parts())
                .header(Headers.MANIFEST_LENGTH, part == 1 ? Integer.toString(head.length) : null)
                .header(Headers.RECEIPT, shape.number() + "." + shape.variant() + "." + part)
                .body(both)
                .build();
    }

    /** The frame of a part, from 1. */
    StompFrame frame(int part) {
        return frames.get(part - 1);
    }

    Shape shape() {
        return shape;
    }

    int parts() {
        return shape.parts();
    }

    SiteId lab() {
        return shape.lab();
    }

    MessageId id() {
        return manifest.messageId();
    }

    Instant expires() {
        return shape.expires();
    }

    Sha256 manifestSha256() {
        return manifestSha256;
    }

    boolean isFor(SiteId site) {
        return shape.recipients().contains(site);
    }

    /** True when the frame's body is that of this message's part. */
    boolean isPart(int part, byte[] found) {
        return Arrays.equals(frame(part).body(), found);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Parcel parcel && parcel.shape.equals(shape);
    }

    @Override
    public int hashCode() {
        return Objects.hash(shape);
    }

    @Override
    public String toString() {
        return manifest.messageId() + (shape.variant() == 0 ? "" : " (other)") + " to " + shape.recipients();
    }
}
