package io.saddlebag.cli.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The faults of a run in their order, the same for the same seed and the same means of this machine. */
final class FaultPlan {
    private static final int LONGEST_GAP_MILLIS = 600;
    private static final int SHORTEST_MILLIS = 200;
    private static final int VARIANTS = 1 << 16;

    private FaultPlan() {}

    /**
     * @param kills how many of each of the four kills
     * @param others how many of each other kind
     * @param files dropped during the plan, spread evenly
     * @param left out kinds that this machine does not allow, with the reason
     */
    static List<Fault> of(long seed, int kills, int others, int files, Map<FaultKind, String> leftOut) {
        Random random = new Random(seed);
        List<FaultKind> kinds = new ArrayList<>();
        for (FaultKind kind : FaultKind.values()) {
            kinds.addAll(Collections.nCopies(kind.isKill() ? kills : others, kind));
        }
        Collections.shuffle(kinds, random);
        List<Fault> plan = new ArrayList<>();
        Map<FaultKind, Integer> turns = new EnumMap<>(FaultKind.class);
        for (int i = 0; i < kinds.size(); i++) {
            FaultKind kind = kinds.get(i);
            List<Target> targets = targets(kind);
            // In turn and not by lot, so that few faults still meet every kind of site.
            Target target = targets.get(turns.merge(kind, 1, Integer::sum) % targets.size());
            int share = (int) ((long) files * (i + 1) / kinds.size() - (long) files * i / kinds.size());
            int millis = kind.longestMillis() == 0
                    ? 0
                    : SHORTEST_MILLIS + random.nextInt(kind.longestMillis() - SHORTEST_MILLIS);
            Fault fault = new Fault(
                    kind, target, millis, random.nextInt(VARIANTS), random.nextInt(LONGEST_GAP_MILLIS), share);
            if (!leftOut.containsKey(kind)) {
                plan.add(fault);
            }
        }
        return plan;
    }

    private static List<Target> targets(FaultKind kind) {
        return switch (kind) {
            case KILL_HQ -> List.of(Target.HQ);
            case KILL_POSTGRES -> List.of(Target.POSTGRES);
            case KILL_LAB -> Target.LABS;
            case KILL_CENTRE -> Target.CENTRES;
            case PAUSE, SYNC_ERROR -> List.of(Target.values());
            case RESET, HALF_OPEN, DELAY, CUT, CORRUPT -> Target.CLIENTS;
            case DISK_FULL -> Target.SMALL_DISKS;
        };
    }
}
