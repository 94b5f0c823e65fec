package io.saddlebag.lab.receipts;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Whether a receipt whose signature holds is the recipient's own, for the very message that was sent. */
public final class MatchReceipt implements Processor {
    static final String RECEIPT = "receiptVerified";

    private final SiteId site;
    private final Sha256 networkId;

    public MatchReceipt(SiteId site, Sha256 networkId) {
        this.site = Objects.requireNonNull(site, "site");
        this.networkId = Objects.requireNonNull(networkId, "network id");
    }

    @Override
    public void process(Exchange exchange) {
        DeliveryOutcome outcome = FindReceipted.outcome(exchange);
        ReceiptedMessages.Known known = FindReceipted.known(exchange);
        DeliveryReceipt receipt = read(exchange.getIn().getBody(byte[].class));
        equal(
                Code.WRONG_SENDER,
                "signer",
                outcome.receiverClientId(),
                exchange.getProperty(SignatureProperties.SIGNER, SiteId.class));
        equal(Code.WRONG_SENDER, "receiver_client_id", outcome.receiverClientId(), receipt.receiverClientId());
        equal(Code.BAD_SIGNATURE, "network_id", networkId, receipt.networkId());
        equal(Code.BAD_SIGNATURE, "message_id", outcome.messageId(), receipt.messageId());
        equal(Code.BAD_SIGNATURE, "sender_id", site, receipt.senderId());
        equal(Code.BAD_DIGEST, "manifest_sha256", known.manifestSha256(), receipt.manifestSha256());
        equal(Code.BAD_DIGEST, "content_sha256", known.sha256(), receipt.contentSha256());
        equal(Code.BAD_DIGEST, "content_size", known.size(), receipt.contentSize());
        exchange.setProperty(RECEIPT, receipt);
    }

    private static DeliveryReceipt read(byte[] payload) {
        try {
            return Json.read(payload, DeliveryReceipt.class);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Code.MALFORMED, e.getMessage(), e);
        }
    }

    private static void equal(Code code, String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new Refusal(
                    code,
                    "Expected a delivery receipt for what was sent, its " + what + " " + expected + ", found "
                            + Printable.of(String.valueOf(found)) + ". Ask the recipient what it has");
        }
    }
}
