package io.saddlebag.hq.store;

import io.saddlebag.clock.RunningTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes dead letters of messages that stayed doubtful for {@link #LIMIT}. The wall clock and the running time must agree on
 * that, so that a clock that jumps ends nothing.
 */
public final class DoubtLimit {
    /** The time that a doubtful message waits for its publisher's repeat. */
    public static final Duration LIMIT = Duration.ofHours(24);

    private static final String NEVER_REPEATED =
            "Its sealed message was not whole at headquarters, and its publisher did" + " not repeat it within "
                    + LIMIT.toHours() + " h; publish it again under a new message_id";

    private final MessageStore messages;
    private final RunningTime time;

    public DoubtLimit(MessageStore messages, RunningTime time) {
        this.messages = messages;
        this.time = time;
    }

    /** Blocks on the store. Returns the new dead letters, each logged. */
    public List<QueuedDelivery> giveUp() throws StoreException {
        Map<Long, Instant> doubtful = messages.doubtful();
        List<Long> over = new ArrayList<>();
        doubtful.forEach((number, since) -> {
            if (time.isOlder(since, LIMIT)) {
                over.add(number);
            }
        });
        if (over.isEmpty()) {
            return List.of();
        }
        List<QueuedDelivery> dead =
                messages.giveUpDoubtful(over, NEVER_REPEATED, time.wall().instant());
        dead.forEach(Reconciler::reportLost);
        return dead;
    }

    /** Why they are dead letters. */
    public String reason() {
        return NEVER_REPEATED;
    }
}
