package io.saddlebag.hq.receipts;

import io.saddlebag.hq.deliver.FrameSink;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.StompFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * One client that follows its site's receipts. Receipts of a tenth of a second go out in one frame. At most
 * {@value #MOST_WAITING} wait for a slow client; more are not kept, since the sender asks for what it lacks. Safe for any
 * number of threads; no method blocks.
 */
final class ReceiptFollower {
    static final int MOST_WAITING = 2048;

    private final SiteId sender;
    private final FrameSink sink;
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

    ReceiptFollower(String subscription, SiteId sender, FrameSink sink, Soon soon) {
        this.sender = sender;
        this.sink = sink;
        this.frames = new OutcomeFrames(subscription, sender);
        this.soon = soon;
    }

    SiteId sender() {
        return sender;
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

    /** Sends the answer to a question, before the receipts that wait. */
    void answer(List<DeliveryOutcome> outcomes) {
        List<StompFrame> made;
        synchronized (frames) {
            made = frames.of(outcomes);
        }
        made.forEach(sink::send);
    }

    private void plan() {
        try {
            soon.run(this::flush);
        } catch (RejectedExecutionException stopping) {
            end();
        }
    }

    private void flush() {
        if (!sink.isWritable()) {
            sink.onWritable(this::plan);
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
