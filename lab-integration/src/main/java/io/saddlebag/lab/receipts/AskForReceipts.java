package io.saddlebag.lab.receipts;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqEndpoint;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks headquarters for the receipts that the journal lacks, a page at a time: the next once the answer to the one
 * before is written. On every connection it asks for all of them. From time to time it asks for some more, from the
 * position where the last time ended, so that a backlog of years costs no more than one of days. In this way no receipt
 * that either end missed stays missing. Methods do not block.
 */
public final class AskForReceipts implements Processor {
    static final int PAGE = 100;

    private static final int PAGES_A_TIME = 20;

    private static final Logger LOG = LoggerFactory.getLogger(AskForReceipts.class);

    private final SiteId site;
    private final ReceiptedMessages messages;
    private final Function<StompFrame, CompletableFuture<StompFrame>> request;
    private final Executor thread;
    private final AtomicLong lastRound = new AtomicLong();
    /** The last message that was asked for; for the thread alone. */
    private long position;

    private volatile boolean askingForAll;

    /** @param thread writes receipts, bounded: a question that it rejects is left to the next round */
    public AskForReceipts(
            SiteId site,
            ReceiptedMessages messages,
            Function<StompFrame, CompletableFuture<StompFrame>> request,
            Executor thread) {
        this.site = site;
        this.messages = messages;
        this.request = request;
        this.thread = thread;
    }

    /** Subscribes on a new connection, to verdicts too, then asks. Runs on the link's event loop. */
    public void connected() {
        long round = lastRound.incrementAndGet();
        request.apply(HqEndpoint.subscribe(Headers.RECEIPTS_PREFIX + site, "true"))
                .whenComplete((answer, failure) -> goOn(failure, () -> begin(round)));
    }

    /** Asks for a few more pages; does nothing during a round. */
    @Override
    public void process(Exchange exchange) {
        long round = lastRound.get();
        goOn(null, () -> {
            if (!askingForAll) {
                ask(round, PAGES_A_TIME);
            }
        });
    }

    private void goOn(Throwable failure, Runnable next) {
        if (failure instanceof ConnectionLostException) {
            LOG.debug("receipts are asked for on the next connection");
        } else if (failure != null) {
            askingForAll = false;
            LOG.warn("headquarters gives no receipts: {}", Printable.reason(failure.getMessage()));
        } else {
            try {
                thread.execute(next);
            } catch (RejectedExecutionException e) {
                askingForAll = false;
                LOG.debug("more receipts than can be written at once; the others are asked for later");
            }
        }
    }

    private void begin(long round) {
        if (round == lastRound.get()) {
            position = 0;
            askingForAll = true;
            ask(round, Integer.MAX_VALUE);
        }
    }

    private void ask(long round, int pages) {
        if (round != lastRound.get() || pages == 0) {
            return;
        }
        List<ReceiptedMessages.Lacking> page = messages.lacking(position, PAGE);
        if (page.isEmpty()) {
            position = 0;
            askingForAll = false;
            return;
        }
        List<MessageId> ids =
                page.stream().map(ReceiptedMessages.Lacking::messageId).toList();
        position = page.get(page.size() - 1).number();
        request.apply(HqEndpoint.question(Headers.RECEIPTS, ids))
                .whenComplete((answer, failure) -> goOn(failure, () -> ask(round, pages - 1)));
    }
}
