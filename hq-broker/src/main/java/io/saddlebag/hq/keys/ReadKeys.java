package io.saddlebag.hq.keys;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.SiteId;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code readKeys}: a site that something is sealed for sends its key bundle, which is verified next. */
public final class ReadKeys implements Processor {
    private final LiveTopology topology;

    public ReadKeys(LiveTopology topology) {
        this.topology = topology;
    }

    @Override
    public void process(Exchange exchange) {
        SiteId site = HqProperties.session(exchange).site();
        if (!topology.current().receives(site)) {
            throw new Refusal(
                    Code.NOT_PERMITTED,
                    "Expected keys of a site that consumes a queue, found " + site
                            + ". Headquarters permits it in topology.yaml, sites, consume");
        }
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, KeyBundle.TYPE);
        exchange.getMessage().setBody(HqProperties.frame(exchange).body());
    }
}
