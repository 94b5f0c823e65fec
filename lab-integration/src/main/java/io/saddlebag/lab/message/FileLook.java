package io.saddlebag.lab.message;

import io.saddlebag.files.tree.FolderWalk;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * How a file looked from outside; when that changes, somebody has written to it.
 *
 * @param size in bytes; of a folder that of its tar
 * @param modified when it, or the newest in a folder, was last written to, in microseconds, which every file system copies alike
 */
public record FileLook(long size, Instant modified) {
    /**
     * Of what cannot travel by now, such as a pipe, or a folder with a link in it or out of which something goes: somebody has
     * written to it.
     */
    private static final FileLook UNFIT = new FileLook(-1, Instant.EPOCH);

    public FileLook {
        Objects.requireNonNull(modified, "modified");
    }

    public static FileLook of(BasicFileAttributes attributes) {
        return new FileLook(
                attributes.size(), attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.MICROS));
    }

    /** Of a file, or of a folder with all that is in it. Follows no link and opens no file. */
    public static FileLook of(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isDirectory()) {
            return ofFolder(file);
        }
        return attributes.isRegularFile() ? of(attributes) : UNFIT;
    }

    /** Whether it is still what was judged, looking like that; nobody may open it otherwise. */
    public boolean isAsIn(FileLook before) {
        return !equals(UNFIT) && (before == null || equals(before));
    }

    private static FileLook ofFolder(Path folder) throws IOException {
        try {
            FolderWalk walk = FolderWalk.through(folder);
            return new FileLook(walk.tarSize(), walk.modified().truncatedTo(ChronoUnit.MICROS));
        } catch (Refusal e) {
            return UNFIT;
        } catch (NoSuchFileException | NotDirectoryException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
            // What is in it comes and goes.
            return UNFIT;
        }
    }

    @Override
    public String toString() {
        return equals(UNFIT) ? "what cannot travel" : size + " bytes of " + modified;
    }
}
