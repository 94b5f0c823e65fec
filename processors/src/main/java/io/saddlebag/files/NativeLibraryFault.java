package io.saddlebag.files;

import java.sql.SQLException;

/** SQLite's native library cannot be used: no fault of the database or of its disk. The message says which folder is. */
public final class NativeLibraryFault extends SQLException {
    private static final long serialVersionUID = 1L;

    NativeLibraryFault(String message, Throwable cause) {
        super(message, cause);
    }
}
