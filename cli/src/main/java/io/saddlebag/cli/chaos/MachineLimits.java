package io.saddlebag.cli.chaos;

import io.saddlebag.cli.chaos.ChaosNetwork.Means;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which faults this machine does not allow, and what the sites of a run need for the others. */
final class MachineLimits {
    private static final Set<FaultKind> OF_DISKS =
            EnumSet.of(FaultKind.DISK_FULL, FaultKind.DISK_ABSENT, FaultKind.DISK_LOST, FaultKind.SHARE_LOST);

    private MachineLimits() {}

    /** Tries each means once; returns those of the kinds that need one which is not there, with the reason. */
    static Map<FaultKind, String> of(Set<FaultKind> kinds) {
        Map<FaultKind, String> leftOut = new EnumMap<>(FaultKind.class);
        leaveOut(leftOut, Set.of(FaultKind.SYNC_ERROR), "strace cannot inject here", SyncErrors::requirePossible);
        leaveOut(leftOut, OF_DISKS, "no tmpfs can be mounted here", MachineLimits::mountOnce);
        leaveOut(leftOut, Set.of(FaultKind.CLOCK_STEP), "no clock can be set here", SiteClock::requirePossible);
        leftOut.keySet().retainAll(kinds);
        return leftOut;
    }

    /** What the faults of a plan need. */
    static Means means(List<Fault> plan) {
        return new Means(
                plan.stream().anyMatch(fault -> OF_DISKS.contains(fault.kind())),
                plan.stream().anyMatch(fault -> fault.kind() == FaultKind.CLOCK_STEP));
    }

    private interface Trial {
        void run() throws IOException;
    }

    private static void leaveOut(Map<FaultKind, String> leftOut, Set<FaultKind> kinds, String what, Trial trial) {
        try {
            trial.run();
        } catch (IOException e) {
            kinds.forEach(kind -> leftOut.put(kind, what + ": " + e.getMessage()));
        }
    }

    private static void mountOnce() throws IOException {
        Path probe = Files.createTempDirectory("saddlebag-tmpfs");
        SmallDisk.over(probe.resolve("folder"), probe.resolve("aside"), 1 << 20).close();
        Files.delete(probe.resolve("folder"));
        Files.delete(probe);
    }
}
