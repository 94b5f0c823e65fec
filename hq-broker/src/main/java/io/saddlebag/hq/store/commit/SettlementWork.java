package io.saddlebag.hq.store.commit;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.MessageStore.Settled;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.SoleUse;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter.Settle;
import io.saddlebag.log.FaultText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits the ends of deliveries in groups, and drops the payloads that no delivery needs. They outlast an outage. */
final class SettlementWork implements CommitLane.Work<Settle> {
    private static final Logger LOG = LoggerFactory.getLogger(SettlementWork.class);
    private static final int GROUP = 4_000;

    private final MessageStore messages;
    private final PayloadStore payloads;
    private final SoleUse use;
    private final Outage outage;
    private final List<Settle> leftOver = new ArrayList<>();

    SettlementWork(MessageStore messages, PayloadStore payloads, SoleUse use, Outage outage) {
        this.messages = messages;
        this.payloads = payloads;
        this.use = use;
        this.outage = outage;
    }

    @Override
    public void write(List<Settle> group) {
        List<Settle> settles = new ArrayList<>(leftOver);
        settles.addAll(group);
        leftOver.clear();
        if (!use.isHeld()) {
            leftOver.addAll(settles);
            return;
        }
        try {
            Settled settled =
                    messages.settle(settles.stream().map(Settle::settlement).toList());
            Failpoint.HQ_SETTLED.reached();
            outage.ended();
            settled.freed().forEach(payloads::drop);
            answer(settles, settled.superseded());
        } catch (StoreException e) {
            if (e.isPassing()) {
                outage.failed("commit of " + settles.size() + " settlements failed: " + e.getMessage());
                leftOver.addAll(settles);
            } else {
                LOG.error("commit of {} settlements failed: {}", settles.size(), e.getMessage());
                fail(settles, e);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("commit of {} settlements failed: {}", settles.size(), FaultText.of(e), e);
            fail(settles, new StoreException("The commit failed: " + FaultText.of(e), e));
        }
    }

    private static void answer(List<Settle> settles, List<Settlement> superseded) {
        Set<Settlement> lost = Collections.newSetFromMap(new IdentityHashMap<>());
        lost.addAll(superseded);
        settles.forEach(settle -> settle.result().complete(!lost.contains(settle.settlement())));
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
    public void abandon(List<Settle> rest) {
        rest.addAll(leftOver);
        leftOver.clear();
        if (!rest.isEmpty()) {
            LOG.warn("stopped with {} settlements uncommitted", rest.size());
        }
        fail(rest, CommitWriter.refused());
    }

    private static void fail(List<Settle> settles, StoreException failure) {
        settles.forEach(settle -> settle.result().completeExceptionally(failure));
    }
}
