package io.saddlebag.hq.testing;

import io.saddlebag.hq.session.Link;
import io.saddlebag.stomp.StompFrame;

/** A connection that takes what it gets. */
public class NoLink implements Link {
    @Override
    public void send(StompFrame frame) {}

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void onWritable(Runnable action) {
        action.run();
    }

    @Override
    public void close() {}

    @Override
    public boolean rejectionsAsReceipts() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        task.run();
    }

    @Override
    public void pauseReading() {}

    @Override
    public void resumeReading() {}
}
