package io.saddlebag.rc.deliver;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.intake.QueueEndpoint;
import io.saddlebag.rc.intake.Subscriptions;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.rc.outbox.OutboxRetention;
import io.saddlebag.rc.records.RcJournal;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code clearOutboxes}: deletes what the retention of each outbox says, of messages that the journal knows as
 * published there and no others. The journal keeps them, so a repeat is acknowledged and not written again.
 */
public final class ClearOutboxes implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ClearOutboxes.class);

    private final Subscriptions subscriptions;
    private final RcJournal journal;
    private final RunningTime time;

    public ClearOutboxes(Subscriptions subscriptions, RcJournal journal, RunningTime time) {
        this.subscriptions = subscriptions;
        this.journal = journal;
        this.time = time;
    }

    @Override
    public void process(Exchange exchange) {
        for (QueueEndpoint queue : subscriptions.queues()) {
            if (!queue.retention().isForEver()) {
                clear(queue);
            }
        }
    }

    /** What is in the way of one outbox or sender holds up none of the others. */
    private void clear(QueueEndpoint queue) {
        try {
            for (SiteId sender : queue.outbox().senders()) {
                try {
                    clear(queue, sender);
                } catch (IOException | DirectoryIteratorException e) {
                    LOG.warn(
                            "{}: what came from {} cannot be looked through for what may go: {}",
                            queue.queue(),
                            sender,
                            Printable.of(e.toString()));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn(
                    "{}: its outbox cannot be looked through for what may go: {}",
                    queue.queue(),
                    Printable.of(e.toString()));
        }
    }

    private void clear(QueueEndpoint queue, SiteId sender) throws IOException {
        Outbox outbox = queue.outbox();
        Map<MessageId, String> due =
                queue.retention().due(outbox, sender, id -> journal.received(queue.queue(), id), time);
        if (due.isEmpty()) {
            return;
        }
        journal.remove(due.keySet(), time.wall().instant());
        Map<MessageId, IOException> failures = OutboxRetention.delete(outbox, sender, due.keySet());
        due.forEach((id, reason) -> {
            if (failures.containsKey(id)) {
                LOG.warn(
                        "message_id={} from={} not deleted from the outbox, which is tried again: {}",
                        id,
                        sender,
                        Printable.of(failures.get(id).toString()));
            } else {
                LOG.info("message_id={} from={} deleted from the outbox: {}", id, sender, reason);
            }
        });
    }
}
