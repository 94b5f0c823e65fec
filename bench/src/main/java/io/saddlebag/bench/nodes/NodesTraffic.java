package io.saddlebag.bench.nodes;

import io.saddlebag.bench.chaos.Consumers;
import io.saddlebag.bench.chaos.DroppedFile;
import io.saddlebag.bench.chaos.FileDrops;
import io.saddlebag.bench.chaos.FolderCheck;
import io.saddlebag.bench.chaos.fault.RunClock;
import io.saddlebag.bench.chaos.fault.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Files that are dropped and taken while faults happen, and the revival of processes that end by themselves. */
final class NodesTraffic {
    private static final long LOOK_MILLIS = 25;
    private static final long DROP_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    private final NodesNetwork network;
    private final FileDrops drops;
    private final Consumers consumers;
    private final RunClock clock = new RunClock();
    private final Map<String, Integer> restarts = new TreeMap<>();
    private final long seed;
    private boolean isPaused;
    private long nextDropNanos;

    interface Condition {
        boolean holds() throws IOException;
    }

    NodesTraffic(NodesNetwork network, long seed) {
        this.network = network;
        this.seed = seed;
        this.drops = new FileDrops(network.homes(), lab -> true, seed);
        this.consumers = new Consumers(network.homes(), clock);
    }

    List<DroppedFile> dropped() {
        return drops.dropped();
    }

    Consumers consumers() {
        return consumers;
    }

    double seconds(long sinceNanos) {
        return (clock.nanos() - sinceNanos) / 1e9;
    }

    long nanos() {
        return clock.nanos();
    }

    double heldSeconds() {
        return clock.heldSeconds();
    }

    Map<String, Integer> restarts() {
        return restarts;
    }

    /** Sets if files are dropped meanwhile. */
    void pause(boolean paused) {
        isPaused = paused;
    }

    /** Drops a large file of PA-LAB. */
    DroppedFile dropLarge(int size) throws IOException {
        DroppedFile file = DroppedFile.large(seed, drops.dropped().size(), Target.PA_LAB, size);
        if (!drops.dropNew(file)) {
            throw new IOException("Expected room to drop " + file.fileName() + ", found none");
        }
        consumers.expect(file);
        return file;
    }

    /** Keeps up the traffic until the condition holds. */
    void until(String what, long seconds, Condition condition) throws IOException, InterruptedException {
        long deadline = clock.nanos() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.holds()) {
            if (clock.nanos() > deadline) {
                throw new IOException("Expected within " + seconds + " s: " + what + "; found that not");
            }
            look();
        }
    }

    /** Keeps up the traffic for that long. */
    void pass(long millis) throws IOException, InterruptedException {
        long end = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (clock.nanos() < end) {
            look();
        }
    }

    private void look() throws IOException, InterruptedException {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        if (!isPaused && clock.nanos() >= nextDropNanos) {
            nextDropNanos = clock.nanos() + DROP_NANOS;
            DroppedFile file = drops.next();
            if (drops.dropNext()) {
                consumers.expect(file);
            }
        }
        consumers.look();
        for (HqNode node : network.nodes()) {
            if (node.revive()) {
                restarts.merge(node.name(), 1, Integer::sum);
            }
        }
        Target ended = network.endedClient().orElse(null);
        if (ended != null) {
            restarts.merge(ended.site().value(), 1, Integer::sum);
            network.startClient(ended);
        }
    }

    /** The time, of each laboratory's first file from this number on, at which the last of these was everywhere. */
    OptionalLong firstsArrived(int number) {
        List<Long> arrived = new ArrayList<>();
        for (Target lab : Target.LABS) {
            OptionalLong first = dropped().stream()
                    .skip(number)
                    .filter(file -> file.lab() == lab)
                    .findFirst()
                    .map(file -> consumers.arrived(file.number()))
                    .orElse(OptionalLong.empty());
            first.ifPresent(arrived::add);
        }
        return arrived.size() == Target.LABS.size()
                ? arrived.stream().mapToLong(Long::longValue).max()
                : OptionalLong.empty();
    }

    /** The files that laboratories have confirmed and put away. */
    Set<String> sent() throws IOException {
        Set<String> sent = new TreeSet<>();
        for (Target lab : Target.LABS) {
            FolderCheck.filesBelow(network.homes().home(lab.site()).resolve("sent")).stream()
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".bin"))
                    .forEach(sent::add);
        }
        return sent;
    }
}
