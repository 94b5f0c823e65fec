package io.saddlebag.lab.receipts;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.lab.records.ReceiptedBatch;
import io.saddlebag.log.FaultText;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.VerifiedReceipts;
import io.saddlebag.message.verdict.Verdict;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.tlog.SeenLog;
import java.io.IOException;
import java.security.Provider;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that take delivery outcomes from headquarters, many in a frame: read, find the message, match the verified
 * receipt and the verified verdict, collect, write to {@code sent/<message_id>.receipts.json}. Writing the same outcome twice
 * changes nothing.
 */
public final class ReceiptSteps {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiptSteps.class);
    /** The states in which headquarters delivers a message no more; an operator may requeue a dead letter. */
    private static final Set<String> ENDED =
            Set.of(DeliveryOutcome.DEAD_LETTERED, DeliveryOutcome.DISCARDED, DeliveryOutcome.EXPIRED);

    private static final String BATCH = "receiptBatch";
    private static final String FOUND = "receiptFound";
    private static final String RECEIPT = "receiptVerified";
    private static final String IS_VERDICT = "receiptIsVerdict";
    private static final String VERDICT = "verdictVerified";
    private static final String TAKEN = "verdictsTaken";
    private static final String NEW = "verdictsNew";

    private final CurrentIdentity identity;
    private final Provider ed25519;
    private final SiteId site;
    private final Sha256 networkId;
    private final ReceiptedMessages messages;
    private final ReceiptFiles files;
    private final SeenLog seenLog;
    private final Predicate<MessageId> resends;
    private final Clock clock;
    private final OutcomeLog log = new OutcomeLog();
    private final AtomicBoolean isUnknownReported = new AtomicBoolean();
    private final LimitedLines lines = new LimitedLines();

    /**
     * @param identity of this laboratory, which signs when a receipt was found to hold
     * @param ed25519 computes its signatures
     * @param seenLog compares the heads that recipients have seen with those of this laboratory
     * @param resends sends a message again that headquarters does not have, if it can
     */
    public ReceiptSteps(
            CurrentIdentity identity,
            Provider ed25519,
            ReceiptedMessages messages,
            ReceiptFiles files,
            SeenLog seenLog,
            Predicate<MessageId> resends,
            Clock clock) {
        this.identity = identity;
        this.ed25519 = ed25519;
        this.site = identity.now().site();
        this.networkId = identity.now().trust().networkId();
        this.messages = messages;
        this.files = files;
        this.seenLog = seenLog;
        this.resends = resends;
        this.clock = clock;
    }

    /**
     * An outcome and the journal's knowledge of its message.
     *
     * @param known null when this laboratory did not send the message to that recipient
     * @param isUnknown whether the journal has no row of the message at all
     */
    private record Found(DeliveryOutcome outcome, ReceiptedMessages.Known known, boolean isUnknown) {
        static Found of(Exchange exchange) {
            return exchange.getProperty(FOUND, Found.class);
        }
    }

    /** Takes the outcomes out of a frame; the body becomes their list. */
    public void read(Exchange exchange) {
        StompFrame frame = exchange.getIn().getBody(StompFrame.class);
        try {
            exchange.getIn()
                    .setBody(Stream.of(Json.read(frame.body(), DeliveryOutcome[].class))
                            .flatMap(this::ofRecipients)
                            .toList());
        } catch (IllegalArgumentException e) {
            throw new Refusal(Code.MALFORMED, e.getMessage() + "; is headquarters of another version?", e);
        }
        exchange.setProperty(BATCH, new LinkedHashMap<ReceiptedMessages.Known, List<SentReceipts.Judged>>());
        exchange.setProperty(TAKEN, new ArrayList<Sha256>());
        exchange.setProperty(NEW, new ArrayList<String>());
    }

    /** The digests of the verdicts of a frame that need not come again. */
    @SuppressWarnings("unchecked")
    static List<Sha256> taken(Exchange exchange) {
        return exchange.getProperty(TAKEN, List.class);
    }

    /** The kinds of the verdicts that this frame brought, each once for a message and a recipient. */
    @SuppressWarnings("unchecked")
    public static List<String> newVerdicts(Exchange exchange) {
        return exchange.getProperty(NEW, List.class);
    }

    /** A message that headquarters does not have is sent again, or unknown at each of its recipients. */
    private Stream<DeliveryOutcome> ofRecipients(DeliveryOutcome outcome) {
        if (outcome.receiverClientId() != null) {
            return Stream.of(outcome);
        }
        return resends.test(outcome.messageId())
                ? Stream.empty()
                : messages.find(outcome.messageId()).stream()
                        .flatMap(known -> known.recipients().stream().map(outcome::at));
    }

    /**
     * Finds the message that an outcome is about. The body becomes the receipt's envelope, to be verified; null when
     * there is none, and when it came before the verdict that it comes with now: its certificate may be over by then.
     */
    public void find(Exchange exchange) throws IOException {
        DeliveryOutcome outcome = exchange.getIn().getBody(DeliveryOutcome.class);
        Optional<ReceiptedMessages.Known> known = messages.find(outcome.messageId());
        boolean isUnknown = known.isEmpty() && messages.isUnknown(outcome.messageId());
        known = known.filter(found -> found.recipients().contains(outcome.receiverClientId()));
        exchange.setProperty(FOUND, new Found(outcome, known.orElse(null), isUnknown));
        if (known.isEmpty()) {
            throw new Refusal(
                    Code.CONFLICT,
                    "Expected word of a message that this laboratory sent to " + outcome.receiverClientId()
                            + ", found the journal without it");
        }
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, DeliveryReceipt.TYPE);
        exchange.getIn()
                .setBody(outcome.verdict() != null && isReceived(known.get(), outcome) ? null : outcome.receipt());
    }

    private boolean isReceived(ReceiptedMessages.Known known, DeliveryOutcome outcome) throws IOException {
        return files.read(known).recipients().stream()
                .anyMatch(each -> each.receiverClientId().equals(outcome.receiverClientId())
                        && each.state().equals(DeliveryOutcome.ACKNOWLEDGED));
    }

    /** Refuses a verified receipt that is not the recipient's own, or not for the very message that was sent. */
    public void match(Exchange exchange) throws IOException {
        DeliveryOutcome outcome = Found.of(exchange).outcome();
        ReceiptedMessages.Known known = Found.of(exchange).known();
        DeliveryReceipt receipt = Json.readOrRefuse(exchange.getIn().getBody(byte[].class), DeliveryReceipt.class);
        equal(
                Code.WRONG_SENDER,
                "signer",
                outcome.receiverClientId(),
                exchange.getProperty(SignatureProperties.SIGNER, SiteId.class));
        equal(Code.WRONG_SENDER, "receiver_client_id", outcome.receiverClientId(), receipt.receiverClientId());
        equal(Code.BAD_SIGNATURE, "network_id", networkId, receipt.networkId());
        equal(Code.BAD_SIGNATURE, "message_id", outcome.messageId(), receipt.messageId());
        equal(Code.BAD_SIGNATURE, "sender_id", site, receipt.senderId());
        equal(Code.BAD_DIGEST, "manifest_sha256", known.manifestSha256(), receipt.manifestSha256());
        equal(
                Code.BAD_DIGEST,
                "content_hmac",
                known.secret().proof(known.sha256(), known.size()),
                receipt.contentHmac());
        seenLog.told("the receipt of " + outcome.receiverClientId() + " for " + outcome.messageId(), receipt.logHead());
        exchange.setProperty(RECEIPT, receipt);
    }

    /** The body becomes the verdict's envelope, to be verified; null when there is none. */
    public void findVerdict(Exchange exchange) {
        byte[] verdict = Found.of(exchange).outcome().verdict();
        exchange.setProperty(IS_VERDICT, verdict != null);
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Verdict.TYPE);
        exchange.getIn().setBody(verdict);
    }

    /** Refuses a verified verdict that is not the recipient's own, or not on the very message that was sent. */
    public void matchVerdict(Exchange exchange) {
        DeliveryOutcome outcome = Found.of(exchange).outcome();
        ReceiptedMessages.Known known = Found.of(exchange).known();
        byte[] json = exchange.getIn().getBody(byte[].class);
        Verdict verdict = Json.readOrRefuse(json, Verdict.class);
        equal(
                Code.WRONG_SENDER,
                "signer",
                outcome.receiverClientId(),
                exchange.getProperty(SignatureProperties.SIGNER, SiteId.class));
        equal(Code.WRONG_SENDER, "receiver_client_id", outcome.receiverClientId(), verdict.receiverClientId());
        equal(Code.BAD_SIGNATURE, "network_id", networkId, verdict.networkId());
        equal(Code.BAD_SIGNATURE, "message_id", outcome.messageId(), verdict.messageId());
        equal(Code.BAD_SIGNATURE, "sender_id", site, verdict.senderId());
        equal(Code.BAD_DIGEST, "manifest_sha256", known.manifestSha256(), verdict.manifestSha256());
        equal(
                Code.BAD_DIGEST,
                "content_hmac",
                known.secret().proof(known.sha256(), known.size()),
                verdict.contentHmac());
        exchange.setProperty(VERDICT, new SentVerdict.Judged(Sha256.of(json), verdict, reason(known, verdict), null));
    }

    private static String reason(ReceiptedMessages.Known known, Verdict verdict) {
        if (verdict.reason() == null) {
            return null;
        }
        try {
            return known.secret().openReason(verdict.messageId(), verdict.receiverClientId(), verdict.reason());
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    /** The digest of the JSON inside the envelope; null when it is no envelope. */
    private static Sha256 digestOf(DeliveryOutcome outcome) {
        try {
            return outcome.verdict() == null
                    ? null
                    : Sha256.of(Envelope.parse(outcome.verdict()).payload());
        } catch (IllegalArgumentException | Refusal e) {
            return null;
        }
    }

    private static void equal(Code code, String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new Refusal(
                    code,
                    "Expected a delivery receipt for what was sent, its " + what + " " + expected + ", found "
                            + Printable.of(String.valueOf(found)) + ". Ask the recipient what it has");
        }
    }

    /** Adds an outcome, the detail of a refusal decrypted, its receipt verified when there is one, to those of its frame. */
    public void collect(Exchange exchange) {
        Found found = Found.of(exchange);
        DeliveryReceipt receipt = exchange.getProperty(RECEIPT, DeliveryReceipt.class);
        SentVerdict.Judged verdict = exchange.getProperty(VERDICT, SentVerdict.Judged.class);
        add(exchange, found.known(), new SentReceipts.Judged(found.outcome(), receipt, detail(found), null, verdict));
    }

    /** Headquarters may alter or leave out a detail, but it cannot make one. */
    private static String detail(Found found) {
        DeliveryOutcome outcome = found.outcome();
        if (outcome.detail() == null) {
            return null;
        }
        try {
            return found.known().secret().openDetail(outcome.messageId(), outcome.receiverClientId(), outcome.detail());
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    /** The outcomes of one frame, by message, while they are verified one by one. */
    @SuppressWarnings("unchecked")
    private static Map<ReceiptedMessages.Known, List<SentReceipts.Judged>> batch(Exchange exchange) {
        return exchange.getProperty(BATCH, Map.class);
    }

    private static void add(Exchange exchange, ReceiptedMessages.Known known, SentReceipts.Judged judged) {
        batch(exchange).computeIfAbsent(known, each -> new ArrayList<>()).add(judged);
    }

    /**
     * Writes the outcomes of a frame into {@code sent/<message_id>.receipts.json}, each file whole at every moment, and
     * records in the journal which messages have all their receipts. Until that is recorded headquarters is asked
     * again, so that a crash loses nothing.
     */
    public void file(Exchange exchange) throws IOException {
        ReceiptedBatch journal = new ReceiptedBatch();
        for (Map.Entry<ReceiptedMessages.Known, List<SentReceipts.Judged>> each :
                batch(exchange).entrySet()) {
            try {
                file(each.getKey(), each.getValue(), journal, newVerdicts(exchange));
            } catch (IOException e) {
                lines.line("not written")
                        .ifPresent(more -> LOG.error(
                                "{}: its receipts are not written, asked for later: {}{}",
                                each.getKey().named(),
                                Printable.reason(FaultText.of(e)),
                                more));
                continue;
            }
            each.getValue().stream()
                    .map(SentReceipts.Judged::verdict)
                    .filter(verdict -> verdict != null && verdict.digest() != null)
                    .forEach(verdict -> taken(exchange).add(verdict.digest()));
        }
        if (!taken(exchange).isEmpty() && !journal.hasComplete()) {
            files.sync();
        }
        if (journal.hasComplete()) {
            files.sync();
            Failpoint.LAB_RECEIPTS_PLACED.reached();
        }
        messages.receipted(journal, clock.instant());
        if (journal.hasComplete()) {
            Failpoint.LAB_RECEIPTS_RECORDED.reached();
        }
    }

    private void file(
            ReceiptedMessages.Known known,
            List<SentReceipts.Judged> judged,
            ReceiptedBatch journal,
            List<String> newVerdicts)
            throws IOException {
        SentReceipts before = files.read(known);
        SentReceipts after = before.with(judged, clock.instant());
        boolean isNew = !after.equals(before);
        if (isNew) {
            files.write(after.noted(networkId, this::signed));
            log.changed(before, after);
            newVerdicts.addAll(log.verdicts(before, after));
        }
        if (after.wordSince() != null || before.wordSince() != null) {
            messages.word(known.number(), after.wordSince());
        }
        judged.forEach(each -> note(known, each, isNew, journal));
        if (after.isComplete()) {
            journal.complete(known.number());
        }
    }

    private static void note(
            ReceiptedMessages.Known known, SentReceipts.Judged judged, boolean isNew, ReceiptedBatch journal) {
        DeliveryOutcome outcome = judged.outcome();
        long seq = known.placeAt(outcome.receiverClientId());
        DeliveryReceipt receipt = judged.receipt();
        if (receipt != null) {
            journal.receipt(outcome.receiverClientId(), seq, receipt.highestSeq(), receipt.completeSeq());
        } else if (isNew && ENDED.contains(outcome.state())) {
            journal.ended(new Message.Ended(outcome.receiverClientId(), seq, outcome.state()));
        }
    }

    private byte[] signed(byte[] statement) {
        return Envelope.signed(identity.now(), VerifiedReceipts.TYPE, statement, ed25519)
                .write();
    }

    /**
     * Deals with an outcome or frame that a step refused. A receipt that does not hold is kept with the fault, for
     * people to look into; anything else is asked for again.
     */
    public void reportFault(Exchange exchange) {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Found found = Found.of(exchange);
        Object about = found == null ? "a frame" : found.outcome().messageId();
        if (cause instanceof RejectedExecutionException) {
            LOG.debug("more receipts than can be written at once; those left out are asked for later");
        } else if (!(cause instanceof Refusal refusal)) {
            lines.line("failed")
                    .ifPresent(more -> LOG.error(
                            "receipts not taken, asked for later: {}{}",
                            Printable.reason(FaultText.of(cause)),
                            more,
                            cause));
        } else if (refusal.code().isPassing()) {
            lines.line("later " + refusal.code())
                    .ifPresent(more -> LOG.warn(
                            "{}: receipt not judged now, asked for later ({}): {}{}",
                            about,
                            refusal.code().text(),
                            refusal.reason(),
                            more));
        } else if (found != null && found.known() != null && exchange.getProperty(IS_VERDICT, false, boolean.class)) {
            String fault = refusal.code().text() + ": " + refusal.reason();
            SentVerdict.Judged verdict = new SentVerdict.Judged(digestOf(found.outcome()), null, null, fault);
            DeliveryReceipt receipt = exchange.getProperty(RECEIPT, DeliveryReceipt.class);
            add(
                    exchange,
                    found.known(),
                    new SentReceipts.Judged(found.outcome(), receipt, detail(found), null, verdict));
        } else if (found != null && found.known() != null) {
            String fault = refusal.code().text() + ": " + refusal.reason();
            add(exchange, found.known(), new SentReceipts.Judged(found.outcome(), null, null, fault));
        } else if (found != null && found.isUnknown()) {
            forget(exchange, found.outcome());
            reportUnknown(found.outcome());
        } else {
            if (found != null) {
                forget(exchange, found.outcome());
            }
            lines.line("refused " + refusal.code())
                    .ifPresent(more -> LOG.warn(
                            "{}: word from headquarters not taken ({}): {}{}",
                            about,
                            refusal.code().text(),
                            refusal.reason(),
                            more));
        }
    }

    /** A verdict on a message that the journal does not know need not come again: it would hold up others. */
    private static void forget(Exchange exchange, DeliveryOutcome outcome) {
        Sha256 digest = digestOf(outcome);
        if (digest != null) {
            taken(exchange).add(digest);
        }
    }

    /** After a restore there may be thousands; headquarters keeps their receipts. */
    private void reportUnknown(DeliveryOutcome outcome) {
        if (isUnknownReported.compareAndSet(false, true)) {
            LOG.info(
                    "{}: {} for {}, but the journal does not know it, as after a restored back-up; this receipt and"
                            + " others like it stay at headquarters",
                    outcome.messageId(),
                    outcome.state(),
                    outcome.receiverClientId());
        } else {
            LOG.debug("{}: {}, not in the journal", outcome.messageId(), outcome.state());
        }
    }
}
