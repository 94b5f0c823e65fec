package io.saddlebag.audit;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Verifies the receipts in a {@code .receipts.json} against its statements, with the CA's certificate alone. */
public final class ReceiptProof {
    private final Trust trust;
    private final EnvelopeVerifier verifier;

    /**
     * A judgement of one receipt.
     *
     * @param fault why it proves nothing; null when it holds
     * @param asOf the time as of which it holds, when the laboratory verified it; null when it holds now, or not at all
     */
    public record Judgement(String fault, Instant asOf) {
        public boolean holds() {
            return fault == null;
        }
    }

    public ReceiptProof(Trust trust) {
        this.trust = trust;
        this.verifier = new EnvelopeVerifier(trust);
    }

    /** @throws IllegalArgumentException when the file is no such file */
    public static SentReceipts read(Path file) throws IOException {
        try {
            return Json.read(Files.readAllBytes(file), SentReceipts.class);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** Why the receipts are of other bytes than the file or folder has; empty when they are of these. */
    public static Optional<String> differs(SentReceipts receipts, Path file) throws IOException {
        String found = SiteAccount.digest(file).map(Sha256::hex).orElse("neither a file nor a folder");
        return receipts.sha256().hex().equals(found)
                ? Optional.empty()
                : Optional.of("expected " + file + " with SHA-256 " + receipts.sha256() + ", found " + found);
    }

    /**
     * Judges a recipient's receipt as of now. When it does not hold because its signer's certificate ended or was revoked
     * since, judges it as of the time when the laboratory verified it and signed that.
     *
     * @param recipient with a receipt
     */
    public Judgement judge(SentReceipts of, SentReceipts.Recipient recipient) {
        Optional<String> fault = fault(of, recipient, verifier);
        if (fault.isEmpty()) {
            return new Judgement(null, null);
        }
        Optional<Instant> verified = verifiedBefore(of, recipient);
        return verified.isPresent()
                        && fault(of, recipient, new EnvelopeVerifier(trust.asOf(verified.get())))
                                .isEmpty()
                ? new Judgement(null, verified.get())
                : new Judgement(fault.get(), null);
    }

    /** When the laboratory verified the receipt, by its signed word; empty when that does not hold either. */
    private Optional<Instant> verifiedBefore(SentReceipts of, SentReceipts.Recipient recipient) {
        if (of.verified() == null) {
            return Optional.empty();
        }
        try {
            byte[] envelope = Json.write(of.verified());
            Sha256 receipt =
                    Sha256.of(Envelope.parse(Json.write(recipient.receipt())).payload());
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

    private Optional<String> fault(SentReceipts of, SentReceipts.Recipient recipient, EnvelopeVerifier by) {
        try {
            EnvelopeVerifier.Verified verified = by.verify(Json.write(recipient.receipt()), DeliveryReceipt.TYPE);
            DeliveryReceipt receipt = Json.read(verified.payload(), DeliveryReceipt.class);
            return differ("signer", recipient.receiverClientId(), verified.signer())
                    .or(() -> differ("receiver_client_id", recipient.receiverClientId(), receipt.receiverClientId()))
                    .or(() -> differ("network_id", trust.networkId(), receipt.networkId()))
                    .or(() -> differ("message_id", of.messageId(), receipt.messageId()))
                    .or(() -> differ("sender_id", of.senderId(), receipt.senderId()))
                    .or(() -> differ("manifest_sha256", of.manifestSha256(), receipt.manifestSha256()))
                    .or(() -> differ(
                            "content_hmac of SHA-256 " + of.sha256() + " and " + of.size() + " bytes,",
                            of.receiptSecret().proof(of.sha256(), of.size()),
                            receipt.contentHmac()));
        } catch (Refusal e) {
            return Optional.of(e.reason());
        } catch (IllegalArgumentException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static Optional<String> differ(String what, Object expected, Object found) {
        return expected.equals(found)
                ? Optional.empty()
                : Optional.of("Expected a receipt with the " + what + " " + expected + ", found "
                        + Printable.of(String.valueOf(found)));
    }
}
