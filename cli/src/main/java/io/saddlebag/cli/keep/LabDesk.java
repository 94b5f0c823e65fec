package io.saddlebag.cli.keep;

import io.saddlebag.journal.JournalException;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/**
 * A laboratory's home and journal for a command. Where the laboratory does not run, the command holds the home, so that it
 * cannot be started meanwhile.
 */
final class LabDesk implements AutoCloseable {
    private final SiteHome home;
    private final RunningSite held;
    private final LabJournal journal;

    /** @param held null while the laboratory runs */
    private LabDesk(SiteHome home, RunningSite held, LabJournal journal) {
        this.home = home;
        this.held = held;
        this.journal = journal;
    }

    static LabDesk open(Path folder, Clock clock) throws IOException, SiteStartException {
        SiteHome home = new SiteHome(folder);
        Path file = home.journal().resolve("lab.db");
        if (!Files.exists(file)) {
            throw new IOException(folder + ": expected the home of a laboratory that was started, found no"
                    + " journal/lab.db. Check --home");
        }
        RunningSite held = RunningSite.isRunning(home) ? null : RunningSite.claim(home, clock);
        try {
            return new LabDesk(home, held, LabJournal.open(file));
        } catch (JournalException e) {
            if (held != null) {
                held.close();
            }
            throw new IOException(e.getMessage(), e);
        }
    }

    SiteHome home() {
        return home;
    }

    LabJournal journal() {
        return journal;
    }

    boolean isRunning() {
        return held == null;
    }

    @Override
    public void close() throws IOException {
        journal.close();
        if (held != null) {
            held.close();
        }
    }
}
