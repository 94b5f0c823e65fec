package io.saddlebag.lab.receipts;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.access.Modes;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that take delivery outcomes from headquarters, many in a frame: read, find the message, match the verified
 * receipt, collect, write to {@code sent/<message_id>.receipts.json}. Writing the same outcome twice changes nothing.
 */
public final class ReceiptSteps {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiptSteps.class);
    private static final String BATCH = "receiptBatch";
    private static final String FOUND = "receiptFound";
    private static final String RECEIPT = "receiptVerified";

    private final SiteId site;
    private final Sha256 networkId;
    private final ReceiptedMessages messages;
    private final Path sent;
    private final AtomicBoolean isUnknownReported = new AtomicBoolean();

    public ReceiptSteps(SiteId site, Sha256 networkId, ReceiptedMessages messages, Path sent) {
        this.site = site;
        this.networkId = networkId;
        this.messages = messages;
        this.sent = sent;
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
            exchange.getIn().setBody(List.of(Json.read(frame.body(), DeliveryOutcome[].class)));
        } catch (IllegalArgumentException e) {
            throw new Refusal(Code.MALFORMED, e.getMessage() + "; is headquarters of another version?", e);
        }
        exchange.setProperty(BATCH, new LinkedHashMap<ReceiptedMessages.Known, List<SentReceipts.Judged>>());
    }

    /**
     * Finds the message that an outcome is about. The body becomes the receipt's envelope, to be verified; null when
     * there is none.
     */
    public void find(Exchange exchange) {
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
        exchange.getIn().setBody(outcome.receipt());
    }

    /** Refuses a verified receipt that is not the recipient's own, or not for the very message that was sent. */
    public void match(Exchange exchange) {
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
        equal(Code.BAD_DIGEST, "content_sha256", known.sha256(), receipt.contentSha256());
        equal(Code.BAD_DIGEST, "content_size", known.size(), receipt.contentSize());
        exchange.setProperty(RECEIPT, receipt);
    }

    private static void equal(Code code, String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new Refusal(
                    code,
                    "Expected a delivery receipt for what was sent, its " + what + " " + expected + ", found "
                            + Printable.of(String.valueOf(found)) + ". Ask the recipient what it has");
        }
    }

    /** Adds an outcome, its receipt verified when there is one, to those of its frame. */
    public void collect(Exchange exchange) {
        Found found = Found.of(exchange);
        DeliveryReceipt receipt = exchange.getProperty(RECEIPT, DeliveryReceipt.class);
        add(exchange, found.known(), new SentReceipts.Judged(found.outcome(), receipt, null));
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
        List<Long> complete = new ArrayList<>();
        for (Map.Entry<ReceiptedMessages.Known, List<SentReceipts.Judged>> each :
                batch(exchange).entrySet()) {
            if (isComplete(each.getKey(), each.getValue())) {
                complete.add(each.getKey().number());
            }
        }
        if (!complete.isEmpty()) {
            AtomicFiles.syncFolder(sent);
            Failpoint.LAB_RECEIPTS_PLACED.reached();
            messages.complete(complete);
            Failpoint.LAB_RECEIPTS_RECORDED.reached();
        }
    }

    private boolean isComplete(ReceiptedMessages.Known known, List<SentReceipts.Judged> judged) throws IOException {
        Path file = sent.resolve(known.messageId() + SentReceipts.SUFFIX);
        SentReceipts before = before(file, known);
        SentReceipts after = before.with(judged);
        if (!after.equals(before)) {
            write(file, after);
            log(after, before);
        }
        return after.isComplete();
    }

    /** Nothing yet when there is no such file, or it is of another message or cannot be read. */
    private static SentReceipts before(Path file, ReceiptedMessages.Known known) throws IOException {
        SentReceipts none = SentReceipts.of(known);
        if (!AtomicFiles.isThere(file)) {
            return none;
        }
        try {
            SentReceipts found = Json.read(Files.readAllBytes(file), SentReceipts.class);
            return found.manifestSha256().equals(known.manifestSha256()) ? found : none;
        } catch (NoSuchFileException e) {
            return none;
        } catch (IllegalArgumentException e) {
            LOG.warn("{}: written anew, since it cannot be read: {}", file, Printable.of(e.getMessage()));
            return none;
        }
    }

    /** Synced only when complete: headquarters is asked again for an incomplete file, or one that a power cut spoiled. */
    private void write(Path file, SentReceipts receipts) throws IOException {
        Path hidden = sent.resolve("." + file.getFileName() + AtomicFiles.TEMPORARY_SUFFIX);
        try (FileChannel channel = FileChannel.open(
                hidden,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE),
                Modes.SHARED_FILE)) {
            ByteBuffer json = ByteBuffer.wrap(Json.writeForPeople(receipts));
            while (json.hasRemaining()) {
                channel.write(json);
            }
            if (receipts.isComplete()) {
                channel.force(true);
            }
        }
        Failpoint.LAB_RECEIPTS_STAGED.reached();
        Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void log(SentReceipts after, SentReceipts before) {
        for (SentReceipts.Recipient recipient : after.recipients()) {
            if (before.recipients().contains(recipient)) {
                continue;
            }
            if (recipient.fault() != null) {
                LOG.error(
                        "{}: the receipt of {} does not hold: {}",
                        after.messageId(),
                        recipient.receiverClientId(),
                        recipient.fault());
            } else if (recipient.isFinal()) {
                LOG.info(
                        "{}: {} has it{}",
                        after.messageId(),
                        recipient.receiverClientId(),
                        recipient.receipt() == null ? ", without a signed receipt" : ", signed receipt kept");
            } else {
                LOG.warn(
                        "{}: {} for {}: {}",
                        after.messageId(),
                        recipient.state(),
                        recipient.receiverClientId(),
                        Printable.of(recipient.reason()));
            }
        }
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
            LOG.error("receipts not taken, asked for later: {}", Printable.of(String.valueOf(cause)), cause);
        } else if (refusal.code().isPassing()) {
            LOG.warn(
                    "{}: receipt not judged now, asked for later ({}): {}",
                    about,
                    refusal.code().text(),
                    refusal.reason());
        } else if (found != null && found.known() != null) {
            String fault = refusal.code().text() + ": " + refusal.reason();
            add(exchange, found.known(), new SentReceipts.Judged(found.outcome(), null, fault));
        } else if (found != null && found.isUnknown()) {
            reportUnknown(found.outcome());
        } else {
            LOG.warn(
                    "{}: word from headquarters not taken ({}): {}",
                    about,
                    refusal.code().text(),
                    refusal.reason());
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
