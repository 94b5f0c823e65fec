package io.saddlebag.stomp.client;

import io.saddlebag.stomp.StompConnection;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * The parts of messages that one connection has under way. A part may be sent while the socket takes more: TCP then sizes
 * the window by the line, and headquarters holds it back by not reading. At most {@value #MOST_BYTES} bytes lack their
 * answers, and at most one part is read from the disk at a time, so that the line and the system's buffers hold the parts
 * and not this process. Uploads take turns, a part each. For any number of threads; no method blocks.
 */
public final class PartWindow {
    /** Enough for a line of 1 Gbit/s at a round trip of a quarter of a second. */
    public static final long MOST_BYTES = 32 << 20;
    /** With several nodes: those that one which dies leaves unanswered are sent again to another. */
    public static final long MOST_BYTES_OF_NODES = 8 << 20;

    private final BooleanSupplier isWritable;
    private final long mostBytes;
    private final Queue<Turn> waiting = new ArrayDeque<>();
    private long underWay;
    private boolean isSending;

    /** @param isWritable true while the connection takes more; {@link #lookAgain} is to be called when it is so again */
    public PartWindow(BooleanSupplier isWritable) {
        this(isWritable, MOST_BYTES);
    }

    /** @param mostBytes without their answers; a larger part goes alone */
    PartWindow(BooleanSupplier isWritable, long mostBytes) {
        this.isWritable = isWritable;
        this.mostBytes = mostBytes;
    }

    /** On a closed connection every turn comes, so that each upload learns of it by its next request. */
    static PartWindow of(StompConnection connection, boolean isOfNodes) {
        PartWindow window = new PartWindow(
                () -> connection.isWritable() || !connection.isOpen(), isOfNodes ? MOST_BYTES_OF_NODES : MOST_BYTES);
        connection.onWritable(window::lookAgain);
        connection.onClose(window::lookAgain);
        return window;
    }

    /** A part's turn, from the question for it to headquarters' answer. */
    public final class Turn {
        private final long bytes;
        private final CompletableFuture<Turn> come = new CompletableFuture<>();
        private final AtomicBoolean isSent = new AtomicBoolean();
        private final AtomicBoolean isOver = new AtomicBoolean();

        private Turn(long bytes) {
            this.bytes = bytes;
        }

        /** The part was handed to the connection; the next may be read. Again it does nothing. */
        public void sent() {
            if (isSent.compareAndSet(false, true)) {
                handedOn();
            }
        }

        /** The part has its answer, or none will come. Again it does nothing. */
        public void over() {
            sent();
            if (isOver.compareAndSet(false, true)) {
                release(bytes);
            }
        }
    }

    /**
     * Asks to send a part.
     *
     * @return completes when it may be read and sent, by the thread that makes room; the turn is then to be told {@link
     *     Turn#sent} and {@link Turn#over}
     */
    public CompletableFuture<Turn> turn(long bytes) {
        Turn turn = new Turn(bytes);
        synchronized (this) {
            waiting.add(turn);
        }
        lookAgain();
        return turn.come;
    }

    private void handedOn() {
        synchronized (this) {
            isSending = false;
        }
        lookAgain();
    }

    private void release(long bytes) {
        synchronized (this) {
            underWay -= bytes;
        }
        lookAgain();
    }

    /** Lets the next part go when it may. */
    public void lookAgain() {
        Turn next;
        synchronized (this) {
            next = waiting.peek();
            boolean fits = next != null && (underWay == 0 || underWay + next.bytes <= mostBytes);
            if (!fits || isSending || !isWritable.getAsBoolean()) {
                return;
            }
            waiting.remove();
            isSending = true;
            underWay += next.bytes;
        }
        next.come.complete(next);
    }
}
