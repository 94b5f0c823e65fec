package io.saddlebag.rc;

import io.saddlebag.folder.Outbox;
import io.saddlebag.folder.OutboxRetention;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code clearOutboxes}: deletes what the retention of each outbox says, of messages that the journal knows as
 * published there and no others. The journal keeps them, so a repeat is acknowledged and not written again.
 */
final class ClearOutboxes implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ClearOutboxes.class);

    private final Subscriptions subscriptions;
    private final RcJournal journal;
    private final Clock clock;

    ClearOutboxes(Subscriptions subscriptions, RcJournal journal, Clock clock) {
        this.subscriptions = subscriptions;
        this.journal = journal;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        for (QueueEndpoint queue : subscriptions.queues()) {
            if (!queue.retention().isForEver()) {
                for (SiteId sender : queue.outbox().senders()) {
                    clear(queue, sender);
                }
            }
        }
    }

    private void clear(QueueEndpoint queue, SiteId sender) throws IOException {
        Outbox outbox = queue.outbox();
        Instant now = clock.instant();
        Map<MessageId, String> due =
                queue.retention().due(outbox, sender, id -> journal.received(queue.queue(), id), now);
        if (due.isEmpty()) {
            return;
        }
        journal.remove(due.keySet(), now);
        OutboxRetention.delete(outbox, sender, due);
        due.forEach((id, reason) -> LOG.info("message_id={} from={} deleted from the outbox: {}", id, sender, reason));
    }
}
