package io.saddlebag.hq.testing;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A message as a lab would publish it, with a signed manifest; its body is any bytes, which headquarters cannot tell. */
public final class SignedMessage {
    private static final Instant SENT = Instant.parse("2025-10-08T09:00:00Z");

    private final Manifest manifest;
    private final byte[] envelope;
    private final byte[] body;

    private SignedMessage(Manifest manifest, byte[] envelope, byte[] body) {
        this.manifest = manifest;
        this.envelope = envelope;
        this.body = body;
    }

    public static SignedMessage of(SiteIdentity sender, String messageId, String... recipients) {
        return of(sender, messageId, 500, null, recipients);
    }

    /** One that says it was sent at that time. */
    public static SignedMessage sentAt(
            Instant sent, SiteIdentity sender, String messageId, int size, String... recipients) {
        return of(sender, messageId, size, sent, null, null, recipients);
    }

    /** One with these places in the sender's sequences, by recipient. */
    public static SignedMessage inChain(SiteIdentity sender, String messageId, Map<String, Long> seqs) {
        return of(sender, messageId, 500, SENT, null, null, new TreeMap<>(seqs));
    }

    /** @param priority null for none in the manifest */
    public static SignedMessage of(SiteIdentity sender, String messageId, Priority priority, String... recipients) {
        return of(sender, messageId, 500, SENT, null, priority, recipients);
    }

    public static SignedMessage of(
            SiteIdentity sender, String messageId, int size, Instant expires, String... recipients) {
        return of(sender, messageId, size, SENT, expires, null, recipients);
    }

    private static SignedMessage of(
            SiteIdentity sender,
            String messageId,
            int size,
            Instant sent,
            Instant expires,
            Priority priority,
            String... recipients) {
        Map<String, Long> first = new LinkedHashMap<>();
        for (String recipient : recipients) {
            first.put(recipient, 1L);
        }
        return of(sender, messageId, size, sent, expires, priority, first);
    }

    private static SignedMessage of(
            SiteIdentity sender,
            String messageId,
            int size,
            Instant sent,
            Instant expires,
            Priority priority,
            Map<String, Long> seqs) {
        byte[] body = new byte[size];
        new Random(messageId.hashCode()).nextBytes(body);
        List<Manifest.Recipient> sites = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        seqs.forEach((recipient, seq) -> {
            sites.add(new Manifest.Recipient(SiteId.of(recipient), "1", seq, null));
            keys.add(recipient.toLowerCase(Locale.ROOT).replace('-', '_'));
        });
        Manifest manifest = new Manifest(
                sender.trust().networkId(),
                MessageId.of(messageId),
                sent,
                expires,
                priority,
                new Manifest.Sender(sender.site(), sender.signingFingerprint()),
                sites,
                new Manifest.Routing("labs", keys),
                new Manifest.Body(Manifest.Body.AGE, size, Sha256.of(body)),
                Manifest.partsOf(size));
        return new SignedMessage(manifest, sign(sender, Manifest.TYPE, Json.write(manifest)), body);
    }

    /** A DSSE envelope by the site's signing key. */
    public static byte[] sign(SiteIdentity signer, String type, byte[] payload) {
        return Envelope.signed(signer, type, payload, CryptoProviders.portable().signature())
                .write();
    }

    public Manifest manifest() {
        return manifest;
    }

    public byte[] envelope() {
        return envelope;
    }

    public byte[] body() {
        return body;
    }

    /** The frame of a part, to be altered before it is built. */
    public StompFrame.Builder part(int part) {
        return part(part, envelope, body);
    }

    public StompFrame.Builder part(int part, byte[] ofEnvelope, byte[] ofBody) {
        int from = (part - 1) * Manifest.PART_SIZE;
        byte[] bytes = Arrays.copyOfRange(ofBody, from, Math.min(ofBody.length, from + Manifest.PART_SIZE));
        byte[] head = part == 1 ? ofEnvelope : new byte[0];
        byte[] both = Arrays.copyOf(head, head.length + bytes.length);
        System.arraycopy(bytes, 0, both, head.length, bytes.length);
        return StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, "/exchange/labs")
                .header(Headers.PART, part + "/" + manifest.parts())
                .header(Headers.MANIFEST_LENGTH, part == 1 ? Integer.toString(head.length) : null)
                .header(Headers.RECEIPT, manifest.messageId() + "-" + part)
                .body(both);
    }

    /** The frame of a part with all headers, as it should be. */
    public StompFrame frame(int part) {
        return headers(part(part)).build();
    }

    /** Adds the headers that say again what the manifest says. */
    public StompFrame.Builder headers(StompFrame.Builder frame) {
        return frame.header(Headers.MESSAGE_ID, manifest.messageId().value())
                .header(Headers.SENDER_ID, manifest.sender().id().value())
                .header(Headers.SENT_TIMESTAMP, manifest.sentTimestamp().toString())
                .header(Headers.ROUTING_KEY, String.join(",", manifest.routing().routingKeys()))
                .header(
                        Headers.RECEIVER_CLIENT_ID,
                        String.join(
                                ",",
                                manifest.recipients().stream()
                                        .map(each -> each.id().value())
                                        .toList()));
    }

    /** A centre's key bundle with one key, which follows the one of the version before. */
    public static KeyBundle keyBundle(Sha256 networkId, String site, long version) {
        return new KeyBundle(
                networkId,
                SiteId.of(site),
                version,
                version == 1 ? null : Sha256.of(Json.write(keyBundle(networkId, site, version - 1))),
                SENT,
                List.of(new KeyBundle.Key(
                        "1",
                        "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z",
                        SENT,
                        SENT.plus(KeyBundle.MAX_TERM))));
    }
}
