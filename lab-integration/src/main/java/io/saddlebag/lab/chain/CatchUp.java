package io.saddlebag.lab.chain;

import io.saddlebag.lab.message.AssignedId;
import io.saddlebag.lab.message.SentManifest;
import io.saddlebag.lab.outgoing.OutgoingWindow;
import io.saddlebag.lab.records.ChainRecords;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.stomp.ConnectionLostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the journal up to what headquarters has of this laboratory, before the first message of a connection is
 * sealed. A journal that was restored from a back-up would give ids and places of the sequences a second time.
 * Headquarters can only return manifests that this laboratory signed, and a journal that is ahead keeps its own.
 * Methods do not block.
 */
public final class CatchUp {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

    private final ChainQuestions questions;
    private final ChainRecords records;
    private final Supplier<Collection<String>> series;
    private final OutgoingWindow window;
    private final Executor thread;
    private final Duration patience;
    private volatile boolean answered;
    private volatile long since;
    private volatile long claimedBefore;
    private long round;

    /**
     * @param series those from which ids are assigned today
     * @param thread may wait for the journal
     * @param patience the longest wait of messages for the answer
     */
    public CatchUp(
            ChainQuestions questions,
            ChainRecords records,
            Supplier<Collection<String>> series,
            OutgoingWindow window,
            Executor thread,
            Duration patience) {
        this.questions = questions;
        this.records = records;
        this.series = series;
        this.window = window;
        this.thread = thread;
        this.patience = patience;
    }

    /** A new connection is there. On the link's event loop. */
    public void connected() {
        long own;
        synchronized (this) {
            own = ++round;
            answered = false;
            since = System.nanoTime();
        }
        window.startOverAfter(patience);
        questions.newest().thenComposeAsync(this::compare, thread).whenComplete((done, failure) -> ended(own, failure));
    }

    /** True if messages may be sealed: headquarters has answered on this connection, or the patience is over. */
    public boolean isOver() {
        return answered || System.nanoTime() - since > patience.toNanos();
    }

    /** The last claim that was made before the journal caught up, in this run; 0 when it had not to. */
    long claimedBefore() {
        return claimedBefore;
    }

    private void ended(long own, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        synchronized (this) {
            if (own != round || cause instanceof ConnectionLostException) {
                return;
            }
            answered = true;
        }
        if (cause instanceof TimeoutException) {
            LOG.warn(
                    "headquarters does not say in {} s which messages it has; ids and counts go by the journal alone",
                    patience.toSeconds());
        } else if (cause != null) {
            LOG.warn(
                    "headquarters does not say which messages it has; ids and counts go by the journal alone: {}",
                    Printable.reason(String.valueOf(cause.getMessage())));
        }
        window.startOver();
    }

    private CompletableFuture<Void> compare(List<SentManifest> held) {
        List<ChainRecords.Compared> compared = records.compare(held);
        compared.stream().filter(ChainRecords.Compared::isFork).forEach(CatchUp::reportFork);
        List<ChainRecords.Compared> behind =
                compared.stream().filter(ChainRecords.Compared::isBehind).toList();
        if (behind.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return highest(List.copyOf(series.get()), new TreeMap<>())
                .thenAcceptAsync(highest -> catchUp(behind, highest), thread);
    }

    private static void reportFork(ChainRecords.Compared fork) {
        LOG.warn(
                "seq {} to {} was given twice: headquarters has it in {}, this journal in another message; {} says which"
                        + " ones it has",
                fork.seq(),
                fork.recipient(),
                fork.manifest().manifest().messageId(),
                fork.recipient());
    }

    private CompletableFuture<Map<String, Long>> highest(List<String> prefixes, Map<String, Long> found) {
        if (prefixes.isEmpty()) {
            return CompletableFuture.completedFuture(found);
        }
        String prefix = prefixes.get(0);
        return questions
                .highest(prefix, records.lastOf(prefix))
                .thenComposeAsync(
                        number -> {
                            found.put(prefix, number);
                            return highest(prefixes.subList(1, prefixes.size()), found);
                        },
                        thread);
    }

    private void catchUp(List<ChainRecords.Compared> behind, Map<String, Long> highest) {
        List<MessageId> last = new ArrayList<>();
        highest.forEach((prefix, number) -> {
            if (number > records.lastOf(prefix)) {
                last.add(AssignedId.id(prefix, number));
            }
        });
        claimedBefore = records.catchUp(behind, highest);
        LOG.warn(
                "the journal is older than headquarters' records, as after a restored back-up: goes on after {}{}",
                behind.stream()
                        .map(each -> "seq " + each.held() + " to " + each.recipient() + " (had " + each.seq() + ")")
                        .collect(Collectors.joining(", ")),
                last.isEmpty()
                        ? ""
                        : " and " + last.stream().map(MessageId::value).collect(Collectors.joining(", ")));
    }
}
