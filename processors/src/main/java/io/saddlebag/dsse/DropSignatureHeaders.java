package io.saddlebag.dsse;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Drops what an earlier step or a peer may have left: headers that camel-crypto takes for keys and signatures, and the
 * properties that say who signed. For any number of threads.
 */
final class DropSignatureHeaders implements Processor {
    @Override
    public void process(Exchange exchange) {
        if (exchange.getMessage().hasHeaders()) {
            exchange.getMessage().getHeaders().keySet().removeIf(DropSignatureHeaders::isOfSignatures);
        }
        exchange.removeProperty(SignatureProperties.SIGNER);
        exchange.removeProperty(SignatureProperties.SIGNER_FINGERPRINT);
        exchange.removeProperty(SignatureProperties.PAYLOAD_SHA256);
        exchange.removeProperty(PendingEnvelope.PROPERTY);
    }

    /** Camel's headers know no case; a prefix is compared rather than a pattern, since this runs for every message. */
    private static boolean isOfSignatures(String header) {
        return startsWith(header, "CamelSignature") || startsWith(header, "CamelDigitalSignature");
    }

    private static boolean startsWith(String header, String prefix) {
        return header.regionMatches(true, 0, prefix, 0, prefix.length());
    }
}
