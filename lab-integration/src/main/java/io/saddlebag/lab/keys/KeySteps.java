package io.saddlebag.lab.keys;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.dsse.VerifiedBundle;
import io.saddlebag.lab.keys.PinnedKeys.State;
import io.saddlebag.lab.message.NotYetException;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.log.FaultText;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps that pin and judge the recipients' key bundles, and the one that finds the keys for a message. */
public final class KeySteps {
    private static final Logger LOG = LoggerFactory.getLogger(KeySteps.class);
    private static final String ENVELOPE = "keyEnvelope";

    private final PinnedKeys pinned;
    private final Map<SiteId, PostQuantum> policies;
    private final Sha256 networkId;
    private final Runnable pinnedAnother;
    private final Map<SiteId, State> states = new ConcurrentHashMap<>();
    private final LimitedLines lines = new LimitedLines();

    /**
     * @param policies of the recipients that the settings name
     * @param pinnedAnother takes up the messages that wait for a key; called after each new pin
     */
    public KeySteps(PinnedKeys pinned, Map<SiteId, PostQuantum> policies, Sha256 networkId, Runnable pinnedAnother) {
        this.pinned = pinned;
        this.policies = Map.copyOf(policies);
        this.networkId = networkId;
        this.pinnedAnother = pinnedAnother;
    }

    /** Takes the signed key bundle out of a frame. Runs on the link's event loop. */
    public void readFrame(Exchange exchange) {
        StompFrame frame = exchange.getIn().getBody(StompFrame.class);
        String destination = frame.header(Headers.DESTINATION);
        if (destination == null || !destination.startsWith(Headers.KEYS_PREFIX)) {
            throw new Refusal(
                    Refusal.Code.MALFORMED,
                    "Expected key bundles from headquarters, found a message from '" + Printable.of(destination)
                            + "', which this site did not ask for");
        }
        exchange.getIn().setBody(frame.body());
    }

    /** Keeps the envelope while its signature is verified, and names the payload type that it must have. */
    public void keepEnvelope(Exchange exchange) {
        exchange.setProperty(ENVELOPE, exchange.getIn().getBody(byte[].class));
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, KeyBundle.TYPE);
    }

    /** Pins a verified key bundle of a recipient. */
    public void pin(Exchange exchange) throws IOException {
        VerifiedBundle verified = VerifiedBundle.of(exchange);
        KeyBundle bundle = verified.bundle();
        if (!pinned.recipients().contains(bundle.siteId())) {
            throw new Refusal(
                    Refusal.Code.NOT_PERMITTED,
                    "Expected a key bundle of one of " + pinned.recipients() + ", found one of " + bundle.siteId());
        }
        if (!bundle.networkId().equals(networkId)) {
            throw new Refusal(
                    Refusal.Code.CONFLICT,
                    "Expected a key bundle of the network " + networkId.brief() + ", found "
                            + bundle.networkId().brief() + ". Both sites need certificates of the same CA");
        }
        if (pinned.pin(verified, exchange.getProperty(ENVELOPE, byte[].class))) {
            LOG.info("key bundle {} of {} pinned", bundle.version(), bundle.siteId());
            pinnedAnother.run();
        }
    }

    /**
     * Judges anew which recipients can be sealed for: keys begin and end, certificates are revoked, bundles grow old. Logs
     * each change for the worse once, and takes up the messages that wait when one is for the better.
     */
    public void judge(Exchange exchange) {
        boolean isBetter = false;
        for (SiteId recipient : pinned.recipients()) {
            State now = pinned.state(recipient);
            State before = states.put(recipient, now);
            if (now == before) {
                continue;
            }
            isBetter |= now.isUsable() && before != null && !before.isUsable();
            Instant issued = pinned.issued(recipient);
            if (issued != null && now != State.USABLE) {
                LOG.warn("key bundle of {}, issued at {}, is {}", recipient, issued, now.text());
            }
        }
        if (isBetter) {
            pinnedAnother.run();
        }
    }

    /** Logs why a key bundle was not pinned; the one pinned before stays in force. */
    public void reportFault(Exchange exchange) {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (cause instanceof Refusal refusal) {
            lines.line("refused " + refusal.code())
                    .ifPresent(more -> LOG.warn(
                            "key bundle refused ({}): {}{}", refusal.code().text(), refusal.reason(), more));
        } else {
            lines.line("failed")
                    .ifPresent(more -> LOG.error(
                            "key bundle not taken: {}{}", Printable.reason(FaultText.of(cause)), more, cause));
        }
    }

    /** Finds the current key of each recipient, or lets the message wait until its bundle is known. */
    public void findRecipientKeys(Exchange exchange) throws NotYetException {
        OutgoingContext outgoing = OutgoingContext.of(exchange);
        SortedMap<SiteId, KeyChoice.Candidates> candidates = new TreeMap<>();
        for (SiteId recipient : outgoing.message().claim().recipients()) {
            State state = pinned.state(recipient);
            if (!state.isUsable()) {
                throw new NotYetException("waits for a key of " + recipient + "; its key bundle is " + state.text());
            }
            candidates.put(
                    recipient,
                    new KeyChoice.Candidates(
                            policies.getOrDefault(recipient, PostQuantum.PREFERRED),
                            pinned.current(recipient, false),
                            pinned.current(recipient, true)));
        }
        outgoing.keys(KeyChoice.of(candidates));
    }
}
