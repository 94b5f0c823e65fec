package io.saddlebag.hq.session;

import io.saddlebag.hq.queue.Outlet;

/** What a session asks of its connection beyond sending. Every method may be called from any thread. */
public interface Link extends Outlet {
    /** Whether the client wants a refusal as a RECEIPT and the connection kept. */
    boolean rejectionsAsReceipts();

    void pauseReading();

    void resumeReading();
}
