package io.saddlebag.lab.claim;

import java.nio.file.FileSystemException;

/** A dropped file that looked complete is not: somebody wrote to it while it was taken. */
public final class ChangedMeanwhileException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    public ChangedMeanwhileException(String file, String reason) {
        super(file, null, reason);
    }
}
