package io.saddlebag.hq.simulation;

import io.saddlebag.hq.HqSteps;
import io.saddlebag.hq.publish.FreeSpace;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.store.MemoryMessageStore;
import io.saddlebag.hq.store.MemoryPayloadStore;
import io.saddlebag.hq.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;

/** The surroundings of headquarters in one schedule: time, chance, the disk that survives it, the model. */
final class World {
    /** Runs other tasks in the middle of one that blocks, no deeper than this. */
    private static final int DEEPEST = 3;

    final Random random;
    final Setting setting;
    final Breakage breakage;
    final Turns turns;
    final Faults faults;
    final MemoryMessageStore messages = new MemoryMessageStore();
    final MemoryPayloadStore payloads;
    final Ledger ledger;
    final HqSteps.Limits limits;
    final int commitQueue;
    private final boolean traced;
    private final List<String> trace = new ArrayList<>();
    private int depth;
    private Headquarters hq;

    /** Shared by all schedules, and immutable. */
    record Setting(LiveTopology topology, RouteSteps routes, CamelContext camel) {}

    World(
            Setting setting,
            Random random,
            Breakage breakage,
            int faultsOneIn,
            Collection<Parcel> parcels,
            boolean traced) {
        this.traced = traced;
        this.setting = setting;
        this.random = random;
        this.breakage = breakage;
        turns = new Turns(random);
        faults = new Faults(random, faultsOneIn);
        payloads = new MemoryPayloadStore(turns.clock());
        ledger = new Ledger(messages, payloads, setting.topology().current().rules(), parcels);
        limits = new HqSteps.Limits(
                new Session.Limits(3 << 20, 2 + random.nextInt(8), 3, 1 + random.nextInt(2)),
                Long.MAX_VALUE,
                2 + random.nextInt(6),
                Duration.ofDays(1),
                FreeSpace.UNWATCHED);
        commitQueue = 2 + random.nextInt(20);
    }

    /** Something blocks: others may have their turn before it returns. */
    void others() {
        if (depth >= DEEPEST) {
            return;
        }
        depth++;
        try {
            for (int i = random.nextInt(4); i > 1; i--) {
                turns.runOne();
            }
        } finally {
            depth--;
        }
    }

    /** Starts headquarters unless it is up; it may fail to come up. */
    void start() {
        if (hq != null && hq.isAlive()) {
            return;
        }
        turns.pass(Duration.ofSeconds(1));
        try {
            hq = new Headquarters(this);
        } catch (StoreException | IOException | Crashed e) {
            note(() -> "headquarters does not come up: " + e.getMessage());
            hq = null;
        }
    }

    void crash() {
        if (isUp()) {
            hq.crash("between two tasks");
        }
    }

    private boolean isUp() {
        return hq != null && hq.isAlive();
    }

    /** A connection, or null when nobody answers. */
    Wire connect(Client client) {
        return isUp() ? hq.connect(client, random.nextInt(4) > 0) : null;
    }

    /** The commit writer's next round of publications; how much it took. */
    int publish() {
        return isUp() ? hq.publish() : 0;
    }

    /** The same of settlements. */
    int settle() {
        return isUp() ? hq.settle() : 0;
    }

    /** A timer of headquarters fires. */
    void timer(String step) {
        if (isUp()) {
            hq.timer(step);
        }
    }

    /** All connections end. */
    void cutAll() {
        if (isUp()) {
            hq.cutAll();
        }
    }

    /** By queue, what headquarters' memory holds. */
    Map<String, QueueIndex.Depth> depths() {
        return isUp() ? hq.depths() : Map.of();
    }

    boolean keptWhatWasDropped() {
        return isUp() && hq.keptWhatWasDropped();
    }

    /** A time so late that no client resumes an upload. */
    void forgetUploads() {
        turns.pass(limits.uploadAge().plusSeconds(1));
        timer("forgetUploads");
    }

    /** For people: what happened, of a schedule that is run to be read. */
    void note(Supplier<String> what) {
        if (traced) {
            trace.add(turns.clock().instant() + " " + what.get());
        }
    }

    List<String> trace() {
        return trace;
    }
}
