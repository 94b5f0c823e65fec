package io.saddlebag.lab.claim;

import java.nio.file.FileSystemException;

/** A dropped file cannot be taken now, and must not count as refused. Names the file, so that each is reported. */
public final class NotTakenException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** The reason. */
    public enum Kind {
        /** It looked complete and is not: somebody wrote to it while it was taken. It is in its drop folder again. */
        CHANGED_MEANWHILE,
        /** It must stay in its drop folder until somebody changes it. */
        UNTAKEABLE,
        /** Its copy made no progress for long. That is left to its thread; the claim is offered again should it return. */
        COPY_HANGS
    }

    public NotTakenException(Kind kind, String file, String reason) {
        super(file, null, reason);
        this.kind = kind;
    }

    NotTakenException(Kind kind, String file, String reason, Exception cause) {
        this(kind, file, reason);
        initCause(cause);
    }

    public Kind kind() {
        return kind;
    }
}
