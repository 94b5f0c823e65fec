package io.saddlebag.hq.receipts;

import io.saddlebag.hq.deliver.Outlet;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.StompFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * One client that listens for its site's receipts. What is told within a tenth of a second goes out in one frame. At most
 * {@value #MOST_WAITING} wait for a slow client; what comes beyond is not kept, since the sender asks for what it lacks.
 * Safe for any number of threads; no method blocks.
 */
final class ReceiptFollower {
    static final int MOST_WAITING = 2048;

    private final Outlet outlet;
    private final OutcomeFrames frames;
    private final Soon soon;
    private final List<DeliveryOutcome> waiting = new ArrayList<>();
    private boolean planned;
    private boolean ended;

    /** Runs a task after a short pause, where frames may be made. */
    @FunctionalInterface
    interface Soon {
        /** @throws RejectedExecutionException when headquarters is stopping */
        void run(Runnable task);
    }

    ReceiptFollower(String subscription, SiteId site, Outlet outlet, Soon soon) {
        this.outlet = outlet;
        this.frames = new OutcomeFrames(subscription, site);
        this.soon = soon;
    }

    void tell(DeliveryOutcome outcome) {
        synchronized (waiting) {
            if (ended || waiting.size() >= MOST_WAITING) {
                return;
            }
            waiting.add(outcome);
            if (planned) {
                return;
            }
            planned = true;
        }
        plan();
    }

    /** Sends at once what the client asked for, before what waits. */
    void answer(List<DeliveryOutcome> outcomes) {
        List<StompFrame> made;
        synchronized (frames) {
            made = frames.of(outcomes);
        }
        made.forEach(outlet::send);
    }

    private void plan() {
        try {
            soon.run(this::flush);
        } catch (RejectedExecutionException stopping) {
            end();
        }
    }

    private void flush() {
        if (!outlet.isWritable()) {
            outlet.onWritable(this::plan);
            return;
        }
        List<DeliveryOutcome> now;
        synchronized (waiting) {
            now = List.copyOf(waiting);
            waiting.clear();
            planned = false;
        }
        answer(now);
    }

    void end() {
        synchronized (waiting) {
            ended = true;
            waiting.clear();
        }
    }
}
