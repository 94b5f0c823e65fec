package io.saddlebag.rc.deliver;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.Fingerprints;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.log.ProgressLog;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.StandardizedMessage;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.outbox.OutboxNames;
import io.saddlebag.rc.records.JournalledDelivery;
import io.saddlebag.rc.records.Placement;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.rc.work.OpenedSeal;
import io.saddlebag.rc.work.SealedSource;
import io.saddlebag.stomp.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the route {@code rc-deliver}: from a verified signature to an opened file. They find a
 * message that is in the outbox already, and refuse one that is not as its sender signed it. For any number of threads.
 */
public final class OpenSteps {
    private static final Logger LOG = LoggerFactory.getLogger(OpenSteps.class);
    private static final String OTHER = "rcOtherManifest";

    private final Sha256 networkId;
    private final SiteId site;
    private final CurrentIdentity identity;
    private final RcJournal journal;
    private final SealOpener opener;
    private final RunningTime time;
    private final LimitedLines lines = new LimitedLines();

    public OpenSteps(CurrentIdentity identity, RcJournal journal, SealOpener opener, RunningTime time) {
        this.networkId = identity.now().trust().networkId();
        this.site = identity.now().site();
        this.identity = identity;
        this.journal = journal;
        this.opener = opener;
        this.time = time;
    }

