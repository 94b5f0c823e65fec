package io.saddlebag.identity;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Puts the certificates and keys of a renewal in the place of those before, whole. From the decision on, the folder {@code
 * renewed} in the identity folder holds them. After a crash, the next start moves the rest.
 */
public final class RenewedFiles {
    private static final String DECIDED = "renewed";
    private static final List<String> FILES = List.of("tls.key", "tls.crt", "signing.key", "signing.crt");

    private RenewedFiles() {}

    /** @param renewal a folder in the identity folder with all four files; it is gone afterwards */
    public static void takeOver(Path identityFolder, Path renewal) throws IOException {
        Files.move(renewal, identityFolder.resolve(DECIDED), StandardCopyOption.ATOMIC_MOVE);
        AtomicFiles.syncFolder(identityFolder);
        finish(identityFolder);
    }

    /** Finishes what a crash has interrupted. Call before the identity folder is read. */
    public static void finish(Path identityFolder) throws IOException {
        Path decided = identityFolder.resolve(DECIDED);
        if (!Files.isDirectory(decided)) {
            return;
        }
        for (String name : FILES) {
            if (Files.exists(decided.resolve(name))) {
                Files.move(
                        decided.resolve(name),
                        identityFolder.resolve(name),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        AtomicFiles.syncFolder(identityFolder);
        FileTree.delete(decided);
    }
}
