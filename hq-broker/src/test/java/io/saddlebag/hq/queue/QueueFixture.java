package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.time.Instant;

/** Deliveries by number, as they would come from a commit. */
final class QueueFixture {
    static final String QUEUE = "ca_rc_queue";
    static final SiteId CA = SiteId.of("CA-RC");
    static final Instant SENT = Instant.parse("2025-10-08T09:00:00Z");

    private QueueFixture() {}

    static QueuedDelivery delivery(long number) {
        return delivery(number, null);
    }

    static QueuedDelivery delivery(long number, Instant expires) {
        return delivery(number, expires, new PayloadRef(1, number, 10, 100));
    }

    static QueuedDelivery delivery(long number, Instant expires, PayloadRef payload) {
        return new QueuedDelivery(
                number,
                MessageId.of(String.format("FL-LAB_DAT_20251008_%03d", number)),
                SiteId.of("FL-LAB"),
                SENT,
                expires,
                CA,
                QUEUE,
                "ca_rc",
                payload);
    }
}
