package io.saddlebag.rc.deliver;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Printable;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.intake.QueueSubscription;
import io.saddlebag.rc.work.OpenedSeal;
import io.saddlebag.rc.work.OpeningAhead;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code openAhead}: begins to open a delivery whose first part is in and whose manifest is verified. A thread of its
 * own reads behind the parts as they come. A few deliveries run together, each with a thread and less than a megabyte. Any
 * other, and one that fails here, is opened by {@link OpenSteps#openSeal} once it is whole, where the fault shows again. For
 * any number of threads.
 */
public final class OpenAhead implements Processor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenAhead.class);
    private static final int MOST = 4;
    private static final int IDLE_SECONDS = 10;
    private static final int END_SECONDS = 10;

    private final SealOpener opener;
    private final ThreadPoolExecutor threads;

    public OpenAhead(SealOpener opener, ThreadFactory threads) {
        this.opener = opener;
        this.threads =
                new ThreadPoolExecutor(0, MOST, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
    }

    @Override
    public void process(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        OpeningAhead ahead = arrival.ahead();
        if (!ahead.begin(arrival.manifestSha256())) {
            return;
        }
        // The task must not hold the arrival, whose frame takes a megabyte.
        Manifest manifest = arrival.manifest();
        QueueSubscription subscription = arrival.subscription();
        long epoch = arrival.epoch();
        try {
            threads.execute(() -> open(ahead, manifest, () -> subscription.isOver(epoch)));
        } catch (RejectedExecutionException | Error e) {
            // All threads are busy, or the system has none.
            LOG.debug(
                    "message_id={} is opened once it is whole: {}",
                    manifest.messageId(),
                    Printable.reason(FaultText.of(e)));
            ahead.end(null);
        }
    }

    private void open(OpeningAhead ahead, Manifest manifest, BooleanSupplier isOver) {
        OpenedSeal opened = null;
        try (InputStream sealed = ahead.parts().follow(isOver)) {
            opened = opener.open(sealed, manifest);
            Failpoint.RC_OPENED_AHEAD.reached();
        } catch (IOException | RuntimeException e) {
            LOG.debug(
                    "message_id={} is opened once it is whole: {}",
                    manifest.messageId(),
                    Printable.reason(FaultText.of(e)));
        } finally {
            ahead.end(opened);
        }
    }

    /** Aborts the running openings and waits a while until their files are gone. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("an opening did not end; its work file stays until the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
