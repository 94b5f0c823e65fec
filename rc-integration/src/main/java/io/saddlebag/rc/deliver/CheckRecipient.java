package io.saddlebag.rc.deliver;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.intake.Arrival;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code checkRecipient}: this centre is among those that the sender named. */
public final class CheckRecipient implements Processor {
    private final SiteId site;

    public CheckRecipient(SiteId site) {
        this.site = site;
    }

    @Override
    public void process(Exchange exchange) {
        Manifest manifest = Arrival.of(exchange).manifest;
        if (manifest.recipient(site) == null) {
            throw new Refusal(
                    Refusal.Code.ROUTING_MISMATCH,
                    "Expected " + site + " among the recipients of " + manifest.messageId() + ", found "
                            + manifest.recipients().stream()
                                    .map(recipient -> recipient.id().value())
                                    .collect(Collectors.joining(", ")));
        }
    }
}
