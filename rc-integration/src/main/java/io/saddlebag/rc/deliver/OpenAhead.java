package io.saddlebag.rc.deliver;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Printable;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.intake.Subscriptions;
import io.saddlebag.rc.work.OpenedSeal;
import io.saddlebag.rc.work.OpeningAhead;
import io.saddlebag.rc.work.WorkFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * Step {@code openAhead}: begins to open a delivery of which the first part is in and its manifest verified, on a thread
 * of its own that reads behind the parts as they come. A few deliveries at once, a thread and less than a megabyte each;
 * any other is opened by {@link OpenSeal} once it is whole, and so is one that is given up here, for whatever reason: what
 * was wrong then shows again, and is said there. For any number of threads.
 */
public final class OpenAhead implements Processor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenAhead.class);
    private static final int MOST = 4;
    private static final int IDLE_SECONDS = 10;
    private static final int END_SECONDS = 10;

    private final SealOpener opener;
    private final WorkFolder work;
    private final Subscriptions subscriptions;
    private final ThreadPoolExecutor threads;

    public OpenAhead(SealOpener opener, WorkFolder work, Subscriptions subscriptions) {
        this(opener, work, subscriptions, task -> new Thread(task, "rc-open-ahead"));
    }

    public OpenAhead(SealOpener opener, WorkFolder work, Subscriptions subscriptions, ThreadFactory threads) {
        this.opener = opener;
        this.work = work;
        this.subscriptions = subscriptions;
        this.threads =
                new ThreadPoolExecutor(0, MOST, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
    }

    @Override
    public void process(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        OpeningAhead ahead = arrival.ahead;
        if (!ahead.begin(arrival.manifestSha256)) {
            return;
        }
        // Of the arrival itself nothing is held: its frame takes a megabyte.
        Manifest manifest = arrival.manifest;
        String queue = arrival.queue();
        long epoch = arrival.epoch;
        try {
            threads.execute(() -> open(ahead, manifest, () -> subscriptions.isOver(queue, epoch)));
        } catch (RejectedExecutionException | Error e) {
            // As many others are under way, or the system has no thread.
            LOG.debug("message_id={} is opened once it is whole: {}", manifest.messageId(), Printable.of(e.toString()));
            ahead.end(null);
        }
    }

    private void open(OpeningAhead ahead, Manifest manifest, BooleanSupplier isOver) {
        OpenedSeal opened = null;
        Path file = null;
        try (InputStream sealed = ahead.parts().follow(isOver)) {
            file = work.newFile("opened");
            opened = opener.open(sealed, manifest, file);
            Failpoint.RC_OPENED_AHEAD.reached();
        } catch (IOException | RuntimeException e) {
            LOG.debug("message_id={} is opened once it is whole: {}", manifest.messageId(), Printable.of(e.toString()));
        } finally {
            if (opened == null && file != null) {
                discard(file);
            }
            ahead.end(opened);
        }
    }

    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("a work file stays until the next start: {}", Printable.of(e.toString()));
        }
    }

    /** Gives up what is under way, and waits a while until nothing of it is left. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("what is being opened stays in {} until the next start", work.folder());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
