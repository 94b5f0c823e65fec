package io.saddlebag.bench.chaos.fault;

import java.util.Set;

/**
 * Which run is wanted.
 *
 * @param kills altogether, shared by the four kinds of kills; other faults come a third as often as each kill, those of
 *     borders a sixth
 * @param files to drop, spread evenly over the faults
 * @param seed makes faults, targets and files the same again
 * @param kinds that are to be done
 */
public record ChaosOrder(int kills, int files, long seed, Set<FaultKind> kinds) {
    private static final int KINDS_OF_KILLS = 4;
    private static final int KILLS_AN_OTHER = 3;
    private static final int KILLS_A_BORDER = 6;

    public ChaosOrder {
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
