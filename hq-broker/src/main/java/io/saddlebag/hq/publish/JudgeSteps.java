package io.saddlebag.hq.publish;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.routing.QueueRules;
import io.saddlebag.hq.routing.Router;
import io.saddlebag.hq.routing.Topology;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.store.ConfirmedMessages;
import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.Publication;
import io.saddlebag.hq.store.Publication.Target;
import io.saddlebag.hq.store.QueueLoad;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.PeerClock;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;

/**
 * The steps that judge a SEND before anything of it is stored. Each adds to the {@link Submission} or throws a
 * {@link Refusal}. {@link #matchManifest} and {@link #routeManifest} may ask the store and block, the others never.
 */
public final class JudgeSteps {
    private final LiveTopology topology;
    private final Router router;
    private final Sha256 networkId;
    private final MessageStore messages;
    private final ConfirmedMessages confirmed;
    private final QueueIndex index;
    private final FreeSpace space;
    private final RunningTime time;

    public JudgeSteps(
            LiveTopology topology,
            Sha256 networkId,
            MessageStore messages,
            ConfirmedMessages confirmed,
            QueueIndex index,
            FreeSpace space,
            RunningTime time) {
        this.topology = topology;
        this.router = new Router(topology);
        this.networkId = networkId;
        this.messages = messages;
        this.confirmed = confirmed;
        this.index = index;
        this.space = space;
        this.time = time;
    }

