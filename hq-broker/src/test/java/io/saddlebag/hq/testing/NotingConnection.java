package io.saddlebag.hq.testing;

import io.saddlebag.hq.session.ClientConnection;
import io.saddlebag.stomp.StompFrame;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A client that notes the frames that it gets, and takes frames or does not. */
public class NotingConnection implements ClientConnection {
    public final List<StompFrame> frames = new ArrayList<>();
    /** Runs when it takes frames again. */
    public final Set<Runnable> waiting = new HashSet<>();

    public boolean writable = true;
    public boolean closed;
    public volatile boolean reading = true;

    @Override
    public void send(StompFrame frame) {
        frames.add(frame);
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void onWritable(Runnable action) {
        waiting.add(action);
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public boolean rejectionsAsReceipts() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        task.run();
    }

    @Override
    public void pauseReading() {
        reading = false;
    }

    @Override
    public void resumeReading() {
        reading = true;
    }

    public void takesFramesAgain() {
        writable = true;
        List<Runnable> actions = List.copyOf(waiting);
        waiting.clear();
        actions.forEach(Runnable::run);
    }
}
