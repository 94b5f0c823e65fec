package io.saddlebag.rc.records;

import io.saddlebag.files.NativeLibraryFault;
import io.saddlebag.journal.DamagedJournalException;
import java.io.IOException;
import java.nio.file.Path;

/** The journal cannot be read or written; as with any trouble on the disk, the delivery is to be tried again. */
public final class JournalException extends IOException {
    private static final long serialVersionUID = 1L;

    public JournalException(Path file, Exception cause) {
        super(message(file, cause), cause);
    }

    private static String message(Path file, Exception cause) {
        return cause instanceof DamagedJournalException || cause instanceof NativeLibraryFault
                ? cause.getMessage()
                : file + ": expected a journal that can be read and written, found: " + cause.getMessage()
                        + ". Check the disk's space and the file's owner";
    }
}
