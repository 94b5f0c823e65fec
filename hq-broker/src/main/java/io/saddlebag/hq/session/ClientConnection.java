package io.saddlebag.hq.session;

import io.saddlebag.hq.deliver.FrameSink;
import io.saddlebag.stomp.PeerClock;
import java.util.Optional;

/** The connection of a session, as the session needs it. Safe for any number of threads. */
public interface ClientConnection extends FrameSink {
    /** True when the client wants a refusal as a RECEIPT and the connection kept. */
    boolean rejectionsAsReceipts();

    /** Runs a short task on the connection's own thread, in the order of the calls; in this thread once that has ended. */
    void execute(Runnable task);

    /** The client's clock against headquarters', as it was at CONNECT; empty when the client did not tell. */
    default Optional<PeerClock> peerClock() {
        return Optional.empty();
    }

    void pauseReading();

    void resumeReading();
}
