package io.saddlebag.hq.keys;

import io.saddlebag.hq.deliver.FrameSink;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.util.function.Consumer;

/**
 * Sends a site's bundles to one subscription, ascending. While the connection takes no frames only the newest is
 * kept. Safe for any number of threads; no method blocks.
 */
final class KeysSink implements Consumer<KeyDirectory.Registered> {
    private final String subscription;
    private final FrameSink sink;
    private final Runnable whenWritable = this::send;
    private KeyDirectory.Registered newest;

    KeysSink(String subscription, FrameSink sink) {
        this.subscription = subscription;
        this.sink = sink;
    }

    @Override
    public void accept(KeyDirectory.Registered keys) {
        synchronized (this) {
            newest = keys;
        }
        send();
    }

    private void send() {
        synchronized (this) {
            if (newest == null) {
                return;
            }
            if (sink.isWritable()) {
                sink.send(message(newest));
                newest = null;
                return;
            }
        }
        // Without the monitor: it may run what others wait for.
        sink.onWritable(whenWritable);
    }

    private StompFrame message(KeyDirectory.Registered keys) {
        String site = keys.site().value();
        return StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.SUBSCRIPTION, subscription)
                .header(
                        Headers.MESSAGE_ID_OF_STOMP,
                        "keys/" + site + "/" + keys.mark().epoch() + "/"
                                + keys.mark().version())
                .header(Headers.DESTINATION, Headers.KEYS_PREFIX + site)
                .header(Headers.SITE_ID, site)
                .header(Headers.KEY_VERSION, keys.mark().version())
                .header(Headers.CONTENT_TYPE, "application/json")
                .header(Headers.CONTENT_LENGTH, keys.envelope().length)
                .body(keys.envelope())
                .build();
    }
}
