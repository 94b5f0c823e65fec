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

/**
 * A file's size and time; a change of either shows that somebody has written to it.
 *
 * @param size in bytes; of a folder that of its tar
 * @param modified the time of the last write to it, or to the newest in a folder; in microseconds, which every file
 *     system copies alike
 */
public record FileLook(long size, Instant modified) {
    /**
     * The look of an entry that cannot travel, such as a pipe, a folder with a link in it, or a folder that loses
     * files.
     */
    private static final FileLook UNFIT = new FileLook(-1, Instant.EPOCH);

    public static FileLook of(BasicFileAttributes attributes) {
        return new FileLook(
                attributes.size(), attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.MICROS));
    }

    /** The look of a file, or of a folder with all that is in it. Follows no link and opens no file. */
    public static FileLook of(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isDirectory()) {
            return ofFolder(file);
        }
        return attributes.isRegularFile() ? of(attributes) : UNFIT;
    }

    /** True if it still looks as it did when it was judged; else it must not be opened. */
    public boolean isAsIn(FileLook before) {
        return !equals(UNFIT) && equals(before);
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
            // Its entries come and go.
            return UNFIT;
        }
    }

    @Override
    public String toString() {
        return equals(UNFIT) ? "what cannot travel" : size + " bytes of " + modified;
    }
}
