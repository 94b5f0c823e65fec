package io.saddlebag.lab.audit;

import io.saddlebag.audit.FileDigest;
import io.saddlebag.audit.Ledger;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Finds the one file that a row's file was kept as: under its name, or with {@code .2}, {@code .3} and so on. */
final class KeptFiles {
    private final Ledger ledger;

    KeptFiles(Ledger ledger) {
        this.ledger = Objects.requireNonNull(ledger, "ledger");
    }

    /**
     * Looks through the folders in their order. The first of the right digest is taken; when there is none, the first
     * that belongs to nobody, which was altered then.
     *
     * @param expected null when any will do
     * @return where it is; empty when there is none of that name that belongs to no other row
     */
    Optional<Path> take(List<Path> folders, String fileName, Sha256 expected) throws IOException {
        Path other = null;
        for (Path folder : folders) {
            for (int copy = 1; ; copy++) {
                Path file = folder.resolve(copy == 1 ? fileName : fileName + "." + copy);
                if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    if (Files.exists(file.resolveSibling(file.getFileName() + LabAudit.REASON))) {
                        // Taken out of failed/ by hand: no other gets its number.
                        continue;
                    }
                    break;
                }
                if (ledger.isTaken(file)) {
                    continue;
                }
                if (expected == null
                        || FileDigest.of(file).filter(expected::equals).isPresent()) {
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
}
