package io.saddlebag.hq.publish;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code readManifest}: the verified payload becomes a manifest, signed by the site that published it. */
public final class ReadManifest implements Processor {
    @Override
    public void process(Exchange exchange) {
        SiteId site = HqProperties.session(exchange).site();
        SiteId signer = exchange.getProperty(SignatureProperties.SIGNER, SiteId.class);
        if (!site.equals(signer)) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected a manifest signed by " + site + ", whose certificate this connection has, found one by "
                            + signer + ". Sign with your own site's key");
        }
        byte[] payload = exchange.getMessage().getBody(byte[].class);
        Manifest manifest = read(payload);
        if (!manifest.sender().id().equals(site)) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected " + site + " as the manifest's sender, found "
                            + manifest.sender().id());
        }
        Sha256 fingerprint = exchange.getProperty(SignatureProperties.SIGNER_FINGERPRINT, Sha256.class);
        if (fingerprint != null && !fingerprint.equals(manifest.sender().fingerprint())) {
            throw new Refusal(
                    Code.BAD_SIGNATURE,
                    "Expected a manifest that names its signing key " + fingerprint + ", found "
                            + manifest.sender().fingerprint() + ". Sign with the key that the manifest names");
        }
        Submission.of(exchange).signed(manifest, Sha256.of(payload));
    }

    private static Manifest read(byte[] payload) {
        try {
            return Json.read(payload, Manifest.class);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Code.MALFORMED, e.getMessage(), e);
        }
    }
}
