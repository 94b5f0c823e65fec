package io.saddlebag.site;

import java.util.List;

/** Tells where a site whose settings and routes have no fault would put a file of a name. Looks at no file. */
@FunctionalInterface
public interface NameTrial {
    /** The answer of each folder, outbox or exchange. */
    List<Answer> answers(String fileName);

    /**
     * @param isTaken false when the file would be ignored or refused there
     * @param text the place, then what happens there, for the operator
     */
    record Answer(boolean isTaken, String text) {}
}