    /** Step {@code readManifest}: reads the verified manifest and compares it with the signer, the network and the frame. */
    public void readManifest(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        Manifest manifest = Json.readOrRefuse(exchange.getMessage().getBody(byte[].class), Manifest.class);
        SiteId signer = exchange.getProperty(SignatureProperties.SIGNER, SiteId.class);
        Sha256 fingerprint = exchange.getProperty(SignatureProperties.SIGNER_FINGERPRINT, Sha256.class);
        if (!manifest.sender().id().equals(signer)) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected a manifest of " + signer + ", who signed it, found one of "
                            + manifest.sender().id());
        }
        if (!manifest.sender().fingerprint().equals(fingerprint)) {
            throw new Refusal(
                    Code.BAD_SIGNATURE,
                    "Expected a manifest signed with the key "
                            + manifest.sender().fingerprint().brief() + " that it names, found it signed with "
                            + fingerprint.brief() + ". The sender must sign it anew");
        }
        if (!manifest.networkId().equals(networkId)) {
            throw new Refusal(
                    Code.BAD_SIGNATURE,
                    "Expected a manifest of the network " + networkId.brief() + ", found "
                            + manifest.networkId().brief()
                            + ". Both sites need certificates of the same CA");
        }
        String named = arrival.frame().header(Headers.MESSAGE_ID);
        if (named != null && !named.equals(manifest.messageId().value())) {
            throw new Refusal(
                    Code.CONFLICT,
                    "Expected the manifest of " + Printable.of(named) + ", as the frame says, found that of "
                            + manifest.messageId());
        }
        arrival.verified(manifest, exchange.getProperty(SignatureProperties.PAYLOAD_SHA256, Sha256.class));
    }

    /** Step {@code checkRecipient}: this centre is among the recipients that the sender named. */
    public void checkRecipient(Exchange exchange) {
        Manifest manifest = Arrival.of(exchange).manifest();
        if (manifest.recipient(site) == null) {
            throw new Refusal(
                    Code.ROUTING_MISMATCH,
                    "Expected " + site + " among the recipients of " + manifest.messageId() + ", found "
                            + manifest.recipients().stream()
                                    .map(recipient -> recipient.id().value())
                                    .collect(Collectors.joining(", ")));
        }
    }

    /** Step {@code checkSender}: the outbox takes messages of this laboratory. The signature has shown that it is one. */
    public void checkSender(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        if (!arrival.outbox().accepts(arrival.sender())) {
            throw new Refusal(
                    Code.NOT_PERMITTED,
                    "Expected a message of a sender that the outbox of " + arrival.queue() + " accepts, found one of "
                            + arrival.sender() + ". The receiver names its senders in accept-from");
        }
    }

    /** Step {@code checkExpiry}: the sender still wants the message to be delivered. */
    public void checkExpiry(Exchange exchange) {
        Manifest manifest = Arrival.of(exchange).manifest();
        Instant now = time.wall().instant();
        if (manifest.expires() == null || now.isBefore(manifest.expires())) {
            return;
        }
        Optional<Instant> other = time.otherReading(now);
        boolean isDoubtful = other.isPresent() && other.get().isBefore(manifest.expires());
        throw new Refusal(
                isDoubtful ? Code.CLOCK_DOUBTFUL : Code.EXPIRED,
                "Expected a message that has not expired, found " + manifest.messageId() + " which did at "
                        + manifest.expires() + "; the receiver's clock says " + now
                        + (isDoubtful ? " and stepped to that from " + other.get() : ""));
    }

    /**
     * Step {@code openLater}: the sender or its expiry does not pass the checks with the first part. The opening ahead ends.
     * Once the delivery is whole the same checks run again, and the fault is handled then.
     */
    public void openLater(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        LOG.debug("{} is not opened as it comes: {}", arrival.partsFile(), Printable.reason(String.valueOf(failure)));
        arrival.ahead().discard();
    }

    /**
     * Step {@code findEarlier}: finds a message that got its place in the outbox before. The journal knows. After a crash
     * between standardized file and journal, the file itself tells. When the message was announced and nothing of it is
     * left, a reader took it. Under another manifest the message is opened first, see {@link #openSeal}. The earlier receipt
     * is given again, unless this centre now signs under another certificate: headquarters may refuse one whose certificate
     * ended or was revoked.
     */
    public void findEarlier(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        Optional<JournalledDelivery> journalled = journal.published(arrival.sender(), arrival.messageId());
        if (journalled.isPresent()) {
            JournalledDelivery known = journalled.get();
            if (isOther(exchange, known.placement(), false)) {
                return;
            }
            boolean isValid = Envelope.parse(known.receipt())
                    .presents(Fingerprints.of(identity.now().signingCertificate()));
            earlier(arrival, known.placement(), isValid ? known.receipt() : null);
            return;
        }
        Optional<byte[]> json = arrival.outbox().standardizedFile(arrival.sender(), arrival.messageId());
        if (json.isPresent()) {
            Placement present = placement(arrival, standardized(arrival, json.get()));
            if (isOther(exchange, present, true)) {
                return;
            }
            arrival.outbox().finish(arrival.sender(), arrival.messageId());
            earlier(arrival, present, null);
            return;
        }
        Optional<Placement> taken = journal.announced(arrival.messageId()).filter(place -> isGone(arrival, place));
        if (taken.isPresent() && !isOther(exchange, taken.get(), false)) {
            earlier(arrival, taken.get(), null);
        }
    }

    /**
     * A message that has its place in the outbox under another manifest.
     *
     * @param isUnfinished whether its markers may be lacking
     */
    private record Other(Placement placement, boolean isUnfinished) {}

    /** Notes for {@link #openSeal} a place under another manifest: the sender may have sent the message again. */
    private static boolean isOther(Exchange exchange, Placement present, boolean isUnfinished) {
        if (present.manifestSha256().equals(Arrival.of(exchange).manifestSha256())) {
            return false;
        }
        exchange.setProperty(OTHER, new Other(present, isUnfinished));
        return true;
    }

    /** A file that is left means that readers may not have seen the message: it is rather written twice than never. */
    private static boolean isGone(Arrival arrival, Placement announced) {
        return !arrival.outbox().isStaged(arrival.sender(), arrival.messageId())
                && !arrival.outbox().hasPayload(arrival.sender(), announced.payloadName());
    }

    private void earlier(Arrival arrival, Placement placement, byte[] receipt) throws IOException {
        arrival.earlier(placement, receipt);
        arrival.discardWork();
        lines.line("earlier")
                .ifPresent(more -> LOG.info(
                        "message_id={} from={} is in the outbox already{}",
                        arrival.messageId(),
                        arrival.sender(),
                        more));
    }

    private static StandardizedMessage standardized(Arrival arrival, byte[] json) {
        try {
            return Json.read(json, StandardizedMessage.class);
        } catch (IllegalArgumentException e) {
            throw conflict(arrival, "a file that is not of this outbox", e);
        }
    }

    private static Refusal conflict(Arrival arrival, String found, Exception cause) {
        return new Refusal(
                Code.CONFLICT,
                "Expected " + arrival.messageId() + " of " + arrival.sender() + " to be new or of manifest "
                        + arrival.manifestSha256().brief() + ", found in the outbox " + found
                        + ". The sender must use a new message_id",
                cause);
    }

    /**
     * Step {@code checkDigest}: the sealed message is the one that the manifest names. Parts that were kept from an earlier
     * connection may be the fault: then this centre discards them and asks for all parts again.
     */
    public void checkDigest(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        SealedSource sealed = arrival.sealed();
        Manifest.Body named = arrival.manifest().body();
        Sha256 found = sealed.size() == named.size() ? digest(arrival) : null;
        if (named.sha256().equals(found)) {
            return;
        }
        if (arrival.isResumed()) {
            throw new IOException("Expected the parts that were kept of " + arrival.messageId()
                    + " to fit to the rest of it, found another digest; they are thrown away and asked for anew");
        }
        throw new Refusal(
                Code.BAD_DIGEST,
                "Expected the sealed message of " + arrival.messageId() + " with " + named.size()
                        + " bytes and SHA-256 " + named.sha256().brief() + ", found " + sealed.size() + " bytes"
                        + (found == null ? "" : " and " + found.brief())
                        + ". It was altered on its way; have it sent again");
    }

    private static Sha256 digest(Arrival arrival) throws IOException {
        SealedSource sealed = arrival.sealed();
        if (sealed.sha256() != null) {
            return sealed.sha256();
        }
        if (sealed.bytes() != null) {
            return Sha256.of(sealed.bytes(), (int) sealed.offset(), (int) sealed.size());
        }
        try (InputStream in = logged(arrival, "verifying")) {
            return Sha256.of(in, sealed.size());
        }
    }

    /**
     * Step {@code openSeal}: decrypts into a file of the work folder, or takes the file that {@link OpenAhead} has opened.
     * The file is whole, verified and synced once the step has run; a folder, which is yet to be unpacked, is not synced.
     *
     * <p>A message that is in the outbox under another manifest is not written again when it is the same claim with the same
     * content: headquarters had lost it, and its sender sent it again. Otherwise it is refused.
     */
    public void openSeal(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        OpenedSeal ahead = arrival.ahead() == null ? null : arrival.ahead().take(arrival.manifestSha256());
        arrival.opened(ahead == null ? open(arrival) : ahead);
        Failpoint.RC_OPENED.reached();
        Message message = arrival.message();
        arrival.place(placement(
                arrival,
                message.sha256(),
                message.size(),
                message.receiptSecret().proof(message.sha256(), message.size()),
                OutboxNames.payload(message.messageId(), message.fileName()),
                time.wall().instant().truncatedTo(ChronoUnit.MILLIS)));
        if (arrival.expectsVerdict()) {
            arrival.place(arrival.placement().expectingVerdict(message.receiptSecret()));
        }
        Other other = exchange.getProperty(OTHER, Other.class);
        if (other != null) {
            sentAgain(arrival, other);
        }
    }

    /** The proof of the content has the same secret in each seal of a claim. */
    private void sentAgain(Arrival arrival, Other other) throws IOException {
        Placement present = other.placement();
        if (!present.contentHmac().equals(arrival.placement().contentHmac())) {
            throw conflict(
                    arrival, "that of manifest " + present.manifestSha256().brief() + " with another content", null);
        }
        if (other.isUnfinished()) {
            arrival.outbox().finish(arrival.sender(), arrival.messageId());
        }
        Placement kept = placement(
                arrival,
                present.contentSha256(),
                present.contentSize(),
                present.contentHmac(),
                present.payloadName(),
                present.receivedTime());
        earlier(arrival, kept, null);
    }

    private static InputStream logged(Arrival arrival, String work) throws IOException {
        SealedSource sealed = arrival.sealed();
        return sealed.file() == null
                ? sealed.open()
                : new ProgressLog(arrival.messageId().value(), work, sealed.size()).counting(sealed.open());
    }

    private OpenedSeal open(Arrival arrival) throws IOException {
        try (InputStream in = logged(arrival, "opening")) {
            return opener.open(in, arrival.manifest());
        }
    }

    /** Under the manifest that the standardized file names. */
    private static Placement placement(Arrival arrival, StandardizedMessage present) {
        return new Placement(
                arrival.sender(),
                arrival.messageId(),
                present.manifestSha256(),
                present.sha256(),
                present.size(),
                present.contentHmac(),
                present.payloadFile(),
                present.receivedTimestamp());
    }

    /** Under the manifest of the arrival. */
    private static Placement placement(
            Arrival arrival,
            Sha256 contentSha256,
            long contentSize,
            Sha256 contentHmac,
            String payloadName,
            Instant received) {
        return new Placement(
                arrival.sender(),
                arrival.messageId(),
                arrival.manifestSha256(),
                contentSha256,
                contentSize,
                contentHmac,
                payloadName,
                received);
    }
}
