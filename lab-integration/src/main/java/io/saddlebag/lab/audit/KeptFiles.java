package io.saddlebag.lab.audit;

import io.saddlebag.audit.FileDigest;
import io.saddlebag.audit.Ledger;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Finds the one file that a row's file was kept as: under its name, or with {@code .2}, {@code .3} and so on. */
final class KeptFiles {
    private final Ledger ledger;

    KeptFiles(Ledger ledger) {
        this.ledger = Objects.requireNonNull(ledger, "ledger");
    }

    /**
     * @param file where it is; null when there is none of that name that belongs to no other row
     * @param sha256 of what is there; null for what has none, such as a link
     */
    record Place(Path file, Sha256 sha256) {
        static final Place NONE = new Place(null, null);
    }

    /**
     * Looks through the folders in their order. The first of the right digest is taken; when there is none, the first
     * that belongs to nobody, which was altered then.
     *
     * @param expected null when any will do
     */
    Place take(List<Path> folders, String fileName, Sha256 expected) throws IOException {
        Place other = Place.NONE;
        for (Path folder : folders) {
            for (int copy = 1; ; copy++) {
                Path file = folder.resolve(copy == 1 ? fileName : fileName + "." + copy);
                if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    break;
                }
                if (ledger.isTaken(file)) {
                    continue;
                }
                Sha256 found = digest(file);
                if (expected == null || found == null || found.equals(expected)) {
                    ledger.take(file);
                    return new Place(file, found);
                }
                if (other.file() == null) {
                    other = new Place(file, found);
                }
            }
        }
        if (other.file() != null) {
            ledger.take(other.file());
        }
        return other;
    }

    /** Null for what is neither file nor folder, and for a folder that could never travel. */
    static Sha256 digest(Path file) throws IOException {
        boolean isContent = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                || Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
        try {
            return isContent ? FileDigest.of(file) : null;
        } catch (Refusal e) {
            return null;
        }
    }
}
