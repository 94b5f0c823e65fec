package io.saddlebag.rc.deliver;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.stomp.Headers;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code readManifest}: reads the manifest, now that its signature has verified, and holds it against the signer, the
 * network and the frame.
 */
public final class ReadManifest implements Processor {
    private final Sha256 networkId;

    public ReadManifest(Sha256 networkId) {
        this.networkId = networkId;
    }

    @Override
    public void process(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        Manifest manifest = read(exchange.getMessage().getBody(byte[].class));
        SiteId signer = exchange.getProperty(SignatureProperties.SIGNER, SiteId.class);
        Sha256 fingerprint = exchange.getProperty(SignatureProperties.SIGNER_FINGERPRINT, Sha256.class);
        if (!manifest.sender().id().equals(signer)) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected a manifest of " + signer + ", who signed it, found one of "
                            + manifest.sender().id());
        }
        if (!manifest.sender().fingerprint().equals(fingerprint)) {
            throw new Refusal(
                    Code.BAD_SIGNATURE,
                    "Expected a manifest signed with the key "
                            + manifest.sender().fingerprint() + " that it names, found it signed with " + fingerprint);
        }
        if (!manifest.networkId().equals(networkId)) {
            throw new Refusal(
                    Code.BAD_SIGNATURE,
                    "Expected a manifest of the network " + networkId + ", found " + manifest.networkId()
                            + ". Both sites need certificates of the same CA");
        }
        String named = arrival.frame().header(Headers.MESSAGE_ID);
        if (named != null && !named.equals(manifest.messageId().value())) {
            throw new Refusal(
                    Code.CONFLICT,
                    "Expected the manifest of " + Printable.of(named) + ", as the frame says, found that of "
                            + manifest.messageId());
        }
        arrival.manifest = manifest;
        arrival.manifestSha256 = exchange.getProperty(SignatureProperties.PAYLOAD_SHA256, Sha256.class);
        arrival.senderFingerprint = fingerprint;
    }

    private static Manifest read(byte[] payload) {
        try {
            return Json.read(payload, Manifest.class);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Code.MALFORMED, e.getMessage(), e);
        }
    }
}
