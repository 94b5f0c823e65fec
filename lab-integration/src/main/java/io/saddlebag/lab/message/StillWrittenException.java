package io.saddlebag.lab.message;

import java.io.IOException;

/** A file that looked complete was written to afterwards. It returns to its drop folder and settles anew. */
public final class StillWrittenException extends IOException {
    private static final long serialVersionUID = 1L;

    public StillWrittenException(FileLook before, FileLook after) {
        super("it was written to after it had stood still: " + before + " became " + after);
    }
}
