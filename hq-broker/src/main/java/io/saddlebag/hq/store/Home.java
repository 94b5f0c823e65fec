package io.saddlebag.hq.store;

import java.util.function.LongUnaryOperator;

/**
 * The headquarters that a store works for: the single one of a database, or a node among several. A delivery has one home,
 * which dispatches it.
 *
 * @param node 0 for the single one
 * @param numbers the next message number, of the last one that was given
 */
public record Home(long node, LongUnaryOperator numbers) {
    /** The one headquarters of a database. */
    public static final Home SINGLE = new Home(0, last -> last + 1);

    /** True when others work on the same database. */
    public boolean isNode() {
        return node != 0;
    }
}
