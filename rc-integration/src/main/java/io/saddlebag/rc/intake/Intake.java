package io.saddlebag.rc.intake;

import io.saddlebag.stomp.StompConnection;

/**
 * Back pressure: counts the bytes of frames that wait in memory. Above the limit the connection is not read, so that TCP
 * holds headquarters back; reading resumes at half the limit. The prefetch bounds the deliveries that wait for
 * headquarters' answer. For any number of threads.
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
