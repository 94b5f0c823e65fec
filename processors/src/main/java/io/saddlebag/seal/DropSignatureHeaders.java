package io.saddlebag.seal;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Drops what an earlier step or a peer may have left: headers that camel-crypto takes for keys and signatures, and the
 * properties that say who signed. For any number of threads.
 */
final class DropSignatureHeaders implements Processor {
    @Override
    public void process(Exchange exchange) {
        exchange.getMessage().removeHeaders("CamelSignature*");
        exchange.getMessage().removeHeaders("CamelDigitalSignature*");
        exchange.removeProperty(SignatureProperties.SIGNER);
        exchange.removeProperty(SignatureProperties.SIGNER_FINGERPRINT);
        exchange.removeProperty(SignatureProperties.PAYLOAD_SHA256);
        exchange.removeProperty(PendingEnvelope.PROPERTY);
    }
}
