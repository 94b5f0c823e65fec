package io.saddlebag.rc.deliver;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.StandardizedMessage;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.outbox.InlineContent;
import io.saddlebag.stomp.Headers;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code composeStandardizedMessage}: everything that was verified, as the body; the route makes JSON of it. */
public final class ComposeStandardizedMessage implements Processor {
    private final SiteId site;

    public ComposeStandardizedMessage(SiteId site) {
        this.site = site;
    }

    @Override
    public void process(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        Manifest manifest = arrival.manifest;
        Manifest.Recipient place = manifest.recipient(site);
        InlineContent.Content content = exchange.getMessage().getBody(InlineContent.Content.class);
        String routingKey = arrival.frame().header(Headers.ROUTING_KEY);
        exchange.getMessage()
                .setBody(new StandardizedMessage(
                        manifest.messageId(),
                        manifest.sender().id(),
                        manifest.sentTimestamp(),
                        content.text(),
                        content.encoding(),
                        arrival.message.contentType(),
                        arrival.contentSize,
                        arrival.contentSha256,
                        site,
                        manifest.routing().routingKeys().contains(routingKey) ? routingKey : null,
                        arrival.receivedTimestamp,
                        arrival.payloadName,
                        arrival.message.fileName(),
                        arrival.manifestSha256,
                        manifest.body().sha256(),
                        arrival.senderFingerprint,
                        manifest.networkId(),
                        place.keyId(),
                        place.seq(),
                        arrival.message.folder()));
    }
}
