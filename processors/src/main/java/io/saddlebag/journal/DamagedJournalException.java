package io.saddlebag.journal;

import java.nio.file.Path;
import java.sql.SQLException;

/** A journal changed at rest; the message says what to do. */
public final class DamagedJournalException extends SQLException {
    private static final long serialVersionUID = 1L;

    DamagedJournalException(Path database, String found) {
        super(database + ": expected the journal whole, found " + found
                + ". Look at the disk, and put back the newest back-up of this site's home");
    }
}
