package io.saddlebag.lab.keys;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pins a verified key bundle of a recipient. */
public final class PinKeyBundle implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(PinKeyBundle.class);

    private final PinnedKeys pinned;
    private final Sha256 networkId;
    private final Runnable pinnedAnother;

    /** @param pinnedAnother takes up the messages that waited for a key; called after each new pin */
    public PinKeyBundle(PinnedKeys pinned, Sha256 networkId, Runnable pinnedAnother) {
        this.pinned = Objects.requireNonNull(pinned, "pinned keys");
        this.networkId = Objects.requireNonNull(networkId, "network id");
        this.pinnedAnother = Objects.requireNonNull(pinnedAnother, "pinned another");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        KeyBundle bundle = Json.read(exchange.getIn().getBody(byte[].class), KeyBundle.class);
        SiteId signer = exchange.getProperty(SignatureProperties.SIGNER, SiteId.class);
        if (!pinned.recipients().contains(bundle.siteId())) {
            throw new Refusal(
                    Refusal.Code.NOT_PERMITTED,
                    "Expected a key bundle of one of " + pinned.recipients() + ", found one of " + bundle.siteId());
        }
        if (!bundle.networkId().equals(networkId)) {
            throw new Refusal(
                    Refusal.Code.CONFLICT,
                    "Expected a key bundle of the network " + networkId + ", found " + bundle.networkId());
        }
        if (pinned.pin(bundle, signer, KeepKeyEnvelope.envelope(exchange))) {
            LOG.info("key bundle {} of {} pinned", bundle.version(), bundle.siteId());
            pinnedAnother.run();
        }
    }
}
