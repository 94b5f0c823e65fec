package io.saddlebag.files;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** The disk that belongs to a folder is not there. Passes once it is mounted again. */
public final class StoreAwayException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    public StoreAwayException(Path folder, String reason) {
        super(folder.toString(), null, reason);
    }
}
