package io.saddlebag.bench.parts;

import io.saddlebag.hq.queue.QueueIndex.Backlog;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import java.util.ArrayList;
import java.util.List;

/** A store of any number of waiting messages that holds none of them: each is made when its page is asked for. */
final class CountedBacklog implements Backlog {
    private final MessageId messageId = BenchedLab.messageId(1);
    private final PayloadRef payload;
    private long last;

    /** @param messages how many wait, numbered from 1; all have the same payload */
    CountedBacklog(long messages, PayloadRef payload) {
        this.last = messages;
        this.payload = payload;
    }

    /** One more is committed. */
    QueuedDelivery next() {
        return delivery(++last);
    }

    @Override
    public List<QueuedDelivery> queued(String queueName, Priority priority, long after, int limit) {
        List<QueuedDelivery> page = new ArrayList<>();
        for (long number = after + 1; priority == Priority.NORMAL && number <= last && page.size() < limit; number++) {
            page.add(delivery(number));
        }
        return page;
    }

    private QueuedDelivery delivery(long number) {
        return new QueuedDelivery(
                number,
                messageId,
                BenchedLab.LAB,
                BenchedLab.SENT,
                BenchedLab.SENT,
                null,
                Priority.NORMAL,
                0,
                QueuedDelivery.Returns.NONE,
                BenchedLab.CENTRE,
                BenchedLab.QUEUE,
                BenchedLab.ROUTING_KEY,
                payload);
    }
}
