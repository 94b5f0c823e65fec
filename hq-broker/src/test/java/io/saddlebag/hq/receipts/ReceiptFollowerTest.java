package io.saddlebag.hq.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.deliver.FrameSink;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.StompFrame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiptFollowerTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    private final List<StompFrame> sent = new ArrayList<>();

    private final class Sink implements FrameSink {
        @Override
        public void send(StompFrame frame) {
            sent.add(frame);
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void onWritable(Runnable action) {
            action.run();
        }

        @Override
        public void close() {
            sent.clear();
        }
    }

    /** A centre that refuses much at length must not make frames that its senders refuse. */
    @Test
    void makesNoLargeFrameOfManyLongReasons() {
        DeliveryOutcome long1 = new DeliveryOutcome(
                MessageId.of("FL-LAB_DAT_20251008_001"),
                SiteId.of("CA-RC"),
                DeliveryOutcome.DEAD_LETTERED,
                Instant.EPOCH,
                "\u5B9F".repeat(Printable.MAX_REASON),
                null,
                null);
        new ReceiptFollower("receipts", LAB, new Sink(), Runnable::run).answer(Collections.nCopies(256, long1));

        assertThat(sent).hasSizeGreaterThan(1).allMatch(frame -> frame.body().length < 512 * 1024);
    }
}
