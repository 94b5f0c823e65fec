package io.saddlebag.hq.consume;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.hq.deliver.Settlements;
import io.saddlebag.hq.queue.PendingDelivery;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Printable;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that settle a delivery by ACK or NACK. {@link #matchReceipt} reads the manifest and may block, the others never.
 * Safe for any number of threads.
 */
public final class SettleSteps {
    private static final Logger LOG = LoggerFactory.getLogger(SettleSteps.class);

    private final Sha256 networkId;
    private final PayloadStore payloads;
    private final Settlements settlements;
    private final LimitedLines lines = new LimitedLines();

    public SettleSteps(Sha256 networkId, PayloadStore payloads, Settlements settlements) {
        this.networkId = networkId;
        this.payloads = payloads;
        this.settlements = settlements;
    }

    /**
     * Finds the delivery that an ACK names, and the delivery receipt that it may bring. The delivery stays in flight, so
     * that a refused ACK changes nothing.
     */
    public void findInFlight(Exchange exchange) {
        StompFrame frame = HqProperties.frame(exchange);
        String token = HqProperties.required(frame, Headers.ID);
        exchange.setProperty(
                HqProperties.DELIVERY, HqProperties.session(exchange).inFlight(token));
        String header = frame.header(Headers.DELIVERY_RECEIPT);
        if (header != null) {
            exchange.setProperty(HqProperties.RECEIPT, decoded(Headers.DELIVERY_RECEIPT, "a DSSE envelope", header));
        }
    }

    private static byte[] decoded(String name, String what, String header) {
        try {
            return Base64.getDecoder().decode(header);
        } catch (IllegalArgumentException e) {
            throw new Refusal(
                    Code.MALFORMED,
                    "Expected in the header " + name + " " + what + " in base64, found something else",
                    e);
        }
    }

    public boolean isReceipted(Exchange exchange) {
        return exchange.getProperty(HqProperties.RECEIPT) != null;
    }

    /** Hands the delivery receipt's envelope to the route that verifies. */
    public void readReceipt(Exchange exchange) {
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, DeliveryReceipt.TYPE);
        exchange.getMessage().setBody(exchange.getProperty(HqProperties.RECEIPT, byte[].class));
    }

    /** The verified receipt is the acknowledging site's own, for the very delivery that it acknowledges. */
    public void matchReceipt(Exchange exchange) throws IOException {
        SiteId site = HqProperties.session(exchange).site();
        equal(Code.WRONG_SENDER, "signer", site, exchange.getProperty(SignatureProperties.SIGNER, SiteId.class));
        byte[] json = exchange.getMessage().getBody(byte[].class);
        DeliveryReceipt receipt = HqProperties.json(json, DeliveryReceipt.class);
        QueuedDelivery delivery = exchange.getProperty(HqProperties.DELIVERY, PendingDelivery.class)
                .delivery();
        equal(Code.WRONG_SENDER, "receiver_client_id", site, receipt.receiverClientId());
        equal(Code.BAD_SIGNATURE, "network_id", networkId, receipt.networkId());
        equal(Code.BAD_SIGNATURE, "message_id", delivery.messageId(), receipt.messageId());
        equal(Code.BAD_SIGNATURE, "sender_id", delivery.senderId(), receipt.senderId());
        Sha256 manifest =
                Sha256.of(Envelope.parse(payloads.manifest(delivery.payload())).payload());
        equal(Code.BAD_SIGNATURE, "manifest_sha256", manifest, receipt.manifestSha256());
        exchange.setProperty(HqProperties.RECEIPT_SHA256, Sha256.of(json));
    }

    private static void equal(Code code, String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new Refusal(
                    code,
                    "Expected a delivery receipt for this very delivery, its " + what + " " + expected + ", found "
                            + Printable.of(String.valueOf(found)) + ". Sign a receipt of your own for each delivery");
        }
    }

    /**
     * Settles the delivery. Its verified receipt is kept as it came, for the sender to verify too. The route continues once
     * that is committed, on the event loop of the session's connection.
     */
    public boolean acknowledge(Exchange exchange, AsyncCallback callback) {
        return afterCommit(this::acknowledge, exchange, callback);
    }

    CompletableFuture<Void> acknowledge(Exchange exchange) {
        PendingDelivery pending = takeInFlight(exchange);
        Failpoint.HQ_ACKNOWLEDGEMENT_READ.reached();
        return settlements.acknowledge(
                pending,
                exchange.getProperty(HqProperties.RECEIPT, byte[].class),
                exchange.getProperty(HqProperties.RECEIPT_SHA256, Sha256.class));
    }

    /** @param settle hands in the settlement and returns; completes when it is committed */
    static boolean afterCommit(
            Function<Exchange, CompletableFuture<Void>> settle, Exchange exchange, AsyncCallback callback) {
        try {
            settle.apply(exchange)
                    .whenCompleteAsync(
                            (done, failure) -> {
                                exchange.setException(failure);
                                callback.done(false);
                            },
                            HqProperties.session(exchange).answers());
            return false;
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    private static PendingDelivery takeInFlight(Exchange exchange) {
        String token = HqProperties.required(HqProperties.frame(exchange), Headers.ID);
        return HqProperties.session(exchange).takeInFlight(token);
    }

    /**
     * Gives the delivery back to its queue after a pause. With {@code requeue:false} it becomes a dead letter with the
     * client's reason, and with a detail that its sender alone can read. The route continues as in
     * {@link #acknowledge(Exchange, AsyncCallback)}.
     */
    public boolean reject(Exchange exchange, AsyncCallback callback) {
        return afterCommit(this::reject, exchange, callback);
    }

    CompletableFuture<Void> reject(Exchange exchange) {
        StompFrame frame = HqProperties.frame(exchange);
        boolean requeue = requeue(frame);
        String reason = reason(frame);
        byte[] detail = detail(frame);
        PendingDelivery pending = takeInFlight(exchange);
        if (!requeue) {
            return settlements.deadLetter(pending, reason, detail);
        }
        SiteId site = HqProperties.session(exchange).site();
        lines.line(site.value())
                .ifPresent(more -> LOG.info(
                        "{} {}: given back by {}: {}{}",
                        pending.delivery().messageId(),
                        pending.delivery().queueName(),
                        site,
                        Printable.reason(reason),
                        more));
        return settlements.retryLater(pending, reason);
    }

    private static boolean requeue(StompFrame frame) {
        String value = frame.header(Headers.REQUEUE);
        if (value == null || value.equals("true")) {
            return true;
        }
        if (value.equals("false")) {
            return false;
        }
        throw new Refusal(
                Code.MALFORMED,
                "Expected in the header " + Headers.REQUEUE + " true or false, found '" + Printable.of(value) + "'");
    }

    private static byte[] detail(StompFrame frame) {
        String header = frame.header(Headers.REFUSAL_DETAIL);
        if (header == null) {
            return null;
        }
        byte[] detail = decoded(Headers.REFUSAL_DETAIL, "an encrypted detail", header);
        if (detail.length != ReceiptSecret.SEALED_DETAIL) {
            throw new Refusal(
                    Code.MALFORMED,
                    "Expected in the header " + Headers.REFUSAL_DETAIL + " " + ReceiptSecret.SEALED_DETAIL
                            + " bytes, found " + detail.length);
        }
        return detail;
    }

    private static String reason(StompFrame frame) {
        String value = frame.header(Headers.REASON);
        return value == null || value.isBlank() ? "the receiver gave no reason" : value;
    }
}
