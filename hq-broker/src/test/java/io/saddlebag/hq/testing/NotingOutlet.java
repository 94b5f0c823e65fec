package io.saddlebag.hq.testing;

import io.saddlebag.hq.deliver.Outlet;
import io.saddlebag.stomp.StompFrame;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A client that notes what it is sent, and takes frames or does not. */
public class NotingOutlet implements Outlet {
    public final List<StompFrame> frames = new ArrayList<>();
    /** What waits until it takes frames again. */
    public final Set<Runnable> waiting = new HashSet<>();

    public boolean writable = true;
    public boolean closed;

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

    public void takesFramesAgain() {
        writable = true;
        List<Runnable> actions = List.copyOf(waiting);
        waiting.clear();
        actions.forEach(Runnable::run);
    }
}
