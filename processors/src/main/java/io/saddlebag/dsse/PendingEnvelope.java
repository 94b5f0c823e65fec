package io.saddlebag.dsse;

import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import org.apache.camel.Exchange;

/**
 * What a route holds between its steps while the signature is being checked; nothing of it is to be believed yet.
 *
 * @param signer whom the CA certified for the envelope's certificate
 * @param fingerprint of the certificate's key
 */
record PendingEnvelope(Envelope envelope, SiteId signer, Sha256 fingerprint) {
    static final String PROPERTY = "dssePending";

    static PendingEnvelope of(Exchange exchange) {
        PendingEnvelope pending = exchange.getProperty(PROPERTY, PendingEnvelope.class);
        if (pending == null) {
            throw new IllegalStateException("Expected the step dsseUnwrap before this one");
        }
        return pending;
    }
}
