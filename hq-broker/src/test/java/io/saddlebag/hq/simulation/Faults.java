package io.saddlebag.hq.simulation;

import java.util.Random;

/** The faults that the seed chooses; none once it is quiet. */
final class Faults {
    private final Random random;
    private final int oneIn;
    private boolean quiet;

    /** @param oneIn how many calls a fault of a kind is rare by; 0 for none ever */
    Faults(Random random, int oneIn) {
        this.random = random;
        this.oneIn = oneIn;
    }

    void quiet() {
        quiet = true;
    }

    boolean areQuiet() {
        return quiet;
    }

    /** True when it goes wrong this time. */
    boolean strike() {
        return !quiet && oneIn > 0 && random.nextInt(oneIn) == 0;
    }

    /** A number below the bound, or 0 when all is quiet. */
    int pick(int bound) {
        return quiet ? 0 : random.nextInt(bound);
    }

    boolean toss() {
        return random.nextBoolean();
    }
}
