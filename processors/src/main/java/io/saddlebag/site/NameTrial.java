package io.saddlebag.site;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Tells where a site whose settings and routes have no fault would put a file of a name. Moves no file. */
@FunctionalInterface
public interface NameTrial {
    /** The answer of each folder, outbox or exchange. */
    List<Answer> answers(String fileName);

    /** As {@link #answers(String)} for the name of a file or folder, whose content the checks of routes judge. */
    default List<Answer> answers(Path file) throws IOException {
        return answers(file.getFileName().toString());
    }

    /**
     * @param isTaken false when the file would be ignored or refused there
     * @param text the place, then what happens there, for the operator
     */
    record Answer(boolean isTaken, String text) {}
}
