package io.saddlebag.lab.claim;

import java.nio.file.FileSystemException;

/** A copy made no progress for long. It is left to its thread; the claim is offered again should the thread come back. */
public final class CopyHangsException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    CopyHangsException(String file, String reason) {
        super(file, null, reason);
    }
}
