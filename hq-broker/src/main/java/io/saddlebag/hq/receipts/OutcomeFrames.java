package io.saddlebag.hq.receipts;

import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Json;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Makes the MESSAGE frames of one subscription to a site's receipts. For one thread at a time. */
final class OutcomeFrames {
    /** Receipts are text of base64 in base64: a frame stays well below a part's. */
    private static final int MOST_RECEIPT_BYTES = 256 * 1024;

    private static final int MOST_OUTCOMES = 256;
    private static final int SMALL = 128;

    private final String subscription;
    private final SiteId site;
    private final AtomicLong lastNumber = new AtomicLong();

    OutcomeFrames(String subscription, SiteId site) {
        this.subscription = subscription;
        this.site = site;
    }

    /** As few frames as the limits allow, in order. */
    List<StompFrame> of(List<DeliveryOutcome> outcomes) {
        List<StompFrame> frames = new ArrayList<>();
        List<DeliveryOutcome> together = new ArrayList<>();
        int bytes = 0;
        for (DeliveryOutcome outcome : outcomes) {
            int size = SMALL + (outcome.receipt() == null ? 0 : outcome.receipt().length);
            if (!together.isEmpty() && (bytes + size > MOST_RECEIPT_BYTES || together.size() == MOST_OUTCOMES)) {
                frames.add(frame(together));
                together.clear();
                bytes = 0;
            }
            together.add(outcome);
            bytes += size;
        }
        if (!together.isEmpty()) {
            frames.add(frame(together));
        }
        return frames;
    }

    private StompFrame frame(List<DeliveryOutcome> outcomes) {
        byte[] body = Json.write(outcomes);
        return StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.SUBSCRIPTION, subscription)
                .header(Headers.MESSAGE_ID_OF_STOMP, "receipts/" + site + "/" + lastNumber.incrementAndGet())
                .header(Headers.DESTINATION, Headers.RECEIPTS_PREFIX + site)
                .header(Headers.CONTENT_TYPE, "application/json")
                .header(Headers.CONTENT_LENGTH, body.length)
                .body(body)
                .build();
    }
}
