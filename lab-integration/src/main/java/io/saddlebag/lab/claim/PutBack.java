package io.saddlebag.lab.claim;

import io.saddlebag.files.HeldFolder;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way back from the claims: into the drop folder itself, never into a folder below it. */
public final class PutBack {
    private static final Logger LOG = LoggerFactory.getLogger(PutBack.class);

    private PutBack() {}

    /**
     * Puts a claimed file or folder back into its drop folder. Replaces nothing.
     *
     * @param root the drop folder
     * @return false when something has its name there, or it cannot be put there in one step; it is left as it is
     */
    public static boolean into(Path root, Path content, String fileName) throws IOException {
        try (HeldFolder folder = HeldFolder.open(root);
                HeldFolder from = HeldFolder.open(content.getParent())) {
            Path name = Path.of(fileName);
            if (folder.isThere(name)) {
                return false;
            }
            if (Files.isRegularFile(content, LinkOption.NOFOLLOW_LINKS)) {
                try {
                    Files.createLink(root.resolve(name), content);
                    Files.delete(content);
                    folder.sync(root);
                    return true;
                } catch (FileAlreadyExistsException e) {
                    return false;
                } catch (UnsupportedOperationException | FileSystemException e) {
                    LOG.debug("no hard link into {}; renamed instead", root, e);
                }
            }
            from.move(content.getFileName(), folder, name);
            folder.sync(root);
            return true;
        } catch (AtomicMoveNotSupportedException e) {
            return false;
        }
    }
}
