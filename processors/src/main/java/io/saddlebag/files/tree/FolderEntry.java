package io.saddlebag.files.tree;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A file or folder below a folder.
 *
 * @param file where it lies
 * @param path within the folder, {@code /} between the names
 * @param size in bytes when it was listed; 0 for a folder
 */
public record FolderEntry(Path file, String path, boolean isFolder, long size) {
    public FolderEntry {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(path, "path");
    }
}
