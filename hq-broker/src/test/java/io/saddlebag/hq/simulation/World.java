package io.saddlebag.hq.simulation;

import io.saddlebag.hq.HqSteps;
import io.saddlebag.hq.node.NodeLease;
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
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;

/** The surroundings of headquarters in one schedule: time, chance, the disk that survives it, the model. */
final class World {
    /** Runs other tasks in the middle of one that blocks, no deeper than this. */
    private static final int DEEPEST = 3;

    private static final int FROZEN_LOOKS = 12;

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
    /** The database of several headquarters; null for the single one. */
    final Cluster cluster;

    private final boolean traced;
    private final List<String> trace = new ArrayList<>();
    private int depth;
    /** The single headquarters, or the nodes. Null where none was started. */
    private final Headquarters[] hqs;

    /** Shared by all schedules, and immutable. */
    record Setting(LiveTopology topology, RouteSteps routes, CamelContext camel) {}

    /** @param nodes 0 for the single headquarters */
    World(
            int nodes,
            Setting setting,
            Random random,
            Breakage breakage,
            int faultsOneIn,
            Collection<Parcel> parcels,
            boolean traced) {
        this.traced = traced;
        cluster = nodes == 0 ? null : new Cluster(this);
        hqs = new Headquarters[Math.max(1, nodes)];
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

    /** A headquarters is frozen in the middle of a task, for so long that the others may take it for dead. */
    void freezeWithin(Headquarters hq) {
        hq.freeze(true);
        for (int i = 0; i < FROZEN_LOOKS; i++) {
            turns.pass(NodeLease.BEAT);
            for (int task = random.nextInt(20); task > 0; task--) {
                turns.runOne();
            }
        }
        hq.freeze(false);
    }

    /** Starts headquarters unless it is up, or one of the nodes that is not; it may fail to come up. */
    void start() {
        int chosen = hqs.length == 1 ? 0 : random.nextInt(hqs.length);
        if (!isUp(chosen)) {
            turns.pass(Duration.ofSeconds(1));
            start(chosen);
        }
    }

    /** Every node is up and reaches the others. */
    void startAll() {
        for (int i = 0; i < hqs.length; i++) {
            if (isUp(i)) {
                if (hqs[i].isFrozen()) {
                    hqs[i].freeze(false);
                }
                if (hqs[i].isCut()) {
                    hqs[i].cutDatabase(false);
                }
            } else {
                turns.pass(Duration.ofSeconds(1));
                start(i);
            }
        }
    }

    private void start(int chosen) {
        try {
            hqs[chosen] = new Headquarters(this, cluster == null ? null : "n" + (chosen + 1));
        } catch (StoreException | IOException | Crashed e) {
            note(() -> "headquarters does not come up: " + e.getMessage());
            hqs[chosen] = null;
            if (cluster != null) {
                cluster.leftUnstarted("n" + (chosen + 1));
            }
        }
    }

    private boolean isUp(int i) {
        return hqs[i] != null && hqs[i].isAlive();
    }

    private List<Headquarters> alive() {
        return Stream.of(hqs).filter(hq -> hq != null && hq.isAlive()).toList();
    }

    /** One of those that are up, or null. */
    private Headquarters any() {
        List<Headquarters> alive = alive();
        return alive.isEmpty() ? null : alive.get(alive.size() == 1 ? 0 : random.nextInt(alive.size()));
    }

    void crash() {
        Headquarters hq = any();
        if (hq != null) {
            hq.crash("between two tasks");
        }
    }

    /** A node is frozen, cut from the database, or neither any more; or the standby takes over. */
    void disturb() {
        Headquarters hq = any();
        if (cluster == null || hq == null) {
            return;
        }
        switch (random.nextInt(5)) {
            case 0, 1 -> hq.freeze(!hq.isFrozen());
            case 2, 3 -> hq.cutDatabase(!hq.isCut());
            default -> {
                note(() -> "the standby takes over");
                cluster.failOver();
            }
        }
    }

    /** A connection, or null when nobody answers. */
    Wire connect(Client client) {
        Headquarters hq = any();
        return hq == null ? null : hq.connect(client, random.nextInt(4) > 0);
    }

    /** A connection to each headquarters to which none of these leads. */
    List<Wire> connectToOthers(Client client, List<Wire> wires) {
        return alive().stream()
                .filter(hq -> wires.stream().noneMatch(wire -> wire.hq() == hq))
                .map(hq -> hq.connect(client, true))
                .toList();
    }

    /** The commit writers' next rounds of publications; how much they took. */
    int publish() {
        return alive().stream().mapToInt(Headquarters::publish).sum();
    }

    /** The same of settlements. */
    int settle() {
        return alive().stream().mapToInt(Headquarters::settle).sum();
    }

    /** A timer of headquarters fires. */
    void timer(String step) {
        alive().forEach(hq -> hq.timer(step));
    }

    /** All connections end. */
    void cutAll() {
        alive().forEach(Headquarters::cutAll);
    }

    /** By queue and headquarters, what their memory holds; of those that others have not ended. */
    Map<String, QueueIndex.Depth> depths() {
        Map<String, QueueIndex.Depth> depths = new TreeMap<>();
        alive().stream()
                .filter(hq -> !hq.isNode() || !cluster.isEnded(hq.node()))
                .forEach(hq -> hq.depths().forEach((queue, depth) -> depths.put(queue + " of " + hq, depth)));
        return depths;
    }

    boolean keptWhatWasDropped() {
        return cluster == null && alive().stream().anyMatch(Headquarters::keptWhatWasDropped);
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
