package io.saddlebag.hq.session;

import io.saddlebag.hq.queue.Outlet;

/** What a session asks of its connection beyond sending. Every method may be called from any thread. */
public interface Link extends Outlet {
    /** Whether the client wants a refusal as a RECEIPT and the connection kept. */
    boolean rejectionsAsReceipts();

    /** Runs a short task on the connection's own thread, in the order of the calls; in this thread once that has ended. */
    void execute(Runnable task);

    void pauseReading();

    void resumeReading();
}
