package io.saddlebag.rc.deliver;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.intake.Arrival;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code composeReceipt}: the centre's word that the file stands in its outbox, as the bytes to sign. */
public final class ComposeReceipt implements Processor {
    private final SiteId site;

    public ComposeReceipt(SiteId site) {
        this.site = site;
    }

    @Override
    public void process(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, DeliveryReceipt.TYPE);
        exchange.getMessage()
                .setBody(Json.write(new DeliveryReceipt(
                        arrival.manifest.networkId(),
                        arrival.messageId(),
                        arrival.sender(),
                        site,
                        arrival.manifestSha256,
                        arrival.contentSha256,
                        arrival.contentSize,
                        arrival.receivedTimestamp)));
    }
}
