package io.saddlebag.files;

import io.saddlebag.log.FaultText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Folders whose file system cannot bring entries to the disk (fsync of a folder), where the operator accepts that. The
 * list is one for the whole process, as its mounts are. Any number of threads may call.
 */
public final class UnsyncedFolders {
    private static final Map<Path, String> REASONS = new ConcurrentHashMap<>();

    private UnsyncedFolders() {}

    /**
     * Tests if the entries of a folder can be synced where its files can.
     *
     * @param folder one that is there
     * @return what the file system says; empty when it can, or when the disk itself is in trouble
     */
    public static Optional<String> reason(Path folder) {
        try {
            AtomicFiles.force(folder);
            return Optional.empty();
        } catch (IOException e) {
            return canSyncFiles(folder) ? Optional.of(reasonOf(e)) : Optional.empty();
        }
    }

    private static boolean canSyncFiles(Path folder) {
        try {
            Files.delete(AtomicFiles.write(folder.resolve("sync"), out -> out.write(0)));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * From now on a sync of this folder, or of one below it, that fails for this reason counts as done.
     *
     * @param reason as {@link #reason} found it
     */
    public static void accept(Path folder, String reason) {
        REASONS.put(folder.toAbsolutePath().normalize(), reason);
    }

    static boolean isAccepted(Path folder, IOException failure) {
        if (REASONS.isEmpty()) {
            return false;
        }
        String reason = reasonOf(failure);
        Path at = folder.toAbsolutePath().normalize();
        return REASONS.entrySet().stream()
                .anyMatch(accepted ->
                        at.startsWith(accepted.getKey()) && accepted.getValue().equals(reason));
    }

    private static String reasonOf(IOException failure) {
        return FaultText.of(failure);
    }
}
