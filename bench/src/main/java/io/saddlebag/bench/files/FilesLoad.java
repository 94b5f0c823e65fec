package io.saddlebag.bench.files;

import java.util.List;

/**
 * The files of a run.
 *
 * @param files how many are measured
 * @param sizes in bytes; the files have them in turn
 * @param recipients of each file, 1 to 3
 * @param warmUp files that go before the clock runs, of the same sizes but at most 1 MiB
 * @param cuts how often the laboratory's connection is cut, and then the first centre's; only where one file is measured
 */
public record FilesLoad(int files, List<Long> sizes, int recipients, int warmUp, int cuts) {
    public FilesLoad {
        sizes = List.copyOf(sizes);
    }

    long size(int number) {
        return sizes.get(number % sizes.size());
    }

    /** The sum of all measured files. */
    long bytes() {
        long bytes = 0;
        for (int number = 0; number < files; number++) {
            bytes += size(number);
        }
        return bytes;
    }
}
