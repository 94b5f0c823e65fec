package io.saddlebag.hq.store;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs an outage of the database as one line, and its end as another, however much fails meanwhile. Safe for any number of
 * threads; no method blocks.
 */
public final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    private final LongSupplier nanos;
    private boolean lasts;
    private long since;
    private long failures;

    public Outage() {
        this(System::nanoTime);
    }

    /** @param nanos a clock that only moves forward, in nanoseconds */
    Outage(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Something failed that may succeed later; the first of an outage is logged. */
    public synchronized void failed(String what) {
        failures++;
        if (!lasts) {
            lasts = true;
            since = nanos.getAsLong();
            LOG.error("database outage: {}; nothing is confirmed until it ends, its end is logged", what);
        } else {
            LOG.debug("database outage lasts: {}", what);
        }
    }

    /** The database did what it was asked for. */
    public synchronized void ended() {
        if (lasts) {
            lasts = false;
            LOG.info(
                    "database outage ended after {} s, failures={}",
                    TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - since) / 1_000.0,
                    failures);
            failures = 0;
        }
    }
}
