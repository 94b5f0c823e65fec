package io.saddlebag.rc.intake;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The deliveries of one subscription that headquarters may have pushed: at most as many unsettled as the subscription gave
 * credit for. At most {@value #MOST_UNANSWERED} ACKs and NACKs wait for their answers; further ones wait here, and the
 * credit of their deliveries with them. For any number of threads.
 */
public final class DeliveryWindow {
    static final int MOST_UNANSWERED = 512;
    /** Headquarters' tokens are far shorter. */
    private static final int MAX_TOKEN = 255;

    private final long epoch;
    private final int credit;
    private final Map<String, State> deliveries = new HashMap<>();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int unsettled;
    private int unanswered;

    /** A delivery leaves the window when it is settled and its last part has come: parts may follow a NACK. */
    private static final class State {
        private boolean isWhole;
        private boolean isSettled;
    }

    /**
     * @param epoch the subscription's number at its route
     * @param credit its {@code prefetch-count}
     */
    public DeliveryWindow(long epoch, int credit) {
        this.epoch = epoch;
        this.credit = credit;
    }

    long epoch() {
        return epoch;
    }

    /**
     * A frame of a delivery came.
     *
     * @param token the header {@code ack}
     * @throws Refusal when headquarters had no credit for it; the connection is to be closed
     */
    synchronized void receive(String token, boolean isLast) {
        if (token == null || token.isEmpty() || token.length() > MAX_TOKEN) {
            throw refusal("a MESSAGE with a header ack of 1 to " + MAX_TOKEN + " characters", Printable.of(token));
        }
        State state = deliveries.get(token);
        if (state == null) {
            state = begin(token);
        } else if (state.isWhole) {
            throw refusal("each delivery once", "another frame of " + Printable.of(token) + " after its last part");
        }
        state.isWhole = isLast;
        forgetOver(token, state);
    }

    private State begin(String token) {
        // Headquarters may still push the parts of a delivery that was given back, of one at a time.
        if (unsettled >= credit || deliveries.size() > credit) {
            throw refusal("at most " + credit + " unsettled deliveries, as this site allowed", "one more");
        }
        State begun = new State();
        deliveries.put(token, begun);
        unsettled++;
        return begun;
    }

    private static Refusal refusal(String expected, String found) {
        return new Refusal(Code.TOO_LARGE, "expected " + expected + ", found " + found);
    }

    private void forgetOver(String token, State state) {
        if (state.isWhole && state.isSettled) {
            deliveries.remove(token);
        }
    }

    /**
     * Settles a delivery, now or when earlier ones have their answers.
     *
     * @param send sends ACK or NACK; its result is the answer
     */
    <T> CompletableFuture<T> settle(String token, Supplier<CompletableFuture<T>> send) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Runnable sending = () -> send(token, send, answer);
        synchronized (this) {
            if (unanswered >= MOST_UNANSWERED) {
                waiting.add(sending);
                return answer;
            }
            unanswered++;
        }
        sending.run();
        return answer;
    }

    private <T> void send(String token, Supplier<CompletableFuture<T>> send, CompletableFuture<T> answer) {
        // Before it is sent: headquarters may push the next delivery as soon as it reads it.
        settled(token);
        send.get().whenComplete((receipt, failure) -> {
            sendNext();
            if (failure == null) {
                answer.complete(receipt);
            } else {
                answer.completeExceptionally(failure);
            }
        });
    }

    private synchronized void settled(String token) {
        State state = deliveries.get(token);
        if (state != null && !state.isSettled) {
            state.isSettled = true;
            unsettled--;
            forgetOver(token, state);
        }
    }

    private void sendNext() {
        Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                unanswered--;
                return;
            }
        }
        next.run();
    }
}
