package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import io.saddlebag.message.SiteId;
import java.time.Instant;

/** Deliveries by number, as they would come from a commit. */
public final class QueueFixture {
    public static final String QUEUE = "ca_rc_queue";
    public static final SiteId CA = SiteId.of("CA-RC");
    static final Instant SENT = Instant.parse("2025-10-08T09:00:00Z");

    private QueueFixture() {}

    public static QueuedDelivery delivery(long number) {
        return delivery(number, (Instant) null);
    }

    public static QueuedDelivery delivery(long number, Instant expires) {
        return delivery(number, expires, new PayloadRef(1, number, 10, 100));
    }

    public static QueuedDelivery delivery(long number, Priority priority) {
        return delivery(number, null, new PayloadRef(1, number, 10, 100), "FL-LAB", priority);
    }

    public static QueuedDelivery delivery(long number, String sender) {
        return delivery(number, null, new PayloadRef(1, number, 10, 100), sender, Priority.NORMAL);
    }

    public static QueuedDelivery delivery(long number, Instant expires, PayloadRef payload) {
        return delivery(number, expires, payload, "FL-LAB", Priority.NORMAL);
    }

    private static QueuedDelivery delivery(
            long number, Instant expires, PayloadRef payload, String sender, Priority priority) {
        return new QueuedDelivery(
                number,
                MessageId.of(String.format("%s_DAT_20251008_%03d", sender, number)),
                SiteId.of(sender),
                SENT,
                SENT,
                expires,
                priority,
                0,
                QueuedDelivery.Returns.NONE,
                CA,
                QUEUE,
                "ca_rc",
                payload);
    }
}
