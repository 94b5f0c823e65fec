package io.saddlebag.hq.store.commit;

import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.MessageStore.Completed;
import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter.Publish;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes doubtful messages with the payloads of their repeats, which are synced before the rows name them, and confirms
 * them. A repeat whose completion fails in an outage is kept and tried again, so that its payload is never freed under a row
 * that names it. For one thread.
 */
final class RepeatWork {
    private static final Logger LOG = LoggerFactory.getLogger(RepeatWork.class);

    private final MessageStore messages;
    private final PayloadStore payloads;
    private final List<Repeat> waiting = new ArrayList<>();

    RepeatWork(MessageStore messages, PayloadStore payloads) {
        this.messages = messages;
        this.payloads = payloads;
    }

    private record Repeat(Publish publish, StoredPublication stored) {
        String name() {
            return stored.publication().senderId() + " " + stored.publication().messageId();
        }
    }

    /** A repeat, whose payload is synced, of a message without one. */
    void add(Publish publish, StoredPublication stored) {
        waiting.add(new Repeat(publish, stored));
    }

    boolean isUnfinished() {
        return !waiting.isEmpty();
    }

    /** Completes and confirms what waits; returns whether nothing is left. */
    boolean finish() {
        if (waiting.isEmpty()) {
            return true;
        }
        Map<String, Repeat> first = new LinkedHashMap<>();
        waiting.forEach(each -> first.putIfAbsent(each.name(), each));
        List<Completed> completed;
        try {
            completed = messages.complete(
                    first.values().stream().map(Repeat::stored).toList());
        } catch (StoreException e) {
            if (e.isPassing()) {
                LOG.debug("{} doubtful messages are completed later: {}", first.size(), e.getMessage());
                return false;
            }
            LOG.error("{} doubtful messages could not be completed: {}", first.size(), e.getMessage());
            waiting.forEach(each -> {
                payloads.drop(each.stored().payload());
                each.publish().result().completeExceptionally(e);
            });
            waiting.clear();
            return true;
        }
        waiting.forEach(each -> confirm(each, completed));
        waiting.clear();
        return true;
    }

    private void confirm(Repeat repeat, List<Completed> completed) {
        List<Completed> mine = completed.stream()
                .filter(each -> each.delivery().payload().equals(repeat.stored().payload()))
                .toList();
        if (mine.isEmpty()) {
            payloads.drop(repeat.stored().payload());
        } else {
            LOG.info("{}: doubtful before, completed by its publisher's repeat", repeat.name());
        }
        List<QueuedDelivery> waits =
                mine.stream().filter(Completed::waits).map(Completed::delivery).toList();
        repeat.publish().result().complete(new PublishResult(MessageStore.PublishOutcome.REPEATED, waits));
    }

    /** Answers what waits with a failure. Its payloads stay: a row may name them, and the next start frees the others. */
    void abandon() {
        waiting.forEach(each -> each.publish().result().completeExceptionally(CommitWriter.refused()));
        waiting.clear();
    }
}
