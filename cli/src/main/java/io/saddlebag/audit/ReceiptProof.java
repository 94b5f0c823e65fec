package io.saddlebag.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.identity.Trust;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.VerifiedReceipts;
import io.saddlebag.message.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Verifies the receipts in a {@code .receipts.json} against its statements, with the CA's certificate alone. */
public final class ReceiptProof {
    private final Trust trust;
    private final EnvelopeVerifier verifier;
    private final Instant at;

    /**
     * A judgement of one receipt.
     *
     * @param fault why it proves nothing; null when it holds
     * @param asOf the time as of which it holds, when the laboratory verified it or the auditor asked; null when it holds
     *     now, or not at all
     * @param received when its signer had the file, as it says; null when it does not hold
     * @param key fingerprint of the key that signed it; null when it does not hold
     */
    public record Judgement(String fault, Instant asOf, Instant received, Sha256 key) {
        private static Judgement fault(String fault) {
            return new Judgement(fault, null, null, null);
        }

        public boolean holds() {
            return fault == null;
        }
    }

    /** Judges certificates as of now. */
    public ReceiptProof(Trust trust) {
        this(trust, null);
    }

    /** @param at the time as of which certificates count; null for now */
    public ReceiptProof(Trust trust, Instant at) {
        this.trust = at == null ? trust : trust.asOf(at);
        this.verifier = new EnvelopeVerifier(this.trust);
        this.at = at;
    }

    /** @throws IllegalArgumentException when the file is no such file */
    public static SentReceipts read(Path file) throws IOException {
        try {
            return Json.read(Files.readAllBytes(file), SentReceipts.class);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Judges a recipient's receipt. When it does not hold now because its signer's certificate ended or was revoked
     * since, judges it as of the time when the laboratory verified it and signed that.
     *
     * @param recipient with a receipt
     */
    public Judgement judge(SentReceipts of, SentReceipts.Recipient recipient) {
        return judge(of, recipient, recipient.receipt(), this::held);
    }

    /**
     * Judges a recipient's verdict in the same way.
     *
     * @param recipient with a verdict
     */
    public Judgement judgeVerdict(SentReceipts of, SentReceipts.Recipient recipient) {
        return judge(of, recipient, recipient.verdict().envelope(), this::heldVerdict);
    }

    /** Throws a {@link Refusal} when a signed document does not hold. */
    @FunctionalInterface
    private interface Held {
        Judgement by(SentReceipts of, SentReceipts.Recipient recipient, EnvelopeVerifier by, Instant asOf);
    }

    private Judgement judge(SentReceipts of, SentReceipts.Recipient recipient, JsonNode envelope, Held held) {
        try {
            return held.by(of, recipient, verifier, at);
        } catch (Refusal fault) {
            Optional<Instant> verified = at == null ? verifiedBefore(of, recipient, envelope) : Optional.empty();
            if (verified.isPresent()) {
                try {
                    return held.by(of, recipient, new EnvelopeVerifier(trust.asOf(verified.get())), verified.get());
                } catch (Refusal then) {
                    return Judgement.fault(fault.reason());
                }
            }
            return Judgement.fault(fault.reason());
        }
    }

    /** When the laboratory verified the receipt, by its signed word; empty when that does not hold either. */
    private Optional<Instant> verifiedBefore(SentReceipts of, SentReceipts.Recipient recipient, JsonNode document) {
        if (of.verified() == null) {
            return Optional.empty();
        }
        try {
            byte[] envelope = Json.write(of.verified());
            Sha256 receipt = Sha256.of(Envelope.parse(Json.write(document)).payload());
            Optional<Instant> said = Json.read(Envelope.parse(envelope).payload(), VerifiedReceipts.class)
                    .verified(recipient.receiverClientId(), receipt);
            if (said.isEmpty()) {
                return said;
            }
            EnvelopeVerifier.Verified word =
                    new EnvelopeVerifier(trust.datedAsOf(said.get())).verify(envelope, VerifiedReceipts.TYPE);
            VerifiedReceipts statement = Json.read(word.payload(), VerifiedReceipts.class);
            boolean isOwn = word.signer().equals(of.messageId().sender())
                    && statement.networkId().equals(trust.networkId())
                    && statement.messageId().equals(of.messageId());
            return isOwn ? said : Optional.empty();
        } catch (Refusal | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** @throws Refusal when it does not hold */
    private Judgement held(SentReceipts of, SentReceipts.Recipient recipient, EnvelopeVerifier by, Instant asOf) {
        EnvelopeVerifier.Verified verified = by.verify(Json.write(recipient.receipt()), DeliveryReceipt.TYPE);
        DeliveryReceipt receipt = Json.readOrRefuse(verified.payload(), DeliveryReceipt.class);
        requireEqual("signer", recipient.receiverClientId(), verified.signer());
        requireEqual("receiver_client_id", recipient.receiverClientId(), receipt.receiverClientId());
        requireEqual("network_id", trust.networkId(), receipt.networkId());
        requireEqual("message_id", of.messageId(), receipt.messageId());
        requireEqual("sender_id", of.senderId(), receipt.senderId());
        requireEqual("manifest_sha256", of.manifestSha256(), receipt.manifestSha256());
        requireEqual(
                "content_hmac of SHA-256 " + of.sha256() + " and " + of.size() + " bytes,",
                of.receiptSecret().proof(of.sha256(), of.size()),
                receipt.contentHmac());
        if (at != null && receipt.receivedTimestamp().isAfter(at)) {
            throw new Refusal(
                    Refusal.Code.BAD_SIGNATURE,
                    "Expected a receipt from before " + at + ", found one of " + receipt.receivedTimestamp()
                            + ". Name a later time");
        }
        return new Judgement(null, asOf, receipt.receivedTimestamp(), verified.fingerprint());
    }

    private Judgement heldVerdict(
            SentReceipts of, SentReceipts.Recipient recipient, EnvelopeVerifier by, Instant asOf) {
        EnvelopeVerifier.Verified verified =
                by.verify(Json.write(recipient.verdict().envelope()), Verdict.TYPE);
        Verdict verdict = Json.readOrRefuse(verified.payload(), Verdict.class);
        requireEqual("signer", recipient.receiverClientId(), verified.signer());
        requireEqual("receiver_client_id", recipient.receiverClientId(), verdict.receiverClientId());
        requireEqual("network_id", trust.networkId(), verdict.networkId());
        requireEqual("message_id", of.messageId(), verdict.messageId());
        requireEqual("sender_id", of.senderId(), verdict.senderId());
        requireEqual("manifest_sha256", of.manifestSha256(), verdict.manifestSha256());
        requireEqual("content_hmac", of.receiptSecret().proof(of.sha256(), of.size()), verdict.contentHmac());
        requireEqual("kind", recipient.verdict().kind(), verdict.kind());
        return new Judgement(null, asOf, verdict.verdictTimestamp(), verified.fingerprint());
    }

    private static void requireEqual(String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new Refusal(
                    Refusal.Code.BAD_SIGNATURE,
                    "Expected a receipt with the " + what + " " + expected + ", found "
                            + Printable.of(String.valueOf(found)));
        }
    }
}
