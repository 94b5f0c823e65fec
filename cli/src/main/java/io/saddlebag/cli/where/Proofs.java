package io.saddlebag.cli.where;

import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.where.HeldDelivery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** Verifies the signatures in a home's records, by the home's own trust. */
final class Proofs {
    private final Trust trust;
    private final EnvelopeVerifier verifier;
    private final Clock clock;

    Proofs(SiteHome home, Clock clock) throws IOException {
        this.trust = Trust.load(home.identity(), clock);
        this.verifier = new EnvelopeVerifier(trust);
        this.clock = clock;
    }

    Trust trust() {
        return trust;
    }

    Instant now() {
        return clock.instant();
    }

    /**
     * A receipt as it was judged.
     *
     * @param received when its signer had the file, as it says; null with a fault
     * @param fault why it proves nothing; null when it holds
     */
    record Receipt(Instant received, String fault) {
        boolean holds() {
            return fault == null;
        }
    }

    /** @param contentHmac that the receipt must have; null where the content is not known */
    Receipt receipt(byte[] envelope, MessageId messageId, SiteId receiver, Sha256 manifestSha256, Sha256 contentHmac) {
        try {
            EnvelopeVerifier.Verified verified = verifier.verify(envelope, DeliveryReceipt.TYPE);
            DeliveryReceipt receipt = Json.readOrRefuse(verified.payload(), DeliveryReceipt.class);
            boolean isOfDelivery = verified.signer().equals(receiver)
                    && receipt.receiverClientId().equals(receiver)
                    && receipt.networkId().equals(trust.networkId())
                    && receipt.messageId().equals(messageId)
                    && receipt.senderId().equals(messageId.sender())
                    && receipt.manifestSha256().equals(manifestSha256)
                    && (contentHmac == null || receipt.contentHmac().equals(contentHmac));
            return isOfDelivery
                    ? new Receipt(receipt.receivedTimestamp(), null)
                    : new Receipt(null, "it is of another delivery or content");
        } catch (Refusal e) {
            return new Receipt(null, e.reason());
        }
    }

    /**
     * A manifest as it was judged.
     *
     * @param time when its sender claimed the file, as it says; null with a fault
     * @param fault why it proves nothing; null when it holds
     */
    record Claim(Instant time, String fault) {
        boolean holds() {
            return fault == null;
        }
    }

    /** Judges whether the sender signed this manifest of the message, for this recipient among others. */
    Claim claim(byte[] envelope, HeldDelivery of) {
        MessageId messageId = of.messageId();
        try {
            EnvelopeVerifier.Verified verified = verifier.verify(envelope, Manifest.TYPE);
            Manifest manifest = Json.readOrRefuse(verified.payload(), Manifest.class);
            boolean isSenders = verified.signer().equals(messageId.sender())
                    && manifest.messageId().equals(messageId)
                    && manifest.networkId().equals(trust.networkId())
                    && Sha256.of(verified.payload()).equals(of.manifestSha256())
                    && manifest.recipients().stream().anyMatch(each -> each.id().equals(of.receiverClientId()));
            return isSenders
                    ? new Claim(manifest.sentTimestamp(), null)
                    : new Claim(null, "its manifest is of another message, sender or recipient");
        } catch (Refusal e) {
            return new Claim(null, e.reason());
        }
    }

    /** Those of the recipients that have no key to seal for, as a laboratory has pinned them. */
    List<SiteId> withoutKey(SiteHome home, List<SiteId> recipients) {
        return recipients.stream()
                .filter(each -> !hasKey(home.resolve("keys").resolve(each + ".json")))
                .toList();
    }

    private boolean hasKey(Path bundle) {
        try {
            byte[] payload =
                    verifier.verify(Files.readAllBytes(bundle), KeyBundle.TYPE).payload();
            KeyBundle keys = Json.readOrRefuse(payload, KeyBundle.class);
            return keys.current(now(), false) != null || keys.current(now(), true) != null;
        } catch (IOException | Refusal e) {
            return false;
        }
    }
}
