package io.saddlebag.hq.receipts;

import io.saddlebag.hq.deliver.FrameSink;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Json;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
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

    /** Receipts are text of base64 in base64: a frame stays well below a part's. */
    private static final int MOST_RECEIPT_BYTES = 256 * 1024;

    private static final int MOST_OUTCOMES = 256;
    private static final int SMALL = 128;

    private final SiteId sender;
    private final FrameSink sink;
    private final String subscription;
    private final Object answering = new Object();
    private final Soon soon;
    private final List<DeliveryOutcome> waiting = new ArrayList<>();
    private boolean planned;
    private boolean ended;
    private volatile boolean wantsVerdicts;
    private long lastNumber;

    /** Runs a task after a short pause, where frames may be made. */
    @FunctionalInterface
    interface Soon {
        /** @throws RejectedExecutionException when headquarters is stopping */
        void run(Runnable task);
    }

    ReceiptFollower(String subscription, SiteId sender, FrameSink sink, Soon soon) {
        this.sender = sender;
        this.sink = sink;
        this.subscription = subscription;
        this.soon = soon;
    }

    SiteId sender() {
        return sender;
    }

    /** It gets verdicts from now on, which its client confirms. */
    void wantVerdicts() {
        wantsVerdicts = true;
    }

    boolean wantsVerdicts() {
        return wantsVerdicts;
    }

    /** One with a verdict goes only to a client that wants them. */
    void tell(DeliveryOutcome outcome) {
        if (outcome.verdict() != null && !wantsVerdicts) {
            return;
        }
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
        synchronized (answering) {
            made = frames(outcomes);
        }
        made.forEach(sink::send);
    }

    /** As few as the limits allow, in order. */
    private List<StompFrame> frames(List<DeliveryOutcome> outcomes) {
        List<StompFrame> frames = new ArrayList<>();
        List<DeliveryOutcome> together = new ArrayList<>();
        int bytes = 0;
        for (DeliveryOutcome outcome : outcomes) {
            int size = SMALL
                    + length(outcome.receipt())
                    + length(outcome.verdict())
                    + length(outcome.detail())
                    + length(outcome.reason());
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

    /** In UTF-8, at most. */
    private static int length(String text) {
        return text == null ? 0 : text.length() * 3;
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private StompFrame frame(List<DeliveryOutcome> outcomes) {
        byte[] body = Json.write(outcomes);
        return StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.SUBSCRIPTION, subscription)
                .header(Headers.MESSAGE_ID_OF_STOMP, "receipts/" + sender + "/" + ++lastNumber)
                .header(Headers.DESTINATION, Headers.RECEIPTS_PREFIX + sender)
                .header(Headers.CONTENT_TYPE, "application/json")
                .header(Headers.CONTENT_LENGTH, body.length)
                .body(body)
                .build();
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
