package io.saddlebag.rc;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.FolderFacts;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.seal.MessageSealer;
import io.saddlebag.seal.SenderBinding;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;

/** Messages of a laboratory, made by hand: sealed, signed, cut into MESSAGE frames; each piece can be spoiled. */
public final class Letters {
    private static final Instant SENT = Instant.parse("2025-10-08T10:00:00Z");

    private final SiteIdentity lab;
    private final String ageRecipient;
    private int tokens;

    public SiteId recipient = SiteId.of("CA-RC");
    public long seq = 1;
    SiteId sender;
    /** Null for never. */
    public Instant expires;
    /** Inside every seal. */
    public static final ReceiptSecret SECRET = ReceiptSecret.of(new byte[ReceiptSecret.LENGTH]);

    /** Alters a seal before its digest is taken and signed. */
    public UnaryOperator<byte[]> alteration = UnaryOperator.identity();
    /** The digest of the seal in the manifest; null for the right one. */
    public List<Message.Ended> ended;

    public Sha256 wrongDigest;

    public Letters(SiteIdentity lab, String ageRecipient) {
        this.lab = lab;
        this.ageRecipient = ageRecipient;
        this.sender = lab.site();
    }

    /** One message. */
    public record Letter(MessageId messageId, byte[] manifest, byte[] envelope, byte[] sealed) {
        public Sha256 manifestSha256() {
            return Sha256.of(manifest);
        }
    }

    public Letter letter(String messageId, String fileName, byte[] content)
            throws IOException, GeneralSecurityException {
        return letter(messageId, fileName, content, null);
    }

    /** @param folder what the sender says of a content that is a tar; null for a file */
    public Letter letter(String messageId, String fileName, byte[] content, FolderFacts folder)
            throws IOException, GeneralSecurityException {
        MessageId id = MessageId.of(messageId);
        Sha256 network = lab.trust().networkId();
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        new MessageSealer(CryptoProviders.choose())
                .seal(
                        new Message(
                                id,
                                id.sender(),
                                SENT,
                                Message.ATTACHED,
                                fileName,
                                folder == null ? "text/csv" : Message.TAR,
                                content.length,
                                Sha256.of(content),
                                SECRET,
                                folder,
                                ended),
                        new ByteArrayInputStream(content),
                        List.of(ageRecipient),
                        new SenderBinding(network, id, id.sender(), lab.signingFingerprint()),
                        sealed);
        byte[] sent = alteration.apply(sealed.toByteArray());
        Sha256 digest = wrongDigest == null ? Sha256.of(sent) : wrongDigest;
        byte[] manifest = Json.write(new Manifest(
                network,
                id,
                SENT,
                expires,
                new Manifest.Sender(sender, lab.signingFingerprint()),
                List.of(new Manifest.Recipient(recipient, "k", seq, null)),
                new Manifest.Routing("labs", List.of("ca_rc", "sf_rc")),
                new Manifest.Body(Manifest.Body.AGE, sent.length, digest),
                Manifest.partsOf(sent.length)));
        return new Letter(id, manifest, sign(manifest), sent);
    }

    private byte[] sign(byte[] manifest) {
        return Envelope.signed(
                        lab, Manifest.TYPE, manifest, CryptoProviders.portable().signature())
                .write();
    }

    /** The part of a refusal that only the sender can read; null when the NACK has none. */
    public static String detail(StompFrame nack, String messageId) {
        String header = nack.header(Headers.REFUSAL_DETAIL);
        return header == null
                ? null
                : SECRET.openDetail(
                        MessageId.of(messageId),
                        Centre.SITE,
                        Base64.getDecoder().decode(header));
    }

    /** The frames of one delivery, under a token of its own. */
    public List<StompFrame> frames(Letter letter) {
        return frames(letter, 1);
    }

    /** The frames of a delivery that begins with a later part. */
    public List<StompFrame> frames(Letter letter, int first) {
        String token = "token-" + ++tokens;
        List<StompFrame> frames = new ArrayList<>();
        int count = Manifest.partsOf(letter.sealed().length);
        for (int part = first; part <= count; part++) {
            int from = (part - 1) * Manifest.PART_SIZE;
            byte[] body = Arrays.copyOfRange(
                    letter.sealed(), from, Math.min(letter.sealed().length, from + Manifest.PART_SIZE));
            frames.add(StompFrame.of(StompCommand.MESSAGE)
                    .header(Headers.SUBSCRIPTION, "ca_rc_queue")
                    .header(Headers.DESTINATION, "/queue/ca_rc_queue")
                    .header(Headers.MESSAGE_ID_OF_STOMP, token)
                    .header(Headers.ACK, token)
                    .header(Headers.MESSAGE_ID, letter.messageId().value())
                    .header(Headers.SENDER_ID, letter.messageId().sender().value())
                    .header(Headers.ROUTING_KEY, "ca_rc")
                    .header(Headers.PART, part + "/" + count)
                    .header(Headers.MANIFEST_LENGTH, part == first ? Integer.toString(letter.envelope().length) : null)
                    .body(part == first ? joined(letter.envelope(), body) : body)
                    .build());
        }
        return frames;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
