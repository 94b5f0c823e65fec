package io.saddlebag.lab.records;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.message.Json;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Puts a failed file back into the drop folder that it came from, under its own name, so that it is sent under the same
 * message_id. Works on the folders alone: a laboratory that runs takes the file, another at its next start. The reason
 * is kept in {@code failed/.retried/}.
 */
public final class RetryFailed {
    private static final String FAILED = "failed";
    private static final String RETRIED = ".retried";

    private RetryFailed() {}

    /** The failed file that is meant when it or its reason is named; absolute. */
    public static Path failedFile(Path named) {
        Path file = named.toAbsolutePath().normalize();
        String name = file.getFileName() == null ? "" : file.getFileName().toString();
        return name.endsWith(FailedFolder.REASON_SUFFIX)
                ? file.resolveSibling(name.substring(0, name.length() - FailedFolder.REASON_SUFFIX.length()))
                : file;
    }

    /**
     * @param file in {@code failed/} of a laboratory's home
     * @return its new place
     * @throws IllegalArgumentException when it is no failed file, or its drop folder is not known or not there
     * @throws FileAlreadyExistsException when another file in its drop folder has its name; nothing was moved
     */
    public static Path retry(Path file) throws IOException {
        if (!isInHome(file)) {
            throw new IllegalArgumentException(file + ": expected a file in " + FAILED
                    + "/ of a laboratory's home, found one elsewhere. Name the file as it lies there");
        }
        Path folder = file.getParent();
        SiteHome home = new SiteHome(folder.getParent());
        Path reasonFile = FailedFolder.reasonOf(file);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IllegalArgumentException(file + ": expected a failed file, found "
                    + (Files.exists(reasonFile) ? "only the reason of one that was taken away by hand" : "none")
                    + ". Check the name, or drop the file anew");
        }
        FailureReason reason = read(reasonFile);
        Path target = target(home, reason, reasonFile);
        requireMovable(file, target);
        LabFolders.move(file, target);
        Path retried = folder.resolve(RETRIED);
        AtomicFiles.createFolders(retried);
        LabFolders.keep(reasonFile, retried, reasonFile.getFileName().toString());
        return target;
    }

    /** True for a path in {@code failed/} of a site's home. */
    public static boolean isInHome(Path file) {
        Path folder = file.getParent();
        return folder != null
                && folder.getParent() != null
                && folder.endsWith(FAILED)
                && new SiteHome(folder.getParent()).exists();
    }

    /** A copy would read files that the dropper of an unchanged folder can exchange meanwhile. */
    private static void requireMovable(Path file, Path target) throws IOException {
        boolean isFolder = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
        if (isFolder && !Files.getFileStore(file).equals(Files.getFileStore(target.getParent()))) {
            throw new IllegalArgumentException(file + ": expected its drop folder on the same file system, found it on"
                    + " another. Copy the folder there by hand, then take this one away");
        }
    }

    private static FailureReason read(Path reasonFile) throws IOException {
        try {
            return Json.read(Files.readAllBytes(reasonFile), FailureReason.class);
        } catch (NoSuchFileException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    reasonFile + ": expected the reason beside the failed file, which says where it was dropped, found "
                            + (e instanceof NoSuchFileException ? "none" : e.getMessage())
                            + ". Move the file into its drop folder by hand",
                    e);
        }
    }

    private static Path target(SiteHome home, FailureReason reason, Path reasonFile) {
        boolean isName = Path.of(reason.fileName()).getNameCount() == 1
                && !reason.fileName().contains("/")
                && !reason.fileName().equals("..");
        if (reason.returnsTo() == null || !isName) {
            throw new IllegalArgumentException(reasonFile
                    + ": expected dropped_in, the folder where it was dropped, and file_name without folders, found "
                    + "something else. Move the file into its drop folder by hand");
        }
        Path folder = home.resolve(reason.returnsTo());
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    folder + ": expected the folder where the file was dropped, found none. Make or mount it first");
        }
        return folder.resolve(reason.fileName());
    }
}
