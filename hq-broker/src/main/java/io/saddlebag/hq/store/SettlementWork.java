package io.saddlebag.hq.store;

import io.saddlebag.failpoint.Failpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits the ends of deliveries in groups, and drops the payloads that nobody needs any more. They outlast an outage. */
final class SettlementWork implements CommitLane.Work<CommitRequest.Settle> {
    private static final Logger LOG = LoggerFactory.getLogger(SettlementWork.class);
    private static final int GROUP = 4_000;

    private final MessageStore messages;
    private final PayloadStore payloads;
    private final List<CommitRequest.Settle> leftOver = new ArrayList<>();

    SettlementWork(MessageStore messages, PayloadStore payloads) {
        this.messages = messages;
        this.payloads = payloads;
    }

    @Override
    public void write(List<CommitRequest.Settle> group) {
        List<CommitRequest.Settle> settles = new ArrayList<>(leftOver);
        settles.addAll(group);
        leftOver.clear();
        try {
            List<PayloadRef> freed = messages.settle(
                    settles.stream().map(CommitRequest.Settle::settlement).toList());
            Failpoint.HQ_SETTLED.reached();
            freed.forEach(this::drop);
            settles.forEach(settle -> settle.result().complete(null));
        } catch (StoreException e) {
            LOG.error("commit of {} settlements failed: {}", settles.size(), e.getMessage());
            if (e.isPassing()) {
                leftOver.addAll(settles);
            } else {
                fail(settles, e);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("commit of {} settlements failed: {}", settles.size(), e.toString(), e);
            fail(settles, new StoreException("The commit failed: " + e, e));
        }
    }

    @Override
    public int room() {
        return GROUP - leftOver.size();
    }

    @Override
    public boolean isUnfinished() {
        return !leftOver.isEmpty();
    }

    @Override
    public void abandon(List<CommitRequest.Settle> rest) {
        rest.addAll(leftOver);
        leftOver.clear();
        if (!rest.isEmpty()) {
            LOG.warn("stopped with {} settlements uncommitted", rest.size());
        }
        fail(rest, CommitWriter.refused());
    }

    private static void fail(List<CommitRequest.Settle> settles, StoreException failure) {
        settles.forEach(settle -> settle.result().completeExceptionally(failure));
    }

    private void drop(PayloadRef payload) {
        try {
            payloads.drop(payload);
        } catch (IOException e) {
            LOG.warn("payload {} cannot be dropped, the next start frees it: {}", payload, e.toString());
        }
    }
}
