package io.saddlebag.bench.chaos.fault;

import io.saddlebag.bench.chaos.fault.FaultPlan.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The faults that this machine does not allow, and the means that the others need. */
public final class MachineLimits {
    private static final Set<FaultKind> OF_DISKS =
            EnumSet.of(FaultKind.DISK_FULL, FaultKind.DISK_ABSENT, FaultKind.DISK_LOST, FaultKind.SHARE_LOST);

    private MachineLimits() {}

    /**
     * Means that the sites of a run get.
     *
     * @param withDisks disks of their own for some of their folders
     * @param withClocks clocks that can step
     */
    public record Means(boolean withDisks, boolean withClocks) {
        public static final Means NONE = new Means(false, false);
    }

    /** Tries each means once; returns those of the kinds that need one which is not there, with the reason. */
    public static Map<FaultKind, String> of(Set<FaultKind> kinds) {
        Map<FaultKind, String> leftOut = new EnumMap<>(FaultKind.class);
        leaveOut(leftOut, Set.of(FaultKind.SYNC_ERROR), "strace cannot inject here", SyncErrors::requirePossible);
        leaveOut(leftOut, OF_DISKS, "no tmpfs can be mounted here", MachineLimits::mountOnce);
        leaveOut(leftOut, Set.of(FaultKind.CLOCK_STEP), "no clock can be set here", SiteClock::requirePossible);
        leftOut.keySet().retainAll(kinds);
        return leftOut;
    }

    /** The means that the faults of a plan need. */
    public static Means means(List<Fault> plan) {
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
