package io.saddlebag.lab.chain;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.lab.message.SentManifest;
import io.saddlebag.lab.records.ChainRecords;
import io.saddlebag.log.FaultText;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.StompFrame;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps that take a manifest of this laboratory back from headquarters, and the test for a conflict. */
public final class ChainSteps {
    private static final Logger LOG = LoggerFactory.getLogger(ChainSteps.class);
    private static final String ENVELOPE = "chainEnvelope";

    private final SiteId site;
    private final Sha256 networkId;
    private final ChainQuestions questions;
    private final ChainRecords records;
    private final LimitedLines lines = new LimitedLines();

    public ChainSteps(SiteId site, Sha256 networkId, ChainQuestions questions, ChainRecords records) {
        this.site = site;
        this.networkId = networkId;
        this.questions = questions;
        this.records = records;
    }

    /** Takes a manifest's envelope out of its frame and names the payload type that it must have. */
    public void readFrame(Exchange exchange) {
        byte[] envelope = exchange.getIn().getBody(StompFrame.class).body();
        exchange.getIn().setBody(envelope);
        exchange.setProperty(ENVELOPE, envelope);
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Manifest.TYPE);
    }

    /** Adds a verified manifest to the answer of the question, if this laboratory signed it. */
    public void collect(Exchange exchange) {
        SiteId signer = exchange.getProperty(SignatureProperties.SIGNER, SiteId.class);
        if (!site.equals(signer)) {
            throw new Refusal(Code.WRONG_SENDER, "Expected a signature of " + site + ", found " + signer);
        }
        byte[] json = exchange.getIn().getBody(byte[].class);
        Manifest manifest = Json.readOrRefuse(json, Manifest.class);
        if (!manifest.sender().id().equals(site)) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected a manifest of " + site + ", found one of "
                            + manifest.sender().id());
        }
        if (!manifest.networkId().equals(networkId)) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected a manifest of the network " + networkId.brief() + ", found "
                            + manifest.networkId().brief() + ". Look whether hq.host is of this network");
        }
        questions.found(new SentManifest(manifest, Sha256.of(json)));
    }

    /**
     * Logs why a manifest that headquarters returned does not count. A manifest that the journal has too is no fault:
     * its certificate may have ended since.
     */
    public void reportFault(Exchange exchange) {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (cause instanceof RejectedExecutionException) {
            LOG.debug("more manifests than can be verified at once; those left out do not count");
        } else if (!(cause instanceof Refusal refusal)) {
            lines.line("failed")
                    .ifPresent(more -> LOG.error(
                            "a manifest from headquarters not read: {}{}",
                            Printable.reason(FaultText.of(cause)),
                            more,
                            cause));
        } else if (isKnown(exchange.getProperty(ENVELOPE, byte[].class))) {
            LOG.debug("a manifest that the journal has too: {}", refusal.reason());
        } else {
            lines.line("refused " + refusal.code())
                    .ifPresent(more -> LOG.warn(
                            "headquarters returned a manifest as this laboratory's that does not count ({}): {}{}",
                            refusal.code().text(),
                            refusal.reason(),
                            more));
        }
    }

    private boolean isKnown(byte[] envelope) {
        try {
            return envelope != null
                    && records.isLast(Sha256.of(Envelope.parse(envelope).payload()));
        } catch (Refusal noEnvelope) {
            return false;
        }
    }
}
