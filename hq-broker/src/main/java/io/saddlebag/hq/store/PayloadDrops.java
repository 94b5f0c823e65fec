package io.saddlebag.hq.store;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drops payloads for callers who have nothing to do about a fault, because the next start frees the payload. */
public final class PayloadDrops {
    private static final Logger LOG = LoggerFactory.getLogger(PayloadDrops.class);

    private PayloadDrops() {}

    /**
     * Drops a payload; null for none. A fault is logged.
     *
     * @return true if it was dropped
     */
    public static boolean drop(PayloadStore payloads, PayloadRef payload) {
        if (payload == null) {
            return false;
        }
        try {
            payloads.drop(payload);
            return true;
        } catch (IOException e) {
            LOG.warn("payload {} cannot be dropped, the next start frees it: {}", payload, e.toString());
            return false;
        }
    }
}
