package io.saddlebag.console.find;

import io.saddlebag.console.read.UnansweredException;

/** Finds messages in the records of one home. */
@FunctionalInterface
public interface Finder {
    /**
     * @param after where the page begins, of the page before; null for the first
     * @param size the most messages of the page
     */
    FoundPage find(Query query, String after, int size) throws UnansweredException;
}
