package io.saddlebag.hq.consume;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.hq.queue.Waiting;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code matchReceipt}: the verified receipt is the acknowledging site's own, for the very delivery that it
 * acknowledges. Reads the manifest, so it may block.
 */
public final class MatchReceipt implements Processor {
    private final Sha256 networkId;
    private final PayloadStore payloads;

    public MatchReceipt(Sha256 networkId, PayloadStore payloads) {
        this.networkId = networkId;
        this.payloads = payloads;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        SiteId site = HqProperties.session(exchange).site();
        equal(Code.WRONG_SENDER, "signer", site, exchange.getProperty(SignatureProperties.SIGNER, SiteId.class));
        DeliveryReceipt receipt = read(exchange.getMessage().getBody(byte[].class));
        QueuedDelivery delivery =
                exchange.getProperty(HqProperties.DELIVERY, Waiting.class).delivery();
        equal(Code.WRONG_SENDER, "receiver_client_id", site, receipt.receiverClientId());
        equal(Code.BAD_SIGNATURE, "network_id", networkId, receipt.networkId());
        equal(Code.BAD_SIGNATURE, "message_id", delivery.messageId(), receipt.messageId());
        equal(Code.BAD_SIGNATURE, "sender_id", delivery.senderId(), receipt.senderId());
        equal(Code.BAD_SIGNATURE, "manifest_sha256", manifestSha256(delivery), receipt.manifestSha256());
    }

    private Sha256 manifestSha256(QueuedDelivery delivery) throws IOException {
        return Sha256.of(Envelope.parse(payloads.manifest(delivery.payload())).payload());
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
                    "Expected a delivery receipt for this very delivery, its " + what + " " + expected + ", found "
                            + Printable.of(String.valueOf(found)) + ". Sign a receipt of your own for each delivery");
        }
    }
}
