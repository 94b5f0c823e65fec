package io.saddlebag.files;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * Names for files that share one: {@code name}, {@code name.2}, {@code name.3} and so on. A free name is found by
 * doubling the number and then halving the gap: among n files of one name it takes about 2 log2(n) looks at the folder.
 * For any number of threads.
 */
public final class NumberedName {
    /** More threads than this never want one name at the same moment. */
    private static final int MOST_ATTEMPTS = 1_000;

    private NumberedName() {}

    /** Gives a file a name that must be free. */
    @FunctionalInterface
    public interface Placement {
        /** @throws FileAlreadyExistsException when the name is taken; nothing was changed */
        void at(Path target) throws IOException;
    }

    /** @param copy from 1 on */
    public static Path of(Path folder, String name, int copy) {
        return folder.resolve(copy == 1 ? name : name + "." + copy);
    }

    /**
     * Places a file under the name, or under it with a number that nothing in the folder has. The placement itself finds
     * a dangling link, which the look before it does not see.
     */
    public static Path place(Path folder, String name, Placement placement) throws IOException {
        return place(folder, name, AtomicFiles::isThere, placement);
    }

    /**
     * @param isTaken true for a name that no file may get, though it may be free
     * @return the name that it was placed under
     * @throws FileAlreadyExistsException when each name that seemed free was taken
     */
    public static Path place(Path folder, String name, Predicate<Path> isTaken, Placement placement)
            throws IOException {
        int copy = 1;
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            Path target = of(folder, name, copy);
            if (!isTaken.test(target)) {
                try {
                    placement.at(target);
                    return target;
                } catch (FileAlreadyExistsException taken) {
                    // Another thread was faster.
                }
            }
            copy = freeAfter(copy, number -> isTaken.test(of(folder, name, number)));
        }
        throw new FileAlreadyExistsException(
                of(folder, name, copy).toString(), null, "expected a free name, found each taken; look at the folder");
    }

    /** The number after one that is taken, itself free. */
    private static int freeAfter(int taken, Predicate<Integer> isTaken) {
        int low = taken;
        int step = 1;
        int high = low + step;
        while (isTaken.test(high)) {
            low = high;
            step *= 2;
            high = low + step;
        }
        while (high - low > 1) {
            int middle = low + (high - low) / 2;
            if (isTaken.test(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }
}
