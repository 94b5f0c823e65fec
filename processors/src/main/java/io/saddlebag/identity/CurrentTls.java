package io.saddlebag.identity;

import io.netty.handler.ssl.SslContext;
import java.util.function.Function;
import java.util.function.Supplier;

/** The TLS context of the identity that a site has now. It is made anew after a renewal, for the next handshake. */
public final class CurrentTls implements Supplier<SslContext> {
    private final CurrentIdentity identity;
    private final Function<SiteIdentity, SslContext> maker;
    private volatile Made made;

    private record Made(SiteIdentity identity, SslContext context) {}

    public CurrentTls(CurrentIdentity identity, Function<SiteIdentity, SslContext> maker) {
        this.identity = identity;
        this.maker = maker;
        this.made = make(identity.now());
    }

    private Made make(SiteIdentity from) {
        return new Made(from, maker.apply(from));
    }

    @Override
    public SslContext get() {
        Made current = made;
        SiteIdentity now = identity.now();
        if (current.identity() != now) {
            current = make(now);
            made = current;
        }
        return current.context();
    }
}
