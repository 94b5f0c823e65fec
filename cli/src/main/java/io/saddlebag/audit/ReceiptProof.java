package io.saddlebag.audit;

import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.identity.Trust;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Verifies the receipts in a {@code .receipts.json} against its statements, with the CA's certificate alone. */
public final class ReceiptProof {
    private final Trust trust;
    private final EnvelopeVerifier verifier;

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

    /** Why the recipient's receipt proves nothing; empty when it holds, or there is none. */
    public Optional<String> fault(SentReceipts of, SentReceipts.Recipient recipient) {
        if (recipient.receipt() == null) {
            return Optional.empty();
        }
        try {
            EnvelopeVerifier.Verified verified = verifier.verify(Json.write(recipient.receipt()), DeliveryReceipt.TYPE);
            DeliveryReceipt receipt = Json.read(verified.payload(), DeliveryReceipt.class);
            return differ("signer", recipient.receiverClientId(), verified.signer())
                    .or(() -> differ("receiver_client_id", recipient.receiverClientId(), receipt.receiverClientId()))
                    .or(() -> differ("network_id", trust.networkId(), receipt.networkId()))
                    .or(() -> differ("message_id", of.messageId(), receipt.messageId()))
                    .or(() -> differ("sender_id", of.senderId(), receipt.senderId()))
                    .or(() -> differ("manifest_sha256", of.manifestSha256(), receipt.manifestSha256()))
                    .or(() -> differ("content_sha256", of.sha256(), receipt.contentSha256()))
                    .or(() -> differ("content_size", of.size(), receipt.contentSize()));
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
