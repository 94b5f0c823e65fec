package io.saddlebag.hq.node;

import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/**
 * The message numbers of a node: microseconds since 1970 by the database's clock, and the node's slot in the lowest bits.
 * They ascend, no other node gives the same one, and no question to the database is needed. A node's own wall clock has no
 * part in them, so that a wrong one raises no number.
 */
public final class NodeNumbers implements LongUnaryOperator {
    /** The highest slot; there is none below 1. */
    public static final int SLOTS = 63;

    private static final int SLOT_BITS = 6;

    private final int slot;
    private final LongSupplier micros;

    /** @param micros the database's clock, never ahead of it, in microseconds since 1970 */
    public NodeNumbers(int slot, LongSupplier micros) {
        if (slot < 1 || slot > SLOTS) {
            throw new IllegalArgumentException("expected a slot from 1 to " + SLOTS + ", found " + slot);
        }
        this.slot = slot;
        this.micros = micros;
    }

    /**
     * The next number.
     *
     * @param last the highest number given so far, of this node or of any that ended before it began
     */
    @Override
    public long applyAsLong(long last) {
        return Math.max((last >> SLOT_BITS) + 1, micros.getAsLong()) << SLOT_BITS | slot;
    }
}
