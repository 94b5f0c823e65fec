package io.saddlebag.hq.keys;

import io.saddlebag.identity.PemFiles;
import io.saddlebag.identity.Revocations;
import io.saddlebag.identity.Trust;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.X509CRL;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that hand out the newest revocation list that headquarters has seen. Its receivers verify it against the CA.
 * Safe for any number of threads.
 */
public final class RevocationSteps {
    private static final Logger LOG = LoggerFactory.getLogger(RevocationSteps.class);

    private final Trust trust;
    private final Set<Consumer<X509CRL>> followers = new LinkedHashSet<>();
    private X509CRL handedOut;

    public RevocationSteps(Trust trust) {
        this.trust = trust;
        handedOut = trust.revocationList().orElse(null);
    }

    /** The client gets the list, if there is one, and again each newer one. */
    public void followRevocations(Exchange exchange) {
        NewestSink.begin(exchange, RevocationSteps::message, this::follow);
    }

    private synchronized Runnable follow(Consumer<X509CRL> follower) {
        followers.add(follower);
        if (handedOut != null) {
            follower.accept(handedOut);
        }
        return () -> end(follower);
    }

    private synchronized void end(Consumer<X509CRL> follower) {
        followers.remove(follower);
    }

    /** Looks for a newer list, and hands it to all that follow. */
    public synchronized void lookAtRevocations(Exchange exchange) {
        Optional<X509CRL> newest = trust.revocationList().filter(list -> !list.equals(handedOut));
        if (newest.isPresent()) {
            handedOut = newest.get();
            followers.forEach(follower -> follower.accept(handedOut));
            LOG.info(
                    "revocation list number {} handed to {} subscriptions",
                    Revocations.number(handedOut),
                    followers.size());
        }
    }

    private static StompFrame message(String subscription, X509CRL list) {
        byte[] body;
        try {
            body = PemFiles.write(list);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.SUBSCRIPTION, subscription)
                .header(Headers.MESSAGE_ID_OF_STOMP, "revocations/" + Revocations.number(list))
                .header(Headers.DESTINATION, Headers.REVOCATIONS)
                .header(Headers.CONTENT_TYPE, "application/x-pem-file")
                .header(Headers.CONTENT_LENGTH, body.length)
                .body(body)
                .build();
    }
}
