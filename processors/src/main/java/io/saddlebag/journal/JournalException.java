package io.saddlebag.journal;

import io.saddlebag.files.NativeFolder;
import java.nio.file.Path;

/** The journal cannot be read or written. Nothing was recorded; the message stays where it was. */
public final class JournalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JournalException(Path file, Throwable cause) {
        super(message(file, cause), cause);
    }

    private static String message(Path file, Throwable cause) {
        return cause instanceof JournalFile.DamagedException || cause instanceof NativeFolder.LibraryFault
                ? cause.getMessage()
                : file + ": expected a journal that can be read and written, found: " + cause.getMessage()
                        + ". Look at the disk's free space and the file's owner";
    }
}
