package io.saddlebag.check.kind;

import java.nio.file.Path;

/** One check as a check file describes it. Immutable; for any number of threads. */
public interface ContentCheck {
    /**
     * Begins with a message.
     *
     * @param faults takes its faults
     * @param work a folder of the site alone, for what a check keeps on the disk meanwhile
     */
    MessageCheck begin(Faults faults, Path work);
}
