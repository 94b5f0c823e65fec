package io.saddlebag.hq.publish;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.Publication;
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
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code matchManifest}: what the headers say in clear is what the manifest says under signature, for this network
 * and in time, with times that can be stored. Asks the store in one rare case, so it may block.
 */
public final class MatchManifest implements Processor {
    private final Sha256 networkId;
    private final MessageStore store;
    private final RunningTime time;

    public MatchManifest(Sha256 networkId, MessageStore store, RunningTime time) {
        this.networkId = networkId;
        this.store = store;
        this.time = time;
    }

    @Override
    public void process(Exchange exchange) throws StoreException {
        Submission submission = Submission.of(exchange);
        PublishFrame frame = submission.frame();
        Manifest manifest = submission.manifest();
        equal(Code.MALFORMED, Headers.MESSAGE_ID, manifest.messageId(), frame.messageId());
        if (frame.sentTimestamp() != null) {
            equal(Code.MALFORMED, Headers.SENT_TIMESTAMP, manifest.sentTimestamp(), frame.sentTimestamp());
        }
        Set<SiteId> recipients = new TreeSet<>();
        manifest.recipients().forEach(recipient -> recipients.add(recipient.id()));
        if (frame.receivers() != null) {
            equal(Code.ROUTING_MISMATCH, Headers.RECEIVER_CLIENT_ID, recipients, new TreeSet<>(frame.receivers()));
        }
        equal(Code.ROUTING_MISMATCH, "destination", manifest.routing().exchange(), frame.exchange());
        if (!new HashSet<>(manifest.routing().routingKeys()).equals(new HashSet<>(frame.routingKeys()))) {
            throw mismatch(
                    Code.ROUTING_MISMATCH,
                    Headers.ROUTING_KEY,
                    manifest.routing().routingKeys(),
                    frame.routingKeys());
        }
        equal(Code.MALFORMED, "parts of the manifest", manifest.parts(), frame.parts());
        if (!manifest.networkId().equals(networkId)) {
            throw new Refusal(
                    Code.BAD_SIGNATURE,
                    "Expected a manifest for the network " + networkId + ", found one for " + manifest.networkId()
                            + ". Both sites need certificates of the same CA");
        }
        // Here, before anything of it is taken: an upload that is whole could only be thrown away.
        Publication.storable(Headers.SENT_TIMESTAMP, manifest.sentTimestamp());
        if (manifest.expires() != null) {
            Publication.storable("expires", manifest.expires());
            Instant now = time.wall().instant();
            if (!now.isBefore(manifest.expires())) {
                Optional<PeerClock> sendersClock =
                        HqProperties.session(exchange).link().peerClock();
                refuseUnlessCommittedBefore(manifest, submission.manifestSha256(), now, sendersClock);
            }
        }
    }

    /** A repeat of what was committed in time is confirmed, or its sender would take it for failed. */
    private void refuseUnlessCommittedBefore(
            Manifest manifest, Sha256 manifestSha256, Instant now, Optional<PeerClock> sendersClock)
            throws StoreException {
        MessageId id = manifest.messageId();
        boolean committed = store.find(manifest.sender().id(), id)
                .filter(stored -> stored.manifestSha256().equals(manifestSha256))
                .isPresent();
        if (committed) {
            return;
        }
        Optional<Instant> other = time.otherReading();
        if (other.isPresent() && other.get().isBefore(manifest.expires())) {
            throw new Refusal(
                    Code.CLOCK_DOUBTFUL,
                    "Expected a message that has not expired, found " + id + " which does at " + manifest.expires()
                            + ", while the clock of headquarters stepped from " + other.get() + " to "
                            + now + ". Send it again later");
        }
        throw new Refusal(
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
}
