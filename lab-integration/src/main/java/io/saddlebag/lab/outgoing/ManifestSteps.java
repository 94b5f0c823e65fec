package io.saddlebag.lab.outgoing;

import io.saddlebag.dsse.SignatureProperties;
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
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps that make the manifest of a sealed message and keep it once it is signed. */
public final class ManifestSteps {
    private static final Logger LOG = LoggerFactory.getLogger(ManifestSteps.class);

    private final LabJournal journal;
    private final AfterCommit afterCommit;
    private final String exchangeName;
    private final Map<SiteId, String> routingKeys;
    private final Supplier<Map<String, RouteTerms>> terms;
    private final WithdrawSteps withdraw;

    /** @param terms by route id, of those routes that ask for something */
    public ManifestSteps(
            LabJournal journal,
            AfterCommit afterCommit,
            String exchangeName,
            Map<SiteId, String> routingKeys,
            Supplier<Map<String, RouteTerms>> terms,
            WithdrawSteps withdraw) {
        this.journal = journal;
        this.afterCommit = afterCommit;
        this.exchangeName = exchangeName;
        this.routingKeys = Map.copyOf(routingKeys);
        this.terms = terms;
        this.withdraw = withdraw;
    }

    /**
     * Makes the manifest and links it to the one before it, for each recipient; recorded in the same commit as the
     * recipients' sequences, so that no number is given twice.
     */
    public boolean chainManifest(Exchange exchange, AsyncCallback callback) {
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
        SiteIdentity signer = outgoing.signer();
        List<Manifest.Recipient> recipients = new ArrayList<>();
        List<String> keysOfRouting = new ArrayList<>();
        for (SiteId recipient : message.claim().recipients()) {
            Place place = places.get(recipient);
            recipients.add(new Manifest.Recipient(
                    recipient, outgoing.keys().get(recipient).keyId(), place.seq(), place.prev()));
            keysOfRouting.add(routingKeys.get(recipient));
        }
        RouteTerms asked = RouteTerms.of(message, terms.get());
        return new Manifest(
                signer.trust().networkId(),
                message.messageId(),
                message.claim().sentTimestamp(),
                asked.expires(message.claim().sentTimestamp()),
                asked.priority(),
                new Manifest.Sender(signer.site(), signer.signingFingerprint()),
                recipients,
                new Manifest.Routing(
                        exchangeName, keysOfRouting.stream().distinct().toList()),
                new Manifest.Body(Manifest.Body.AGE, facts.size(), facts.sha256()),
                Manifest.partsOf(facts.size()));
    }

    /** Hands the manifest's JSON to the route that signs. */
    public void takeManifest(Exchange exchange) {
        exchange.getIn().setBody(OutgoingContext.message(exchange).manifest());
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Manifest.TYPE);
        exchange.setProperty(
                SignatureProperties.SIGN_AS, OutgoingContext.of(exchange).signer());
    }

    /** Records the signed manifest, so that every retry sends the same bytes, even after the signing key has changed. */
    public boolean keepEnvelope(Exchange exchange, AsyncCallback callback) {
        OutgoingMessage message = OutgoingContext.message(exchange);
        byte[] envelope = exchange.getIn().getBody(byte[].class);
        return afterCommit.then(journal.signed(message.number(), envelope), exchange, callback, rows -> {
            if (rows == 0) {
                throw withdraw.unsigned(message);
            }
            withdraw.signed(message);
            Failpoint.LAB_SIGNED.reached();
            exchange.getIn().setBody(null);
            OutgoingContext.message(exchange, message.signed(envelope));
            LOG.debug(
                    "{}: sealed and signed for {}",
                    message.messageId(),
                    message.claim().recipients());
        });
    }
}
