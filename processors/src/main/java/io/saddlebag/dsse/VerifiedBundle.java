package io.saddlebag.dsse;

import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import org.apache.camel.Exchange;

/**
 * A key bundle whose signature has verified.
 *
 * @param signer the site that signed it
 * @param mark its place among the bundles of its site
 */
public record VerifiedBundle(KeyBundle bundle, SiteId signer, BundleMark mark) {
    /**
     * The bundle that {@code direct:verify} released.
     *
     * @throws Refusal {@code MALFORMED} when the payload is no key bundle
     */
    public static VerifiedBundle of(Exchange exchange) {
        KeyBundle bundle;
        try {
            bundle = Json.read(exchange.getMessage().getBody(byte[].class), KeyBundle.class);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Refusal.Code.MALFORMED, e.getMessage(), e);
        }
        return new VerifiedBundle(
                bundle,
                exchange.getProperty(SignatureProperties.SIGNER, SiteId.class),
                new BundleMark(
                        exchange.getProperty(SignatureProperties.SIGNER_EPOCH, long.class),
                        bundle.version(),
                        exchange.getProperty(SignatureProperties.PAYLOAD_SHA256, Sha256.class)));
    }
}
