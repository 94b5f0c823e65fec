package io.saddlebag.rc.intake;

import io.saddlebag.stomp.StompConnection;

/**
 * How many bytes of frames wait in memory to be worked on; what waits for headquarters' answer is bounded by the prefetch. Above the limit the connection is not read from, below half of
 * it again: TCP then holds headquarters back. For any number of threads.
 */
public final class Intake {
    private final long limit;
    private long waiting;
    private StompConnection paused;

    public Intake(long limit) {
        this.limit = limit;
    }

    synchronized void take(StompConnection connection, int bytes) {
        waiting += bytes;
        if (waiting > limit && connection != null) {
            paused = connection;
            connection.pauseReading();
        }
    }

    synchronized void release(int bytes) {
        waiting -= bytes;
        if (paused != null && waiting <= limit / 2) {
            paused.resumeReading();
            paused = null;
        }
    }

    synchronized long waiting() {
        return waiting;
    }
}
