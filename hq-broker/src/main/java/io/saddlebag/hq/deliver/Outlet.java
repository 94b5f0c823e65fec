package io.saddlebag.hq.deliver;

import io.saddlebag.stomp.StompFrame;

/** Where a subscription's frames go. Every method may be called from any thread and returns at once. */
public interface Outlet {
    void send(StompFrame frame);

    /** Whether another frame may be sent without piling up. */
    boolean isWritable();

    /** Runs the action once, when the outlet is writable again; soon when it is so already. */
    void onWritable(Runnable action);

    /** Breaks the connection off: what was begun cannot be ended in order. */
    void close();
}
