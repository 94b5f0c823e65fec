package io.saddlebag.bench.chaos.fault;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** The faults of a run in their order, the same for the same seed and the same means of this machine. */
public final class FaultPlan {
    private static final int LONGEST_GAP_MILLIS = 600;
    private static final int SHORTEST_MILLIS = 200;
    private static final int VARIANTS = 1 << 16;

    private FaultPlan() {}

    /**
     * @param order which kinds, and how many faults and files
     * @param leftOut kinds that this machine does not allow, with the reason
     */
    public static List<Fault> of(Order order, Map<FaultKind, String> leftOut) {
        Random random = new Random(order.seed());
        int files = order.files();
        List<FaultKind> kinds = new ArrayList<>();
        for (FaultKind kind : FaultKind.values()) {
            kinds.addAll(Collections.nCopies(order.times(kind), kind));
        }
        Collections.shuffle(kinds, random);
        List<Fault> plan = new ArrayList<>();
        Map<FaultKind, Integer> turns = new EnumMap<>(FaultKind.class);
        for (int i = 0; i < kinds.size(); i++) {
            FaultKind kind = kinds.get(i);
            // In turn and not by lot, so that few faults still meet every kind of site.
            int turn = turns.merge(kind, 1, Integer::sum);
            int variant = random.nextInt(VARIANTS);
            List<DiskPlace> disks = disks(kind);
            List<Target> targets = targets(kind);
            Target target = targets.get(turn % targets.size());
            if (!disks.isEmpty()) {
                DiskPlace disk = disks.get((turn - 1) % disks.size());
                target = disk.target();
                variant = disk.ordinal();
            }
            int share = (int) ((long) files * (i + 1) / kinds.size() - (long) files * i / kinds.size());
            int millis = kind.longestMillis() == 0
                    ? 0
                    : SHORTEST_MILLIS + random.nextInt(kind.longestMillis() - SHORTEST_MILLIS);
            Fault fault = new Fault(kind, target, millis, variant, random.nextInt(LONGEST_GAP_MILLIS), share);
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
            case DISK_ABSENT, DISK_LOST, SHARE_LOST ->
                disks(kind).stream().map(DiskPlace::target).toList();
            case CLOCK_STEP -> Target.CLOCKS;
            case RESTORE -> List.of(Target.PA_LAB);
            case FLIP_SPOOL, FLIP_DATABASE -> List.of(Target.HQ);
            case FLIP_JOURNAL -> Target.FLIPPED_JOURNALS;
        };
    }

    private static List<DiskPlace> disks(FaultKind kind) {
        return switch (kind) {
            case DISK_ABSENT -> Stream.of(DiskPlace.values()).toList();
            case DISK_LOST -> DiskPlace.STORES;
            case SHARE_LOST -> DiskPlace.SHARES;
            default -> List.of();
        };
    }

    /**
     * Which run is wanted.
     *
     * @param kills altogether, shared by the four kinds of kills; other faults come a third as often as each kill, those of
     *     borders a sixth
     * @param files to drop, spread evenly over the faults
     * @param seed makes faults, targets and files the same again
     * @param kinds that are to be done
     */
    public record Order(int kills, int files, long seed, Set<FaultKind> kinds) {
        private static final int KINDS_OF_KILLS = 4;
        private static final int KILLS_AN_OTHER = 3;
        private static final int KILLS_A_BORDER = 6;

        public Order {
            kinds = Set.copyOf(kinds);
        }

        /** How often a kind comes. */
        int times(FaultKind kind) {
            if (!kinds.contains(kind)) {
                return 0;
            }
            int each = ratioUp(kills, KINDS_OF_KILLS);
            return kind.isKill() ? each : ratioUp(each, kind.isOfBorder() ? KILLS_A_BORDER : KILLS_AN_OTHER);
        }

        private static int ratioUp(int number, int by) {
            return (number + by - 1) / by;
        }
    }

    /**
     * One fault of a plan.
     *
     * @param target whom it meets; for the network's faults, whose connections
     * @param millis how long it lasts
     * @param variant what the kind makes of it, such as a position; for a disk the ordinal of its {@link DiskPlace}
     * @param gapMillis between the fault before and this one
     * @param files dropped meanwhile
     */
    public record Fault(FaultKind kind, Target target, int millis, int variant, int gapMillis, int files) {}
}
