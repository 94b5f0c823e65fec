package io.saddlebag.hq.receipts;

import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.store.ConfirmedMessages;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.ChainStore;
import io.saddlebag.hq.store.sql.ChainStore.SignedManifest;
import io.saddlebag.hq.store.sql.OutcomeStore;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that answer a sender about its own messages: how their deliveries ended, and the manifests that headquarters
 * has. {@link #followReceipts} does not block, the others read the store. Safe for any number of threads.
 */
public final class ReceiptSteps {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiptSteps.class);

    private final ReceiptFollowers followers;
    private final OutcomeStore outcomes;
    private final SenderChains chains;
    private final ChainStore manifests;
    private final ConfirmedMessages confirmed;
    private final Asked watch;
    private final RepeatedFaults losses = new RepeatedFaults();
    private final OwnSubscriptions<ReceiptFollower> receipts;
    private final OwnSubscriptions<ManifestFrames> manifestFrames = new OwnSubscriptions<>(
            Headers.CHAIN_PREFIX, (id, session) -> new ManifestFrames(id, session.site()), ended -> {});

    /** Hears of a question before it is answered; may block. */
    @FunctionalInterface
    private interface Asked {
        void asked(SiteId sender, List<MessageId> ids) throws StoreException;
    }

    /** For the single headquarters. */
    public ReceiptSteps(
            ReceiptFollowers followers,
            OutcomeStore outcomes,
            SenderChains chains,
            ChainStore manifests,
            ConfirmedMessages confirmed) {
        this(followers, outcomes, chains, manifests, confirmed, (sender, ids) -> {});
    }

    /** @param watch watches what other nodes settle */
    public ReceiptSteps(
            ReceiptFollowers followers,
            OutcomeStore outcomes,
            SenderChains chains,
            ChainStore manifests,
            ConfirmedMessages confirmed,
            ReceiptWatch watch) {
        this(followers, outcomes, chains, manifests, confirmed, watch::asked);
    }

    private ReceiptSteps(
            ReceiptFollowers followers,
            OutcomeStore outcomes,
            SenderChains chains,
            ChainStore manifests,
            ConfirmedMessages confirmed,
            Asked watch) {
        this.followers = followers;
        this.outcomes = outcomes;
        this.chains = chains;
        this.manifests = manifests;
        this.confirmed = confirmed;
        this.watch = watch;
        this.receipts = new OwnSubscriptions<>(
                Headers.RECEIPTS_PREFIX,
                (id, session) -> followers.begin(id, session.site(), session.connection()),
                followers::end);
    }

    /**
     * The sender hears from now on how its deliveries end. Nothing of that is acknowledged: it asks for what it missed.
     * Verdicts, if it wants them, it confirms.
     */
    public void followReceipts(Exchange exchange) {
        ReceiptFollower follower = receipts.begin(exchange);
        if ("true".equals(HqProperties.frame(exchange).header(Headers.VERDICTS_WANTED))) {
            followers.wantVerdicts(follower);
        }
    }

    /** Answers how the deliveries of the named messages ended, of those that have, and which messages it does not have. */
    public void askReceipts(Exchange exchange) throws StoreException {
        Session session = HqProperties.session(exchange);
        List<MessageId> asked = OwnSubscriptions.question(exchange, 0);
        watch.asked(session.site(), asked);
        List<DeliveryOutcome> answer = new ArrayList<>(outcomes.outcomes(session.site(), asked));
        Set<MessageId> known = outcomes.known(session.site(), asked);
        List<MessageId> lacking =
                asked.stream().distinct().filter(id -> !known.contains(id)).toList();
        lacking.forEach(id -> answer.add(DeliveryOutcome.unknown(id)));
        if (!lacking.isEmpty()) {
            losses.occurred(session.site().value())
                    .ifPresent(repeats -> LOG.warn(
                            "site={} has the confirm of messages that are not here, such as {}, as after a restored"
                                    + " back-up; it sends them again{}. If nothing was restored, find out who deleted rows",
                            session.site(),
                            lacking.get(0),
                            repeats));
        }
        receipts.answering(session).answer(answer);
    }

    /** Sends the newest manifest that the sender has published to each receiver, verbatim. */
    public void followChain(Exchange exchange) throws StoreException {
        ManifestFrames frames = manifestFrames.begin(exchange);
        Session session = HqProperties.session(exchange);
        manifests.manifests(session.site(), chains.newest(session.site())).forEach(found -> session.connection()
                .send(frames.of(found)));
    }

    /** Answers with the manifest of the last confirmed message of those named, if there is one. */
    public void askChain(Exchange exchange) throws StoreException {
        Session session = HqProperties.session(exchange);
        List<MessageId> asked = OwnSubscriptions.question(exchange, 1);
        for (MessageId each : asked) {
            if (!each.sender().equals(session.site())) {
                throw new Refusal(
                        Code.NOT_PERMITTED,
                        "Expected message_ids of " + session.site() + ", whose certificate this connection has, found "
                                + each + ". Ask for your own");
            }
        }
        ManifestFrames frames = manifestFrames.answering(session);
        Optional<SignedManifest> last = manifests.last(session.site(), asked);
        // A row whose commit is in doubt may yet be discarded: its sender does not hear of it.
        if (last.isPresent()
                && confirmed.find(session.site(), last.get().messageId()).isPresent()) {
            session.connection().send(frames.of(last.get()));
        }
    }

    /** Makes the MESSAGE frames of one subscription to a site's own manifests: one manifest a frame, as it was signed. */
    private static final class ManifestFrames {
        private final String subscription;
        private final SiteId site;
        private final AtomicLong lastNumber = new AtomicLong();

        ManifestFrames(String subscription, SiteId site) {
            this.subscription = subscription;
            this.site = site;
        }

        StompFrame of(SignedManifest manifest) {
            return StompFrame.of(StompCommand.MESSAGE)
                    .header(Headers.SUBSCRIPTION, subscription)
                    .header(Headers.MESSAGE_ID_OF_STOMP, "chain/" + site + "/" + lastNumber.incrementAndGet())
                    .header(Headers.DESTINATION, Headers.CHAIN_PREFIX + site)
                    .header(Headers.MESSAGE_ID, manifest.messageId().value())
                    .header(Headers.CONTENT_TYPE, "application/json")
                    .header(Headers.CONTENT_LENGTH, manifest.envelope().length)
                    .body(manifest.envelope())
                    .build();
        }
    }
}
