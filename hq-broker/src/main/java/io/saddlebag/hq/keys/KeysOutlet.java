package io.saddlebag.hq.keys;

import io.saddlebag.hq.deliver.Outlet;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.util.function.Consumer;

/**
 * Sends a site's bundles to one subscription, versions ascending. While the connection takes no frames only the newest is
 * kept. Safe for any number of threads; no method blocks.
 */
final class KeysOutlet implements Consumer<RegisteredKeys> {
    private final String subscription;
    private final Outlet outlet;
    private final Runnable whenWritable = this::send;
    private RegisteredKeys newest;

    KeysOutlet(String subscription, Outlet outlet) {
        this.subscription = subscription;
        this.outlet = outlet;
    }

    @Override
    public void accept(RegisteredKeys keys) {
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
            if (outlet.isWritable()) {
                outlet.send(message(newest));
                newest = null;
                return;
            }
        }
        // Without the monitor: it may run what others wait for.
        outlet.onWritable(whenWritable);
    }

    private StompFrame message(RegisteredKeys keys) {
        String site = keys.bundle().siteId().value();
        return StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.SUBSCRIPTION, subscription)
                .header(
                        Headers.MESSAGE_ID_OF_STOMP,
                        "keys/" + site + "/" + keys.bundle().version())
                .header(Headers.DESTINATION, Headers.KEYS_PREFIX + site)
                .header("site_id", site)
                .header("key-version", keys.bundle().version())
                .header(Headers.CONTENT_TYPE, "application/json")
                .header(Headers.CONTENT_LENGTH, keys.envelope().length)
                .body(keys.envelope())
                .build();
    }
}
