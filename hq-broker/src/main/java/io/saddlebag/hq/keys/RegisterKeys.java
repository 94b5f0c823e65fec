package io.saddlebag.hq.keys;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code registerKeys}: the verified bundle is the connection's own site's, for this network; then it is stored. */
public final class RegisterKeys implements Processor {
    private final KeyDirectory directory;
    private final Sha256 networkId;

    public RegisterKeys(KeyDirectory directory, Sha256 networkId) {
        this.directory = directory;
        this.networkId = networkId;
    }

    @Override
    public void process(Exchange exchange) throws StoreException {
        SiteId site = HqProperties.session(exchange).site();
        SiteId signer = exchange.getProperty(SignatureProperties.SIGNER, SiteId.class);
        if (!site.equals(signer)) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected a key bundle signed by " + site + ", whose certificate this connection has, found one by "
                            + signer + ". Register your own keys only");
        }
        KeyBundle bundle = read(exchange.getMessage().getBody(byte[].class));
        if (!bundle.networkId().equals(networkId)) {
            throw new Refusal(
                    Code.BAD_SIGNATURE,
                    "Expected a key bundle for the network " + networkId + ", found one for " + bundle.networkId()
                            + ". Both sites need certificates of the same CA");
        }
        directory.register(bundle, HqProperties.frame(exchange).body(), signer);
    }

    private static KeyBundle read(byte[] payload) {
        try {
            return Json.read(payload, KeyBundle.class);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Code.MALFORMED, e.getMessage(), e);
        }
    }
}
