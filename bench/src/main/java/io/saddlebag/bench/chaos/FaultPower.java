package io.saddlebag.bench.chaos;

import io.saddlebag.bench.chaos.fault.Commands;
import io.saddlebag.bench.chaos.fault.DiskPlace;
import io.saddlebag.bench.chaos.fault.FaultPlan.Fault;
import io.saddlebag.bench.chaos.fault.FaultyProxy;
import io.saddlebag.bench.chaos.fault.RunClock;
import io.saddlebag.bench.chaos.fault.SiteClock;
import io.saddlebag.bench.chaos.fault.SyncErrors;
import io.saddlebag.bench.chaos.fault.Target;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Does a fault to the network and gives back what undoes it. */
final class FaultPower {
    private static final int LONGEST_DELAY_MILLIS = 400;
    private static final int LAST_BYTE = 20_000;
    private static final int LAST_FIRST_SYNC = 4;

    private final ChaosNetwork network;
    private final Set<String> oddities = new HashSet<>();
    private final DiskFaults disks;
    private final RestoreFault restores;

    /** Ends a fault, and says whether it was felt: a byte to be altered, say, may never have come. */
    @FunctionalInterface
    interface Undo {
        boolean run() throws IOException;

        /** True when the event that the fault waits for has happened; asked until then. */
        default boolean isDue() throws IOException {
            return true;
        }
    }

    /** @param excuses takes note of what a fault does to files for good */
    FaultPower(ChaosNetwork network, FileDrops drops, RunClock clock, Excuses excuses) {
        this.network = network;
        this.disks = new DiskFaults(network, clock, excuses, oddities);
        this.restores = new RestoreFault(network, drops, excuses, clock);
    }

    /** Wrong reactions of sites to their faults. */
    Set<String> oddities() {
        return oddities;
    }

    /** Does what a fault leaves to do after its end; returns whether nothing is left. */
    boolean finish() throws IOException {
        return restores.dropAgain();
    }

    Undo begin(Fault fault) throws IOException {
        Target target = fault.target();
        return switch (fault.kind()) {
            case KILL_HQ, KILL_LAB, KILL_CENTRE -> {
                network.kill(target);
                yield () -> {
                    network.start(target);
                    return true;
                };
            }
            case KILL_POSTGRES -> {
                boolean lived = network.isAtWork(target);
                network.kill(target);
                yield () -> lived;
            }
            case PAUSE -> pause(target);
            case DISK_FULL -> {
                network.smallDisk(target).fill();
                yield () -> {
                    network.smallDisk(target).empty();
                    return true;
                };
            }
            case SYNC_ERROR -> SyncErrors.in(network.processes(target), 1 + fault.variant() % LAST_FIRST_SYNC)::end;
            case RESET, HALF_OPEN, DELAY, CUT, CORRUPT -> disturb(network.proxy(target), fault);
            case DISK_ABSENT -> disks.absent(disk(fault));
            case DISK_LOST, SHARE_LOST -> disks.lose(disk(fault));
            case CLOCK_STEP -> step(network.clock(target), fault.variant());
            case RESTORE -> restores.begin(target);
            case FLIP_SPOOL -> disks.flipInSpool(fault.variant());
            case FLIP_JOURNAL -> disks.flipInJournal(target, fault.variant());
            case FLIP_DATABASE -> disks.flipInDatabase(fault.variant());
        };
    }

    private static DiskPlace disk(Fault fault) {
        return DiskPlace.values()[fault.variant()];
    }

    private static Undo step(SiteClock clock, int variant) throws IOException {
        clock.step(SiteClock.STEPS.get(variant % SiteClock.STEPS.size()));
        return () -> {
            clock.right();
            return true;
        };
    }

    private static Undo disturb(FaultyProxy proxy, Fault fault) {
        int before = proxy.disturbances();
        switch (fault.kind()) {
            case RESET -> proxy.reset();
            case HALF_OPEN -> proxy.halfOpen(fault.variant() % 2 == 0);
            case DELAY -> proxy.delay(fault.variant() % LONGEST_DELAY_MILLIS);
            case CUT -> proxy.cutAfter(fault.variant() % LAST_BYTE);
            case CORRUPT -> proxy.alterAfter(fault.variant() % LAST_BYTE);
            default -> throw new IllegalArgumentException("no fault of a network: " + fault.kind());
        }
        return () -> {
            proxy.delay(0);
            proxy.cutAfter(-1);
            proxy.alterAfter(-1);
            return proxy.disturbances() > before;
        };
    }

    private Undo pause(Target target) throws IOException {
        List<ProcessHandle> stopped = network.processes(target);
        signal("-STOP", stopped);
        return () -> {
            signal("-CONT", stopped);
            return !stopped.isEmpty();
        };
    }

    /** One by one: another process of the target may end meanwhile, which is no reason to leave the rest out. */
    private static void signal(String signal, List<ProcessHandle> processes) throws IOException {
        for (ProcessHandle process : processes) {
            try {
                Commands.run("kill", signal, Long.toString(process.pid()));
            } catch (IOException e) {
                if (process.isAlive()) {
                    throw e;
                }
            }
        }
    }
}
