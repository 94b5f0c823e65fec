package io.saddlebag.hq.simulation;

import io.saddlebag.hq.node.NodeLease;
import io.saddlebag.hq.store.SoleUse;
import java.time.Instant;

/** A node's hold under the simulation's clock: by the same times as {@link NodeLease}, without its threads. */
final class Lease implements SoleUse {
    private final World world;
    private final Headquarters hq;
    private Instant sent;
    private long terms = 1;

    /** Begins as after a beat. */
    Lease(World world, Headquarters hq) {
        this.world = world;
        this.hq = hq;
        sent = world.turns.clock().instant();
    }

    void begin() {
        world.turns.after(NodeLease.BEAT, this::beat);
    }

    @Override
    public long term() {
        return world.turns.clock().instant().isBefore(sent.plus(NodeLease.VALID)) ? terms : 0;
    }

    private void beat() {
        if (!hq.isAlive()) {
            return;
        }
        if (hq.isFrozen() || hq.isCut() || world.faults.strike()) {
            world.turns.after(NodeLease.BEAT, this::beat);
            return;
        }
        if (world.cluster.isEnded(hq.node())) {
            hq.crash("since others have ended it");
            return;
        }
        boolean isBack = term() == 0;
        if (isBack) {
            terms++;
        }
        sent = world.turns.clock().instant();
        world.cluster.beat(hq.node());
        world.turns.after(NodeLease.BEAT, this::beat);
        if (isBack) {
            hq.dispatchAgain();
        }
    }
}