    /** The frame's headers and body become a submission; the manifest's envelope becomes the body. */
    public void readSend(Exchange exchange) {
        PublishFrame frame = PublishFrame.of(HqProperties.frame(exchange));
        exchange.setProperty(Submission.PROPERTY, new Submission(frame));
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Manifest.TYPE);
        exchange.getMessage().setBody(frame.envelope());
    }

    /**
     * The certificate's site may publish to this exchange, and under its own name only. Counts the site's rate. Comes
     * before all that costs.
     */
    public void permitPublish(Exchange exchange) {
        Session session = HqProperties.session(exchange);
        SiteId site = session.site();
        PublishFrame frame = Submission.of(exchange).frame();
        if (frame.part().number() == 1) {
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

    /**
     * Takes the connection's site for the signer, in the place of {@code direct:verify} when hq.verify-manifests is off.
     * Receivers verify all the same.
     */
    public void readUnverified(Exchange exchange) {
        byte[] envelope = exchange.getMessage().getBody(byte[].class);
        exchange.setProperty(
                SignatureProperties.SIGNER, HqProperties.session(exchange).site());
        exchange.getMessage().setBody(Envelope.parse(envelope).payload());
    }

    /** The verified payload becomes a manifest, signed by the site that published it. */
    public void readManifest(Exchange exchange) {
        SiteId site = HqProperties.session(exchange).site();
        SiteId signer = exchange.getProperty(SignatureProperties.SIGNER, SiteId.class);
        if (!site.equals(signer)) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected a manifest signed by " + site + ", whose certificate this connection has, found one by "
                            + signer + ". Sign with your own site's key");
        }
        byte[] payload = exchange.getMessage().getBody(byte[].class);
        Manifest manifest = HqProperties.json(payload, Manifest.class);
        if (!manifest.sender().id().equals(site)) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected " + site + " as the manifest's sender, found "
                            + manifest.sender().id());
        }
        Sha256 fingerprint = exchange.getProperty(SignatureProperties.SIGNER_FINGERPRINT, Sha256.class);
        if (fingerprint != null && !fingerprint.equals(manifest.sender().fingerprint())) {
            throw new Refusal(
                    Code.BAD_SIGNATURE,
                    "Expected a manifest that names its signing key " + fingerprint.brief() + ", found "
                            + manifest.sender().fingerprint().brief() + ". Sign with the key that the manifest names");
        }
        Submission.of(exchange).signed(manifest, Sha256.of(payload));
    }

    /**
     * The headers in clear say the same as the manifest under signature. It is for this network and has not expired, and
     * its times can be stored.
     */
    public void matchManifest(Exchange exchange) throws StoreException {
        Submission submission = Submission.of(exchange);
        PublishFrame frame = submission.frame();
        Manifest manifest = submission.manifest();
        equal(Code.MALFORMED, Headers.MESSAGE_ID, manifest.messageId(), frame.messageId());
        if (frame.sentTimestamp() != null) {
            equal(Code.MALFORMED, Headers.SENT_TIMESTAMP, manifest.sentTimestamp(), frame.sentTimestamp());
        }
        if (frame.receivers() != null) {
            Set<SiteId> recipients = new TreeSet<>();
            manifest.recipients().forEach(recipient -> recipients.add(recipient.id()));
            equal(Code.ROUTING_MISMATCH, Headers.RECEIVER_CLIENT_ID, recipients, new TreeSet<>(frame.receivers()));
        }
        equal(Code.ROUTING_MISMATCH, Headers.DESTINATION, manifest.routing().exchange(), frame.exchange());
        if (!new HashSet<>(manifest.routing().routingKeys()).equals(new HashSet<>(frame.routingKeys()))) {
            throw mismatch(
                    Code.ROUTING_MISMATCH,
                    Headers.ROUTING_KEY,
                    manifest.routing().routingKeys(),
                    frame.routingKeys());
        }
        equal(
                Code.MALFORMED,
                "parts of the manifest",
                manifest.parts(),
                frame.part().count());
        if (!manifest.networkId().equals(networkId)) {
            throw new Refusal(
                    Code.BAD_SIGNATURE,
                    "Expected a manifest for the network " + networkId.brief() + ", found one for "
                            + manifest.networkId().brief()
                            + ". Both sites need certificates of the same CA");
        }
        // Before any byte is taken: later, a complete upload could only be discarded.
        Publication.storable(Headers.SENT_TIMESTAMP, manifest.sentTimestamp());
        if (manifest.expires() != null) {
            Publication.storable("expires", manifest.expires());
            Instant now = time.wall().instant();
            if (!now.isBefore(manifest.expires()) && !isStored(submission)) {
                throw expired(
                        manifest,
                        now,
                        HqProperties.session(exchange).connection().peerClock());
            }
        }
    }

    /**
     * A repeat of a message that came in time is taken, or its sender would regard it as failed. One whose commit is under
     * way or in doubt counts too: the writer answers for it.
     */
    private boolean isStored(Submission submission) throws StoreException {
        Manifest manifest = submission.manifest();
        return messages.find(manifest.sender().id(), manifest.messageId())
                .filter(submission::isRepeatOf)
                .isPresent();
    }

    private Refusal expired(Manifest manifest, Instant now, Optional<PeerClock> sendersClock) {
        MessageId id = manifest.messageId();
        Optional<Instant> other = time.otherReading(now);
        if (other.isPresent() && other.get().isBefore(manifest.expires())) {
            return new Refusal(
                    Code.CLOCK_DOUBTFUL,
                    "Expected a message that has not expired, found " + id + " which does at " + manifest.expires()
                            + ", while the clock of headquarters stepped from " + other.get() + " to "
                            + now + ". Send it again later");
        }
        return new Refusal(
                Code.EXPIRED,
                "Expected a message that has not expired, found " + id + " which did at " + manifest.expires()
                        + "; its sender's clock said " + manifest.sentTimestamp() + " when it was taken,"
                        + " headquarters' says " + now
                        + sendersClock
                                .filter(PeerClock::differs)
                                .map(found -> ", and the sender's is " + found.difference()
                                        + " it. Correct the clock that is wrong, then send")
                                .orElse(". Send")
                        + " it anew under another message_id");
    }

    private static void equal(Code code, String what, Object signed, Object found) {
        if (!signed.equals(found)) {
            throw mismatch(code, what, signed, found);
        }
    }

    private static Refusal mismatch(Code code, String what, Object signed, Object found) {
        return new Refusal(
                code,
                "Expected " + what + " to be as the manifest says, " + Printable.of(signed.toString()) + ", found "
                        + Printable.of(found.toString()) + ". Correct the header");
    }

    /** The routing keys become queues, which are exactly those of the recipients. */
    public void routeManifest(Exchange exchange) throws StoreException {
        Submission submission = Submission.of(exchange);
        PublishFrame frame = submission.frame();
        Manifest manifest = submission.manifest();
        try {
            submission.routed(router.route(
                    frame.exchange(),
                    frame.routingKeys(),
                    manifest.recipients().stream().map(Manifest.Recipient::id).toList(),
                    manifest.priorityOrNormal()));
        } catch (Refusal refusal) {
            // The topology may have changed since: a repeat is confirmed, or its sender would regard it as failed.
            if (confirmed
                    .find(manifest.sender().id(), manifest.messageId())
                    .filter(submission::isRepeatOf)
                    .isEmpty()) {
                throw refusal;
            }
            submission.committedBefore();
        }
    }

    /**
     * The disk and every target queue have room. A sender may repeat later what is refused here. A queue's limits count
     * committed messages, so that messages under way at the same moment may pass them.
     */
    public void checkRoom(Exchange exchange) {
        space.requireRoom();
        Submission submission = Submission.of(exchange);
        if (submission.targets() == null) {
            return;
        }
        Map<String, QueueRules> rules = topology.current().rules();
        for (Target target : submission.targets()) {
            checkQueue(target, rules.getOrDefault(target.queueName(), QueueRules.DEFAULT));
        }
    }

    private void checkQueue(Target target, QueueRules rules) {
        if (rules.maxMessages() == 0 && rules.maxBytes() == 0) {
            return;
        }
        QueueLoad load = index.load(target.queueName());
        boolean full = (rules.maxMessages() > 0 && load.messages() >= rules.maxMessages())
                || (rules.maxBytes() > 0 && load.bytes() >= rules.maxBytes());
        if (full) {
            String messagesLimit = rules.maxMessages() == 0 ? "" : "max_messages " + rules.maxMessages();
            String bytesLimit = rules.maxBytes() == 0 ? "" : "max_bytes " + rules.maxBytes();
            String comma = messagesLimit.isEmpty() || bytesLimit.isEmpty() ? "" : ", ";
            throw new Refusal(
                    Code.QUEUE_FULL,
                    "Expected room on " + target.queueName() + " (" + messagesLimit + comma + bytesLimit + "), found "
                            + load.messages() + " messages of " + load.bytes() + " bytes waiting for "
                            + target.receiverClientId() + ". Send it again later");
        }
    }

    /** The bytes of a one-part message are those that the manifest names. */
    public void checkBody(Exchange exchange) {
        Submission submission = Submission.of(exchange);
        Manifest.Body expected = submission.manifest().body();
        PublishFrame frame = submission.frame();
        if (frame.size() != expected.size()) {
            throw new Refusal(
                    Code.BAD_DIGEST,
                    "Expected a sealed message of " + expected.size() + " bytes, found " + frame.size()
                            + ". It was cut or changed on the way; send it again");
        }
        Sha256 sha256 = Sha256.of(frame.body(), frame.envelope().length, frame.size());
        if (!sha256.equals(expected.sha256())) {
            throw new Refusal(
                    Code.BAD_DIGEST,
                    "Expected a sealed message with the SHA-256 "
                            + expected.sha256().brief() + ", found "
                            + sha256.brief()
                            + ". It was changed on the way; send it again");
        }
    }

    /** The message is complete and can be committed. */
    public boolean isWhole(Exchange exchange) {
        return Submission.of(exchange).isWhole();
    }
}
