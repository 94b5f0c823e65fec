package io.saddlebag.hq.session;

import io.saddlebag.stomp.PeerClock;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/** A session's STOMP connection. */
final class StompClientConnection implements ClientConnection {
    private final StompConnection connection;
    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();

    StompClientConnection(StompConnection connection) {
        this.connection = connection;
        connection.onWritable(this::runWaiting);
    }

    @Override
    public void send(StompFrame frame) {
        connection.send(frame);
    }

    @Override
    public boolean isWritable() {
        return connection.isWritable();
    }

    /** An action that waits already is not added twice. */
    @Override
    public void onWritable(Runnable action) {
        waiting.add(action);
        if (connection.isWritable()) {
            runWaiting();
        }
    }

    private void runWaiting() {
        for (Runnable action : waiting) {
            if (waiting.remove(action)) {
                action.run();
            }
        }
    }

    @Override
    public boolean rejectionsAsReceipts() {
        return connection.rejectionsAsReceipts();
    }

    @Override
    public Optional<PeerClock> peerClock() {
        return connection.peerClock();
    }

    @Override
    public void execute(Runnable task) {
        try {
            connection.execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    @Override
    public void pauseReading() {
        connection.pauseReading();
    }

    @Override
    public void resumeReading() {
        connection.resumeReading();
    }

    @Override
    public void close() {
        connection.close();
    }
}
