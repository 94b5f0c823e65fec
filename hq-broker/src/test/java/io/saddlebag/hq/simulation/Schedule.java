package io.saddlebag.hq.simulation;

import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.simulation.World.Setting;
import io.saddlebag.message.SiteId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * One schedule, all of it decided by its seed: some tens of steps in which anything may happen and go wrong, then quiet,
 * in which every site works as it should until all is settled. The model looks after every step.
 */
final class Schedule {
    private static final List<SiteId> LABS = List.of(SiteId.of("FL-LAB"), SiteId.of("PA-LAB"));
    private static final List<SiteId> CENTRES = List.of(SiteId.of("CA-RC"), SiteId.of("NY-RC"), SiteId.of("SF-RC"));
    private static final int MOST_ROUNDS = 5_000;

    private final Random random;
    private final World world;
    private final boolean isOfNodes;
    private final List<Lab> labs = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();

    /**
     * @param nodes 0 for the single headquarters
     * @param traced whether to write down what happens, for people to read
     */
    Schedule(int nodes, Setting setting, Parcels parcels, long seed, Breakage breakage, boolean traced) {
        random = new Random(seed);
        isOfNodes = nodes > 0;
        Map<SiteId, List<Parcel>> byLab = new TreeMap<>();
        LABS.forEach(lab -> byLab.put(lab, parcels.draw(lab, CENTRES, random)));
        int faultsOneIn = random.nextInt(3) == 0 ? 0 : 5 + random.nextInt(50);
        world = new World(
                nodes,
                setting,
                random,
                breakage,
                faultsOneIn,
                byLab.values().stream().flatMap(Collection::stream).toList(),
                traced);
        byLab.forEach((lab, its) -> labs.add(new Lab(world, lab, its)));
        clients.addAll(labs);
        List<Centre.Held> tokens = new ArrayList<>();
        CENTRES.forEach(centre -> clients.add(new Centre(world, centre, tokens)));
    }

    /** @throws Violation when headquarters did what it must not do */
    void run() {
        world.startAll();
        int steps = 60 + random.nextInt(200);
        for (int i = 0; i < steps; i++) {
            step();
            world.ledger.check();
        }
        settle();
        end();
    }

    /** The events, when they are traced. */
    List<String> trace() {
        return world.trace();
    }

    private void step() {
        int choice = random.nextInt(100);
        if (choice < 60) {
            if (!world.turns.runOne()) {
                act();
            }
        } else if (choice < 82) {
            act();
        } else if (choice < 87) {
            world.publish();
        } else if (choice < 92) {
            world.settle();
        } else if (choice < 96) {
            world.turns.pass(Duration.ofMillis(1 + random.nextInt(isOfNodes ? 8_000 : 3_000)));
        } else if (isOfNodes && choice == 96) {
            world.disturb();
        } else if (choice < 98) {
            world.timer("expireDeliveries");
        } else if (random.nextInt(4) == 0) {
            world.crash();
        } else {
            world.start();
        }
    }

    private void act() {
        clients.get(random.nextInt(clients.size())).act();
    }

    /** From here on nothing goes wrong. */
    private void settle() {
        world.note(() -> "quiet");
        world.faults.quiet();
        keepUp();
        clients.forEach(this::workOn);
        for (int i = 0; i < MOST_ROUNDS; i++) {
            if (world.turns.runOne()) {
                continue;
            }
            world.ledger.check();
            if (world.publish() + world.settle() > 0) {
                continue;
            }
            if (isSettled() && world.turns.isIdle()) {
                return;
            }
            world.timer("expireDeliveries");
            if (world.turns.isIdle()) {
                world.turns.advance();
            }
        }
        world.ledger.checkEnd(ends(), isOfNodes);
        throw new Violation("It does not come to rest");
    }

    private void keepUp() {
        world.startAll();
        if (isOfNodes) {
            world.turns.after(Duration.ofSeconds(1), this::keepUp);
        }
    }

    private void workOn(Client client) {
        client.work();
        world.turns.after(Duration.ofSeconds(1), () -> workOn(client));
    }

    private boolean isSettled() {
        return world.messages.rows().stream().noneMatch(row -> world.ledger.isOpen(row, ends()))
                && labs.stream().noneMatch(lab -> lab.ends().containsValue(null));
    }

    private Map<Parcel, Boolean> ends() {
        Map<Parcel, Boolean> ends = new HashMap<>();
        labs.forEach(lab -> lab.ends().forEach((parcel, end) -> ends.put(parcel, Boolean.TRUE.equals(end))));
        return ends;
    }

    private boolean holdsAny() {
        return world.depths().values().stream().anyMatch(depth -> depth.ready() + depth.away() > 0);
    }

    private void end() {
        for (int i = 0; isOfNodes && i < MOST_ROUNDS && holdsAny(); i++) {
            // An end that a node which had ended committed shows at the home with the next push.
            if (!world.turns.runOne() && world.settle() == 0) {
                world.turns.advance();
            }
        }
        for (Map.Entry<String, QueueIndex.Depth> queue : world.depths().entrySet()) {
            if (queue.getValue().ready() + queue.getValue().away() > 0) {
                throw new Violation(queue.getKey() + " is settled, and memory holds " + queue.getValue());
            }
        }
        if (world.keptWhatWasDropped()) {
            world.crash();
            world.start();
        }
        world.cutAll();
        for (int i = 0; i < MOST_ROUNDS && world.turns.runOne(); i++) {
            world.ledger.check();
        }
        world.forgetUploads();
        world.ledger.checkEnd(ends(), isOfNodes);
    }
}
