package io.saddlebag.dsse;

import io.saddlebag.message.Sha256;
import java.util.Base64;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.crypto.DigitalSignatureConstants;

/** Makes the envelope from the payload and the signature that camel-crypto left in a header. For any thread. */
final class WrapEnvelope implements Processor {
    private final Sha256 keyId;
    private final byte[] certificate;

    /**
     * @param keyId SHA-256 of the signing key's SubjectPublicKeyInfo
     * @param certificate of the signing key, DER
     */
    WrapEnvelope(Sha256 keyId, byte[] certificate) {
        this.keyId = keyId;
        this.certificate = certificate;
    }

    @Override
    public void process(Exchange exchange) {
        Object signature = exchange.getMessage().removeHeader(DigitalSignatureConstants.SIGNATURE);
        byte[] payload = (byte[]) exchange.removeProperty(EncodeForSigning.PAYLOAD);
        Envelope envelope = new Envelope(
                PayloadType.of(exchange), payload, keyId, Base64.getDecoder().decode(bytes(signature)), certificate);
        exchange.setProperty(SignatureProperties.PAYLOAD_SHA256, Sha256.of(payload));
        exchange.getMessage().setBody(envelope.write());
    }

    private static byte[] bytes(Object signature) {
        if (signature instanceof byte[] base64) {
            return base64;
        }
        throw new IllegalStateException("Expected a signature of camel-crypto in the header "
                + DigitalSignatureConstants.SIGNATURE + ", found " + signature);
    }
}
