package io.saddlebag.hq.keys;

import io.saddlebag.hq.deliver.FrameSink;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.camel.Exchange;

/**
 * Sends each newer state of something to one subscription. While the connection takes no frames only the newest is kept.
 * Safe for any number of threads; no method blocks.
 *
 * @param <T> a state
 */
final class NewestSink<T> implements Consumer<T> {
    private final FrameSink sink;
    private final Function<T, StompFrame> message;
    private final Runnable whenWritable = this::send;
    private T newest;

    NewestSink(FrameSink sink, Function<T, StompFrame> message) {
        this.sink = sink;
        this.message = message;
    }

    /**
     * Begins the subscription that the frame asks for. Nothing is acknowledged. It ends with the connection at the latest.
     *
     * @param message of a state, for the id that the client gave the subscription
     * @param follow begins to hand states to the sink; its result ends that
     */
    static <T> void begin(
            Exchange exchange, BiFunction<String, T, StompFrame> message, Function<Consumer<T>, Runnable> follow) {
        Session session = HqProperties.session(exchange);
        String id = HqProperties.required(HqProperties.frame(exchange), Headers.ID);
        if (!session.connection().isWritable()) {
            throw new Refusal(
                    Code.TOO_LARGE,
                    "Expected a client that reads what it asked for, found much of it waiting. Subscribe again when it"
                            + " is read");
        }
        AtomicReference<Runnable> end = new AtomicReference<>(() -> {});
        session.follow(id, () -> end.get().run());
        end.set(follow.apply(new NewestSink<>(session.connection(), state -> message.apply(id, state))));
        if (session.isClosed()) {
            // The end that close() ran may have been the empty one.
            end.get().run();
        }
    }

    @Override
    public void accept(T state) {
        synchronized (this) {
            newest = state;
        }
        send();
    }

    private void send() {
        synchronized (this) {
            if (newest == null) {
                return;
            }
            if (sink.isWritable()) {
                sink.send(message.apply(newest));
                newest = null;
                return;
            }
        }
        // Without the monitor: it may run what others wait for.
        sink.onWritable(whenWritable);
    }
}
