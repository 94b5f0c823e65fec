package io.saddlebag.lab.receipts;

import io.saddlebag.log.FaultText;
import io.saddlebag.log.RepeatedFaults;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of messages whose recipient has later ones by its own receipts, and that still wait there: somebody withholds them,
 * or their receipts. Writes so into their files of receipts.
 */
public final class ReportOvertaken implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ReportOvertaken.class);

    private final ReceiptedMessages messages;
    private final ReceiptFiles files;
    private final Executor thread;
    private final Duration within;
    private final Clock clock;
    private final RepeatedFaults faults = new RepeatedFaults();

    /**
     * @param thread writes receipts, bounded: files that it rejects are left to the next time
     * @param within the time that a message may be overtaken
     */
    public ReportOvertaken(
            ReceiptedMessages messages, ReceiptFiles files, Executor thread, Duration within, Clock clock) {
        this.messages = messages;
        this.files = files;
        this.thread = thread;
        this.within = within;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Instant now = clock.instant();
        List<ReceiptedMessages.Overtaken> waiting = new ArrayList<>();
        for (ReceiptedMessages.Overtaken each : messages.overtaken(now.minus(within))) {
            if (files.read(each.message()).isWaiting(each.recipient())) {
                waiting.add(each);
            }
        }
        if (waiting.isEmpty()) {
            faults.over();
            return;
        }
        mark(waiting, now);
        faults.occurred("overtaken")
                .ifPresent(repeats -> LOG.warn(
                        "{} messages have no receipt, though their recipient has had later ones for longer than {} s, the"
                                + " first of them {} for {}{}. Ask the recipient whether it has them, and headquarters"
                                + " whether they are queued",
                        waiting.size(),
                        within.toSeconds(),
                        waiting.get(0).message().named(),
                        waiting.get(0).recipient(),
                        repeats));
    }

    /** On the thread that writes receipts, so that no other change of a file is lost. */
    private void mark(List<ReceiptedMessages.Overtaken> waiting, Instant now) {
        try {
            thread.execute(() -> waiting.forEach(each -> mark(each, now)));
        } catch (RejectedExecutionException e) {
            LOG.debug("more receipts than can be written at once; overtaken messages are marked later");
        }
    }

    private void mark(ReceiptedMessages.Overtaken message, Instant now) {
        try {
            SentReceipts before = files.read(message.message());
            SentReceipts after = before.overtaken(message.recipient(), now);
            if (!after.equals(before)) {
                files.write(after);
            }
        } catch (IOException e) {
            LOG.debug("{}: not marked as overtaken now: {}", message.message().messageId(), FaultText.of(e));
        }
    }
}
