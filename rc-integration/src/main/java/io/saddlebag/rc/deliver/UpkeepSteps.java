package io.saddlebag.rc.deliver;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.journal.JournalException;
import io.saddlebag.journal.MissingSeqs.Gap;
import io.saddlebag.log.FaultText;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.intake.QueueConsumer;
import io.saddlebag.rc.intake.QueueEndpoint;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.rc.outbox.OutboxRetention;
import io.saddlebag.rc.records.RcJournal;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of the timer routes {@code rc-retention} and {@code rc-missing}. For one thread a route. */
public final class UpkeepSteps {
    private static final Logger LOG = LoggerFactory.getLogger(UpkeepSteps.class);

    private final RcJournal journal;
    private final RunningTime time;
    private final Duration patience;
    private final RepeatedFaults missing = new RepeatedFaults();

    /** @param patience a message that later ones overtook longer ago is reported missing */
    public UpkeepSteps(RcJournal journal, RunningTime time, Duration patience) {
        this.journal = journal;
        this.time = time;
        this.patience = patience;
    }

    /**
     * Step {@code clearOutboxes}: deletes the messages that are due by the retention of each outbox, only those that the
     * journal has as published there. The journal keeps them, so that a repeat is acknowledged and not written again.
     */
    public void clearOutboxes(Exchange exchange) {
        for (Route route : exchange.getContext().getRoutes()) {
            if (route.getConsumer() instanceof QueueConsumer consumer
                    && consumer.isRunAllowed()
                    && !consumer.getEndpoint().retention().isForEver()) {
                clear(consumer.getEndpoint());
            }
        }
    }

    /** A fault at one outbox or sender holds up none of the others. */
    private void clear(QueueEndpoint queue) {
        try {
            for (SiteId sender : queue.outbox().senders()) {
                try {
                    clear(queue, sender);
                } catch (IOException | JournalException | DirectoryIteratorException e) {
                    LOG.warn(
                            "{}: what came from {} cannot be looked through for what may go: {}",
                            queue.queue(),
                            sender,
                            Printable.reason(FaultText.of(e)));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn(
                    "{}: its outbox cannot be looked through for what may go: {}",
                    queue.queue(),
                    Printable.reason(FaultText.of(e)));
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
        Map<MessageId, IOException> failures =
                OutboxRetention.delete(outbox, sender, due.keySet(), queue.expectsVerdict());
        due.forEach((id, reason) -> {
            if (failures.containsKey(id)) {
                LOG.warn(
                        "message_id={} from={} not deleted from the outbox, which is tried again: {}",
                        id,
                        sender,
                        Printable.reason(failures.get(id).toString()));
            } else {
                LOG.info("message_id={} from={} deleted from the outbox: {}", id, sender, reason);
            }
        });
    }

    /** Step {@code flushJournal}: writes the acknowledgements that were noted since the last commit. */
    public void flushJournal(Exchange exchange) {
        journal.flush();
    }

    /**
     * Step {@code reportMissing}: warns of messages that later ones of the same sender overtook long ago, of each once, and
     * of all together as long as they are missing. A recent one is not reported, since small messages overtake large ones.
     */
    public void reportMissing(Exchange exchange) {
        Instant before = time.wall().instant().minus(patience);
        List<Gap> newly = journal.newlyMissing(before);
        for (Gap gap : newly) {
            LOG.warn(
                    "missing from {}: {}, overtaken more than {} s ago; ask the sender whether it failed there, and"
                            + " headquarters whether it is queued or a dead letter",
                    gap.site(),
                    gap,
                    patience.toSeconds());
        }
        List<Gap> all = journal.missing(before);
        if (all.isEmpty()) {
            missing.over();
            return;
        }
        missing.occurred("missing")
                .filter(repeats -> newly.isEmpty())
                .ifPresent(repeats -> LOG.warn(
                        "still missing are {} messages that later ones overtook, the first of them {} of {}{}",
                        all.stream().mapToLong(Gap::count).sum(),
                        all.get(0),
                        all.get(0).site(),
                        repeats));
    }
}
