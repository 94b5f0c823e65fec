package io.saddlebag.lab.outgoing;

import io.saddlebag.journal.JournalException;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabJournal;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes unsettled messages from the journal, oldest first, and keeps a bounded number of them under way while
 * headquarters is connected. Messages and bytes are bounded; a message beyond the bytes is under way alone. While
 * headquarters is away it does nothing. The journal is the queue; memory holds only the messages under way.
 *
 * <p>Its own thread looks at the journal, so that {@link #appeared} and {@link #startOver} never block; the messages
 * themselves run on others. A message that could not be sent stays behind until {@link #startOver}.
 */
public final class OutgoingWindow {
    private static final Logger LOG = LoggerFactory.getLogger(OutgoingWindow.class);

    private static final long NOTHING_NEW = Long.MAX_VALUE;
    /** The part of the window that must be free before more is taken from the journal. */
    private static final int SHARE = 8;

    private final LabJournal journal;
    private final BooleanSupplier connected;
    private final ToLongFunction<OutgoingMessage> bytesOf;
    private final int maxMessages;
    private final long maxBytes;
    private final Duration retryInterval;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "saddlebag-outgoing"));
    private final AtomicLong firstNew = new AtomicLong(NOTHING_NEW);
    private final Map<Long, Long> underWay = new HashMap<>();
    private final AtomicBoolean lookPlanned = new AtomicBoolean();
    private final AtomicBoolean fromTheStart = new AtomicBoolean();
    private final AtomicBoolean retryPlanned = new AtomicBoolean();
    /** Messages that were under way at the last start over: each is taken a second time when it has ended. */
    private final Set<Long> onceMore = new HashSet<>();

    private volatile BiConsumer<OutgoingMessage, Runnable> start;
    private long bytesUnderWay;
    private long position;
    private boolean closed;

    /**
     * @param bytesOf the memory that a message takes under way
     * @param retryInterval after which {@link #retryLater} starts over
     */
    public OutgoingWindow(
            LabJournal journal,
            BooleanSupplier connected,
            ToLongFunction<OutgoingMessage> bytesOf,
            int maxMessages,
            long maxBytes,
            Duration retryInterval) {
        this.journal = journal;
        this.connected = connected;
        this.bytesOf = bytesOf;
        this.maxMessages = Math.max(1, maxMessages);
        this.maxBytes = maxBytes;
        this.retryInterval = retryInterval;
    }

    /**
     * Starts to take messages. Call it once, before any other method.
     *
     * @param how starts to send a message without blocking for long; runs the action once, when the attempt has ended
     */
    public void open(BiConsumer<OutgoingMessage, Runnable> how) {
        start = how;
        look();
    }

    /** A claimed message may be sent; later ones may have been sent before it. */
    public void appeared(long number) {
        firstNew.accumulateAndGet(number, Math::min);
        look();
    }

    private void look() {
        if (start != null && lookPlanned.compareAndSet(false, true)) {
            later(this::fill, Duration.ZERO);
        }
    }

    /** Has all messages that stayed behind tried again: headquarters is back, or a key has come. */
    public void startOver() {
        fromTheStart.set(true);
        look();
    }

    /** As {@link #startOver}, after the retry interval. */
    void retryLater() {
        if (retryPlanned.compareAndSet(false, true)) {
            later(
                    () -> {
                        retryPlanned.set(false);
                        startOver();
                    },
                    retryInterval);
        }
    }

    /** As {@link #startOver}, after this pause. */
    public void startOverAfter(Duration pause) {
        // A little later, because the pause might else seem not to be over yet.
        later(this::startOver, pause.plusMillis(50));
    }

    private void later(Runnable task, Duration pause) {
        try {
            thread.schedule(task, pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed; nothing new is sent before the next start");
        }
    }

    private void fill() {
        lookPlanned.set(false);
        try {
            while (fillOnce()) {
                LOG.trace("looking for more to send");
            }
        } catch (JournalException e) {
            LOG.error("{}; tried again in {} s", e.getMessage(), retryInterval.toSeconds());
            retryLater();
        } catch (RuntimeException | Error e) {
            LOG.error("no look at what is to be sent; tried again in {} s", retryInterval.toSeconds(), e);
            retryLater();
        }
    }

    /** @return whether there may be more room and more messages */
    private synchronized boolean fillOnce() {
        // Under load some at a time: to ask for one message costs nearly as much as for several.
        if (closed || maxMessages - underWay.size() < Math.max(1, maxMessages / SHARE) || !connected.getAsBoolean()) {
            return false;
        }
        if (fromTheStart.getAndSet(false)) {
            position = 0;
            // They may be about to give up for a reason that is gone.
            onceMore.addAll(underWay.keySet());
        }
        position = Math.min(position, firstNew.getAndSet(NOTHING_NEW) - 1);
        List<OutgoingMessage> page = journal.unsettled(position, maxMessages - underWay.size());
        for (OutgoingMessage message : page) {
            if (!underWay.containsKey(message.number())) {
                long bytes = bytesOf.applyAsLong(message);
                boolean full =
                        underWay.size() >= maxMessages || (!underWay.isEmpty() && bytesUnderWay + bytes > maxBytes);
                if (full) {
                    return false;
                }
                underWay.put(message.number(), bytes);
                bytesUnderWay += bytes;
                start(message);
            }
            position = message.number();
        }
        return !page.isEmpty();
    }

    /** A message that could not be started takes no room. */
    private void start(OutgoingMessage message) {
        try {
            start.accept(message, () -> ended(message.number()));
        } catch (RuntimeException | Error e) {
            bytesUnderWay -= underWay.remove(message.number());
            throw e;
        }
    }

    /** Keeps the message from being started until it is released; false when it is under way. */
    synchronized boolean reserve(long number) {
        return underWay.putIfAbsent(number, 0L) == null;
    }

    void release(long number) {
        ended(number);
    }

    private synchronized void ended(long number) {
        Long bytes = underWay.remove(number);
        if (bytes != null) {
            bytesUnderWay -= bytes;
        }
        if (onceMore.remove(number)) {
            firstNew.accumulateAndGet(number, Math::min);
        }
        notifyAll();
        look();
    }

    public synchronized int underWay() {
        return underWay.size();
    }

    /** Starts no more messages and waits for the end of those under way. */
    public synchronized void drain(Duration atMost) {
        closed = true;
        thread.shutdownNow();
        long until = System.nanoTime() + atMost.toNanos();
        try {
            for (long left = atMost.toNanos(); !underWay.isEmpty() && left > 0; left = until - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!underWay.isEmpty()) {
            LOG.info("{} messages are still on their way; they are sent again at the next start", underWay.size());
        }
    }
}
