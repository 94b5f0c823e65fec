package io.saddlebag.stomp.client;

import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The requests of a link that wait for their answers, by the id of the receipt. The time of each begins when its frame is
 * written; a frame that waits behind others has time as long as these are being written. For any number of threads.
 */
final class PendingRequests {
    private final long nanos;
    private final LongSupplier nanoTime;
    private final Map<String, Pending> pending = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private volatile long lastWrite;

    /**
     * @param bound how long an answer may take
     * @param nanoTime a running clock, as {@link System#nanoTime} is
     */
    PendingRequests(Duration bound, LongSupplier nanoTime) {
        this.nanos = bound.toNanos();
        this.nanoTime = nanoTime;
        this.lastWrite = nanoTime.getAsLong();
    }

    /** One request; {@link #written} tells when its frame has left. */
    final class Pending {
        private final String id = "r" + ids.incrementAndGet();
        private final StompCommand command;
        private final CompletableFuture<StompFrame> answer = new CompletableFuture<>();
        private volatile boolean isWritten;
        private volatile long since = nanoTime.getAsLong();

        private Pending(StompCommand command) {
            this.command = command;
        }

        String id() {
            return id;
        }

        CompletableFuture<StompFrame> answer() {
            return answer;
        }

        void written() {
            since = nanoTime.getAsLong();
            lastWrite = since;
            isWritten = true;
        }

        private boolean isOverdue(long now) {
            return now - since > nanos && (isWritten || now - lastWrite > nanos);
        }
    }

    Pending add(StompCommand command) {
        Pending added = new Pending(command);
        pending.put(added.id, added);
        return added;
    }

    /** The answer to complete; null when there is no such request. */
    CompletableFuture<StompFrame> take(String id) {
        Pending taken = id == null ? null : pending.remove(id);
        return taken == null ? null : taken.answer;
    }

    void fail(ConnectionLostException lost) {
        for (String id : pending.keySet()) {
            CompletableFuture<StompFrame> answer = take(id);
            if (answer != null) {
                answer.completeExceptionally(lost);
            }
        }
    }

    /** Names the fault when an answer is overdue. */
    Optional<String> overdue() {
        long now = nanoTime.getAsLong();
        return pending.values().stream()
                .filter(each -> each.isOverdue(now))
                .findFirst()
                .map(each -> "expected an answer to " + each.command + " within "
                        + Duration.ofNanos(nanos).toSeconds() + " s, found none");
    }
}
