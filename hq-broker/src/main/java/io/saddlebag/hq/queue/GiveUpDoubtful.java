package io.saddlebag.hq.queue;

import io.saddlebag.hq.store.DoubtLimit;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.Settlement.Outcome;
import io.saddlebag.hq.store.StoreException;
import java.time.Clock;
import java.util.function.BiConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code giveUpDoubtful}: messages that stayed doubtful too long become dead letters, and their senders hear of it.
 * Blocks on the store.
 */
public final class GiveUpDoubtful implements Processor {
    private final DoubtLimit limit;
    private final Clock clock;
    private final BiConsumer<QueuedDelivery, Settlement> listener;

    /** @param listener hears of each delivery that has ended; returns at once */
    public GiveUpDoubtful(DoubtLimit limit, Clock clock, BiConsumer<QueuedDelivery, Settlement> listener) {
        this.limit = limit;
        this.clock = clock;
        this.listener = listener;
    }

    @Override
    public void process(Exchange exchange) throws StoreException {
        limit.giveUp().forEach(delivery -> listener.accept(delivery, settlement(delivery)));
    }

    private Settlement settlement(QueuedDelivery delivery) {
        return new Settlement(
                delivery.messageNumber(),
                delivery.queueName(),
                delivery.payload(),
                Outcome.LOST,
                null,
                clock.instant(),
                delivery.attempts(),
                null,
                limit.reason(),
                null);
    }
}
