package io.saddlebag.dsse;

import io.saddlebag.message.Sha256;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.crypto.DigitalSignatureConstants;

/** After the signature has verified: gives the payload and says who signed it. For any thread. */
final class ReleasePayload implements Processor {
    @Override
    public void process(Exchange exchange) {
        PendingEnvelope verified = PendingEnvelope.of(exchange);
        byte[] payload = verified.envelope().payload();
        exchange.removeProperty(PendingEnvelope.PROPERTY);
        exchange.setProperty(SignatureProperties.SIGNER, verified.signer());
        exchange.setProperty(SignatureProperties.SIGNER_FINGERPRINT, verified.fingerprint());
        exchange.setProperty(SignatureProperties.PAYLOAD_SHA256, Sha256.of(payload));
        Message message = exchange.getMessage();
        message.removeHeader(DigitalSignatureConstants.SIGNATURE);
        message.removeHeader(DigitalSignatureConstants.SIGNATURE_PUBLIC_KEY_OR_CERT);
        message.setBody(payload);
    }
}
