package io.saddlebag.lab.bag;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.util.ArrayList;
import java.util.List;

/** The faults of a bag: all counted, the first ones named. */
final class BagFaults {
    static final int NAMED = 5;

    private final List<String> first = new ArrayList<>();
    private long count;

    /** @param path printed as far as it can be */
    void add(String path, String what) {
        if (first.size() < NAMED) {
            first.add("'" + Printable.of(path) + "' " + what);
        }
        count++;
    }

    /** @throws Refusal {@code BAD_DIGEST} when there are any */
    void throwIfAny(boolean hasFetchFile) {
        if (count == 0) {
            return;
        }
        throw new Refusal(
                Refusal.Code.BAD_DIGEST,
                "Expected a bag that is what its manifests say, found " + count
                        + (count == 1 ? " fault: " : " faults: ")
                        + String.join("; ", first) + (count > NAMED ? "; and more" : "") + ". "
                        + (hasFetchFile ? "Fetch what fetch.txt names, or put" : "Put")
                        + " the bag right, and drop it again");
    }
}
