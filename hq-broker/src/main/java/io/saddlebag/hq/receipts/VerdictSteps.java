package io.saddlebag.hq.receipts;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.verdict.VerdictStore;
import io.saddlebag.hq.store.verdict.VerdictStore.Acknowledged;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.verdict.Verdict;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that keep the verdict of a receiver and hand it to the sender, until the sender confirms that it has it. A sender
 * that follows its receipts and wants verdicts gets those that it lacks with its subscription, each new one as it comes, and
 * the rest as it confirms. Steps block on the store; safe for any number of threads.
 */
public final class VerdictSteps {
    private static final Logger LOG = LoggerFactory.getLogger(VerdictSteps.class);
    /** The most verdicts that a sender is sent before it confirms some. */
    private static final int PAGE = 100;
    /** A verdict is sent again when its sender has not confirmed it for so long. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Sha256 networkId;
    private final VerdictStore store;
    private final ReceiptFollowers followers;

    /** @param work may block */
    public VerdictSteps(Sha256 networkId, VerdictStore store, ReceiptFollowers followers, Executor work) {
        this.networkId = networkId;
        this.store = store;
        this.followers = followers;
        followers.onVerdictsWanted(sender -> {
            try {
                work.execute(() -> tellLacking(sender));
            } catch (RejectedExecutionException stopping) {
                LOG.debug("verdicts for {} wait for the next subscription", sender);
            }
        });
    }

    private void tellLacking(SiteId sender) {
        try {
            tell(sender, Duration.ZERO);
        } catch (StoreException e) {
            LOG.debug("verdicts for {} are told later: {}", sender, FaultText.of(e));
        }
    }

    private void tell(SiteId sender, Duration age) throws StoreException {
        store.untaken(sender, age, PAGE).forEach(each -> followers.tell(sender, each));
    }

    /** Hands the verdict's envelope to the route that verifies. */
    public void readVerdict(Exchange exchange) {
        byte[] envelope = HqProperties.frame(exchange).body();
        if (envelope.length > Verdict.MOST_ENVELOPE_BYTES) {
            throw new Refusal(
                    Code.TOO_LARGE,
                    "Expected a verdict of at most " + Verdict.MOST_ENVELOPE_BYTES + " bytes, found " + envelope.length
                            + ". Shorten its reason");
        }
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Verdict.TYPE);
        exchange.getMessage().setBody(envelope);
    }

    /** The verified verdict is the connection's own site's, on a message that this site acknowledged; then it is stored. */
    public void keepVerdict(Exchange exchange) throws StoreException {
        SiteId site = HqProperties.session(exchange).site();
        equal(Code.WRONG_SENDER, "signer", site, exchange.getProperty(SignatureProperties.SIGNER, SiteId.class));
        byte[] json = exchange.getMessage().getBody(byte[].class);
        Verdict verdict = HqProperties.json(json, Verdict.class);
        equal(Code.WRONG_SENDER, "receiver_client_id", site, verdict.receiverClientId());
        equal(Code.BAD_SIGNATURE, "network_id", networkId, verdict.networkId());
        Acknowledged message = store.acknowledged(verdict.senderId(), verdict.messageId(), site)
                .orElseThrow(() -> new Refusal(
                        Code.NOT_PERMITTED,
                        "Expected a verdict on a message that " + site + " acknowledged, found " + verdict.messageId()
                                + " not acknowledged. Send it after the acknowledgement"));
        equal(Code.BAD_DIGEST, "manifest_sha256", message.manifestSha256(), verdict.manifestSha256());
        if (store.save(
                message.messageNumber(),
                verdict,
                Sha256.of(json),
                HqProperties.frame(exchange).body())) {
            LOG.info("{} {}: {}", verdict.messageId(), site, verdict.kind());
            store.outcome(message.messageNumber(), site)
                    .ifPresent(outcome -> followers.tell(verdict.senderId(), outcome));
        }
    }

    private static void equal(Code code, String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new Refusal(
                    code,
                    "Expected a verdict with the " + what + " " + expected + ", found "
                            + Printable.of(String.valueOf(found)) + ". Sign a verdict of your own for each message");
        }
    }

    /** The sender has the verdicts of these digests, and gets more, if there are some. */
    public void nextVerdicts(Exchange exchange) throws StoreException {
        SiteId sender = HqProperties.session(exchange).site();
        Sha256[] taken = HqProperties.json(HqProperties.frame(exchange).body(), Sha256[].class);
        if (taken.length > OwnSubscriptions.MOST || Arrays.asList(taken).contains(null)) {
            throw new Refusal(
                    Code.TOO_LARGE,
                    "Expected at most " + OwnSubscriptions.MOST + " digests in one frame, found " + taken.length
                            + ". Send several");
        }
        // A repeat brings no page: those of before are still under way.
        if (store.taken(sender, List.of(taken)) > 0) {
            tell(sender, Duration.ZERO);
        }
    }

    /** Tells the senders here what they have not confirmed, as after a frame that was lost, or what came to another node. */
    public void tellVerdicts(Exchange exchange) throws StoreException {
        for (SiteId sender : followers.wantingVerdicts()) {
            tell(sender, PATIENCE);
        }
    }
}
