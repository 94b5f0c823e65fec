package io.saddlebag.hq.publish;

import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.routing.Topology;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.SiteId;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code permitPublish}: the certificate's site may publish to this exchange, and under its own name only; its rate is
 * counted. Stands before anything that costs.
 */
public final class PermitPublish implements Processor {
    private final LiveTopology topology;

    public PermitPublish(LiveTopology topology) {
        this.topology = topology;
    }

    @Override
    public void process(Exchange exchange) {
        Session session = HqProperties.session(exchange);
        SiteId site = session.site();
        PublishFrame frame = Submission.of(exchange).frame();
        if (frame.part() == 1) {
            session.published();
        }
        Topology now = topology.current();
        if (!now.hasExchange(frame.exchange())) {
            throw new Refusal(
                    Code.UNKNOWN_DESTINATION,
                    "Expected one of the exchanges "
                            + new TreeSet<>(now.bindings().keySet()) + ", found '" + Printable.of(frame.exchange())
                            + "'. Correct the destination");
        }
        if (!now.mayPublish(site, frame.exchange())) {
            throw new Refusal(
                    Code.NOT_PERMITTED,
                    "Expected a site that may publish to " + frame.exchange() + ", found " + site
                            + ". Headquarters permits it in topology.yaml, sites, publish");
        }
        if (!frame.messageId().sender().equals(site)) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected a message_id of " + site + ", whose certificate this connection has, found "
                            + frame.messageId() + ". Publish under your own site's name");
        }
        if (frame.senderId() != null && !frame.senderId().equals(site)) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected the sender_id " + site + ", whose certificate this connection has, found "
                            + frame.senderId() + ". Leave the header out or correct it");
        }
    }
}
