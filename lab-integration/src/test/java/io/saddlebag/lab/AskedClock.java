package io.saddlebag.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The time, and what happens just when a step asks for it. */
public final class AskedClock extends Clock {
    private final Meanwhile meanwhile;

    /** Runs when the time is asked for. */
    @FunctionalInterface
    public interface Meanwhile {
        void run() throws IOException;
    }

    public AskedClock(Meanwhile meanwhile) {
        this.meanwhile = meanwhile;
    }

    @Override
    public Instant instant() {
        try {
            meanwhile.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Instant.now();
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("always UTC");
    }
}
