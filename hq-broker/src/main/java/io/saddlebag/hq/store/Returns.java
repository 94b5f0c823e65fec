package io.saddlebag.hq.store;

import java.time.Instant;

/**
 * How a delivery came back unsettled.
 *
 * @param refused how often its receiver gave it back, or headquarters could not read it; without the ends of connections
 * @param since when it first came back, UTC; null when it never did
 */
public record Returns(int refused, Instant since) {
    /** It never came back. */
    public static final Returns NONE = new Returns(0, null);

    /** Once more, by the end of its connection. */
    public Returns cutOff(Instant now) {
        return new Returns(refused, since == null ? now : since);
    }

    /** Once more, by a NACK or an attempt that failed. */
    public Returns refused(Instant now) {
        return new Returns(refused + 1, since == null ? now : since);
    }
}
