package io.saddlebag.hq.publish;

import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.routing.QueueRules;
import io.saddlebag.hq.store.Publication.Target;
import io.saddlebag.hq.store.QueueLoad;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code checkRoom}: there is room on the disk and on every queue that the message goes to. What is refused here is
 * to be sent again later. A queue's limits count what is committed: what is under way at the same moment may pass them.
 */
public final class CheckRoom implements Processor {
    private final LiveTopology topology;
    private final QueueIndex index;
    private final FreeSpace space;

    public CheckRoom(LiveTopology topology, QueueIndex index, FreeSpace space) {
        this.topology = topology;
        this.index = index;
        this.space = space;
    }

    @Override
    public void process(Exchange exchange) {
        space.requireRoom();
        List<Target> targets = Submission.of(exchange).targets();
        if (targets == null) {
            return;
        }
        Map<String, QueueRules> rules = topology.current().rules();
        for (Target target : targets) {
            check(target, rules.getOrDefault(target.queueName(), QueueRules.DEFAULT));
        }
    }

    private void check(Target target, QueueRules rules) {
        if (rules.maxMessages() == 0 && rules.maxBytes() == 0) {
            return;
        }
        QueueLoad load = index.load(target.queueName());
        boolean full = (rules.maxMessages() > 0 && load.messages() >= rules.maxMessages())
                || (rules.maxBytes() > 0 && load.bytes() >= rules.maxBytes());
        if (full) {
            throw new Refusal(
                    Code.QUEUE_FULL,
                    "Expected room on " + target.queueName() + " (" + limits(rules) + "), found " + load.messages()
                            + " messages of " + load.bytes() + " bytes waiting for " + target.receiverClientId()
                            + ". Send it again later");
        }
    }

    private static String limits(QueueRules rules) {
        String messages = rules.maxMessages() == 0 ? "" : "max_messages " + rules.maxMessages();
        String bytes = rules.maxBytes() == 0 ? "" : "max_bytes " + rules.maxBytes();
        return messages + (messages.isEmpty() || bytes.isEmpty() ? "" : ", ") + bytes;
    }
}
