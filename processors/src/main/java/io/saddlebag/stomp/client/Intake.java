package io.saddlebag.stomp.client;

import io.saddlebag.stomp.StompConnection;
import java.util.HashSet;
import java.util.Set;

/**
 * Back pressure: counts the memory of frames that wait ({@link io.saddlebag.stomp.StompFrame#memory}). Above the limit the
 * connection that brings more is not read, so that TCP holds headquarters back; reading resumes at half the limit. Several
 * connections share one limit. For any number of threads.
 */
public final class Intake {
    private final long limit;
    private long waiting;
    private final Set<StompConnection> paused = new HashSet<>();

    public Intake(long limit) {
        this.limit = limit;
    }

    public synchronized void take(StompConnection connection, int bytes) {
        waiting += bytes;
        if (waiting > limit && connection != null) {
            paused.add(connection);
            connection.pauseReading();
        }
    }

    public synchronized void release(int bytes) {
        waiting -= bytes;
        if (!paused.isEmpty() && waiting <= limit / 2) {
            paused.forEach(StompConnection::resumeReading);
            paused.clear();
        }
    }

    public synchronized long waiting() {
        return waiting;
    }
}
