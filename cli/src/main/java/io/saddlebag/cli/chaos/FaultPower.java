package io.saddlebag.cli.chaos;

import java.io.IOException;
import java.util.List;

/** Does a fault to the network and gives back what undoes it. */
final class FaultPower {
    private static final int LONGEST_DELAY_MILLIS = 400;
    private static final int LAST_BYTE = 20_000;
    private static final int LAST_FIRST_SYNC = 4;

    private final ChaosNetwork network;

    /** Ends a fault, and says whether it was felt: a byte to be altered, say, may never have come. */
    @FunctionalInterface
    interface Undo {
        boolean run() throws IOException;
    }

    FaultPower(ChaosNetwork network) {
        this.network = network;
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
                network.disk(target).fill();
                yield () -> {
                    network.disk(target).empty();
                    return true;
                };
            }
            case SYNC_ERROR -> SyncErrors.in(network.processes(target), 1 + fault.variant() % LAST_FIRST_SYNC)::end;
            case RESET, HALF_OPEN, DELAY, CUT, CORRUPT -> disturb(network.proxy(target), fault);
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
