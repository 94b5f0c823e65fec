package io.saddlebag.audit;

import io.saddlebag.files.NumberedName;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the one file that a row's file was kept as: where the row says, else under its name, or with {@code .2}, {@code .3}
 * and so on. For each name the search begins after the taken ones.
 */
final class KeptFiles {
    private final Ledger ledger;
    /** By name in a folder the first number that may be free; for the names of which there are several. */
    private final Map<Path, Integer> first = new HashMap<>();

    KeptFiles(Ledger ledger) {
        this.ledger = ledger;
    }

    /** The file in the place that its row names; empty when it was taken away. */
    Optional<Path> takeAt(Path place) throws IOException {
        boolean isThere = Files.exists(place, LinkOption.NOFOLLOW_LINKS);
        return isThere && ledger.take(place) ? Optional.of(place) : Optional.empty();
    }

    /**
     * Looks through the folders in their order. The first of the right digest is taken; when there is none, the first
     * that belongs to no row, which was altered then.
     *
     * @param expected null when any will do
     * @return where it is; empty when there is none of that name that belongs to no other row
     */
    Optional<Path> take(List<Path> folders, String fileName, Sha256 expected) throws IOException {
        Path other = null;
        for (Path folder : folders) {
            Path named = folder.resolve(fileName);
            int begin = first.getOrDefault(named, 1);
            for (int copy = begin; ; copy++) {
                Path file = NumberedName.of(folder, fileName, copy);
                if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    if (Files.exists(file.resolveSibling(file.getFileName() + LabAudit.REASON))) {
                        // Taken out of failed/ by hand: no other gets its number.
                        begin = skip(named, begin, copy);
                        continue;
                    }
                    break;
                }
                if (ledger.isTaken(file)) {
                    begin = skip(named, begin, copy);
                    continue;
                }
                if (expected == null
                        || SiteAccount.digest(file).filter(expected::equals).isPresent()) {
                    ledger.take(file);
                    return Optional.of(file);
                }
                other = other == null ? file : other;
            }
        }
        if (other != null) {
            ledger.take(other);
        }
        return Optional.ofNullable(other);
    }

    private int skip(Path named, int begin, int copy) {
        if (copy > begin) {
            return begin;
        }
        first.put(named, copy + 1);
        return copy + 1;
    }
}
