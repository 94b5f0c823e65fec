package io.saddlebag.rc.keys;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.StompClient;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code registerKeyBundle}: hands the bundle to headquarters, which knows it already but for the first time. When
 * headquarters holds a later or another one, this centre lost its journal: then it asks for that one, and goes on from
 * there once it has come.
 */
public final class RegisterKeyBundle extends AsyncProcessorSupport {
    private static final Logger LOG = LoggerFactory.getLogger(RegisterKeyBundle.class);

    private final StompClient link;
    private final SiteId site;

    public RegisterKeyBundle(StompClient link, SiteId site) {
        this.link = link;
        this.site = site;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        StompFrame register = StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, Headers.KEYS)
                .body(exchange.getMessage().getBody(byte[].class))
                .build();
        link.request(register).whenComplete((receipt, failure) -> {
            if (failure == null) {
                LOG.info("site={} key bundle registered", site);
            } else if (failure instanceof Refusal refusal
                    && (refusal.code() == Refusal.Code.ROLLBACK || refusal.code() == Refusal.Code.CONFLICT)) {
                LOG.info(
                        "site={} headquarters holds another key bundle, asked for it: {}",
                        site,
                        Printable.of(refusal.reason()));
                link.send(StompFrame.of(StompCommand.SUBSCRIBE)
                        .header(Headers.ID, "own-keys")
                        .header(Headers.DESTINATION, Headers.KEYS_PREFIX + site)
                        .build());
            } else {
                LOG.warn("site={} key bundle not registered: {}", site, Printable.of(failure.getMessage()));
            }
            callback.done(false);
        });
        return false;
    }
}
