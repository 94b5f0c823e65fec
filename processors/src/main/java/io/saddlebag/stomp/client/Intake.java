package io.saddlebag.stomp.client;

import io.saddlebag.stomp.StompConnection;

/**
 * Back pressure: counts the memory of frames that wait ({@link io.saddlebag.stomp.StompFrame#memory}). Above the limit the
 * connection is not read, so that TCP holds headquarters back; reading resumes at half the limit. For any number of threads.
 */
public final class Intake {
    private final long limit;
    private long waiting;
    private StompConnection paused;

    public Intake(long limit) {
        this.limit = limit;
    }

    public synchronized void take(StompConnection connection, int bytes) {
        waiting += bytes;
        if (waiting > limit && connection != null) {
            paused = connection;
            connection.pauseReading();
        }
    }

    public synchronized void release(int bytes) {
        waiting -= bytes;
        if (paused != null && waiting <= limit / 2) {
            paused.resumeReading();
            paused = null;
        }
    }

    public synchronized long waiting() {
        return waiting;
    }
}
