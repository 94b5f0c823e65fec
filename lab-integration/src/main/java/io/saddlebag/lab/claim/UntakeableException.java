package io.saddlebag.lab.claim;

import java.nio.file.FileSystemException;

/** A dropped file that must stay in its drop folder until somebody changes it. Names the file, so that each is reported. */
public final class UntakeableException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    UntakeableException(String file, String reason, Exception cause) {
        super(file, null, reason);
        initCause(cause);
    }
}
