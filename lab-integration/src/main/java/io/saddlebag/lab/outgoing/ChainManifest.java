package io.saddlebag.lab.outgoing;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.RouteTerms;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.lab.records.LabJournal.Place;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.MessageSealer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Makes the manifest of a sealed message and links it to the one before it, for each recipient; recorded in the same
 * commit as the recipients' sequences, so that no number is given twice.
 */
public final class ChainManifest extends AsyncProcessorSupport {
    private final LabJournal journal;
    private final AfterCommit afterCommit;
    private final SiteIdentity identity;
    private final String exchangeName;
    private final Map<SiteId, String> routingKeys;
    private final Map<String, RouteTerms> terms;

    /**
     * @param routingKeys of every site that a route may name
     * @param terms by route id, of those routes that ask for something
     */
    public ChainManifest(
            LabJournal journal,
            AfterCommit afterCommit,
            SiteIdentity identity,
            String exchangeName,
            Map<SiteId, String> routingKeys,
            Map<String, RouteTerms> terms) {
        this.journal = Objects.requireNonNull(journal, "journal");
        this.afterCommit = Objects.requireNonNull(afterCommit, "after commit");
        this.identity = Objects.requireNonNull(identity, "identity");
        this.exchangeName = Objects.requireNonNull(exchangeName, "exchange name");
        this.routingKeys = Map.copyOf(routingKeys);
        this.terms = Map.copyOf(terms);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        OutgoingContext outgoing = OutgoingContext.of(exchange);
        OutgoingMessage message = outgoing.message();
        return afterCommit.then(
                journal.sealed(message, outgoing.sealed(), places -> {
                    outgoing.manifest(manifest(outgoing, places));
                    return Json.write(outgoing.manifest());
                }),
                exchange,
                callback,
                manifest -> {
                    Failpoint.LAB_MANIFEST_RECORDED.reached();
                    OutgoingContext.message(exchange, message.sealed(manifest));
                });
    }

    private Manifest manifest(OutgoingContext outgoing, Map<SiteId, Place> places) {
        OutgoingMessage message = outgoing.message();
        MessageSealer.Sealed facts = outgoing.facts();
        List<Manifest.Recipient> recipients = new ArrayList<>();
        List<String> keysOfRouting = new ArrayList<>();
        for (SiteId recipient : message.claim().recipients()) {
            Place place = places.get(recipient);
            recipients.add(new Manifest.Recipient(
                    recipient, outgoing.keys().get(recipient).keyId(), place.seq(), place.prev()));
            keysOfRouting.add(routingKeys.get(recipient));
        }
        RouteTerms asked = terms.getOrDefault(message.claim().routeId(), RouteTerms.USUAL);
        return new Manifest(
                identity.trust().networkId(),
                message.messageId(),
                message.claim().sentTimestamp(),
                asked.expires(message.claim().sentTimestamp()),
                asked.priority(),
                new Manifest.Sender(identity.site(), identity.signingFingerprint()),
                recipients,
                new Manifest.Routing(
                        exchangeName, keysOfRouting.stream().distinct().toList()),
                new Manifest.Body(Manifest.Body.AGE, facts.size(), facts.sha256()),
                Manifest.partsOf(facts.size()));
    }
}
