package io.saddlebag.hq.deliver;

import io.saddlebag.stomp.StompFrame;

/** The destination of a subscription's frames. Safe for any number of threads; no method blocks. */
public interface FrameSink {
    void send(StompFrame frame);

    /** True while another frame may be sent without piling up. */
    boolean isWritable();

    /** Runs the action once, when the sink is writable again; soon when it is so already. */
    void onWritable(Runnable action);

    /** Closes the connection, since a delivery that was begun cannot be completed. */
    void close();
}
