package io.saddlebag.rc.deliver;

import io.saddlebag.clock.Durations;
import io.saddlebag.clock.RunningTime;
import io.saddlebag.journal.JournalException;
import io.saddlebag.log.FaultText;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.deliver.SettleSteps.ReceiptRefusedException;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.intake.DiskRoom;
import io.saddlebag.rc.records.JournalledDelivery;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.net.ProtocolException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the route configuration {@code rc-errors}: a refused message is dead-lettered, and a delivery that this site
 * cannot take now goes back to headquarters. For any number of threads.
 */
public final class FaultSteps {
    private static final Logger LOG = LoggerFactory.getLogger(FaultSteps.class);

    private final RcJournal journal;
    private final SiteId site;
    private final RunningTime time;
    private final Duration pause;
    private final DiskRoom room;
    private final SecureRandom random;
    private final RepeatedFaults faults = new RepeatedFaults();
    private final LimitedLines lines = new LimitedLines();

    /** @param pause time for which a delivery is kept back before it is returned */
    public FaultSteps(
            RcJournal journal, SiteId site, RunningTime time, Duration pause, DiskRoom room, SecureRandom random) {
        this.journal = journal;
        this.site = site;
        this.time = time;
        this.pause = pause;
        this.room = room;
        this.random = random;
    }

    /** Predicate {@code isFinalRefusal}: the next attempt would be refused too; false while this site's clock is in doubt. */
    public static boolean isFinalRefusal(Exchange exchange) {
        Refusal refusal = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Refusal.class);
        return refusal != null && !refusal.code().isPassing();
    }

    /**
     * Step {@code refuseDelivery}: logs a message that must not get into the outbox, journals the refusal when the manifest
     * is genuine, and clears the work folder. The next step dead-letters the message.
     */
    public void refuseDelivery(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        Refusal refusal = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Refusal.class);
        if (arrival == null) {
            lines.line("frame " + refusal.code())
                    .ifPresent(more -> LOG.warn(
                            "site={} refused a frame: {} {}{}",
                            site,
                            refusal.code().text(),
                            refusal.reason(),
                            more));
            return;
        }
        // Before its manifest is verified anybody's name may be on it.
        String source =
                arrival.manifest() == null ? "unverified" : arrival.sender().value();
        lines.line(source + " " + refusal.code())
                .ifPresent(more -> LOG.warn(
                        "message_id={} from={} refused: {} {}{}",
                        Printable.of(arrival.frame().header(Headers.MESSAGE_ID)),
                        Printable.of(arrival.frame().header(Headers.SENDER_ID)),
                        refusal.code().text(),
                        refusal.reason(),
                        more));
        try {
            arrival.discardWork();
            record(arrival, refusal);
        } catch (IOException | JournalException e) {
            // The refusal holds all the same: headquarters keeps the reason with the dead letter.
            LOG.warn(
                    "message_id={} refusal not journalled: {}",
                    Printable.of(arrival.frame().header(Headers.MESSAGE_ID)),
                    Printable.reason(FaultText.of(e)));
        }
    }

    private void record(Arrival arrival, Refusal refusal) throws IOException {
        Manifest.Recipient recipient =
                arrival.manifest() == null ? null : arrival.manifest().recipient(site);
        if (recipient == null) {
            return;
        }
        if (arrival.placement() != null) {
            arrival.outbox().discardStaged(arrival.sender(), arrival.messageId());
        }
        journal.refuse(
                new JournalledDelivery(
                        arrival.sender(),
                        arrival.messageId(),
                        arrival.queue(),
                        arrival.manifestSha256(),
                        recipient.seq(),
                        recipient.prev(),
                        null,
                        0,
                        null,
                        time.wall().instant(),
                        null,
                        arrival.message() == null ? null : arrival.message().fileName(),
                        List.of()),
                refusal.code().text() + ": " + refusal.reason());
    }

    /** Step {@code deadLetterDelivery}: headquarters keeps the message as a dead letter, with the reason. */
    public boolean deadLetterDelivery(Exchange exchange, AsyncCallback callback) {
        return giveBack(exchange, callback, false);
    }

    /** Step {@code returnDelivery}: headquarters delivers the message again. */
    public boolean returnDelivery(Exchange exchange, AsyncCallback callback) {
        return giveBack(exchange, callback, true);
    }

    private boolean giveBack(Exchange exchange, AsyncCallback callback, boolean requeue) {
        Arrival arrival = Arrival.of(exchange);
        if (arrival == null || arrival.token() == null) {
            callback.done(true);
            return true;
        }
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        StompFrame nack = StompFrame.of(StompCommand.NACK)
                .header(Headers.ID, arrival.token())
                .header(Headers.REQUEUE, Boolean.toString(requeue))
                .header(Headers.REASON, reason(failure))
                .header(Headers.REFUSAL_DETAIL, requeue ? null : detail(arrival, failure))
                .build();
        // The exchange waits for the answer, and its body needs no room in memory.
        exchange.getMessage().setBody(null);
        arrival.settle(nack).whenComplete((receipt, notSettled) -> {
            if (notSettled != null) {
                lines.line("not handed back")
                        .ifPresent(more -> LOG.warn(
                                "message_id={} not handed back: {}{}",
                                Printable.of(arrival.frame().header(Headers.MESSAGE_ID)),
                                Printable.reason(notSettled.getMessage()),
                                more));
            }
            callback.done(false);
        });
        return false;
    }

    /**
     * A refusal gives its code: its text may name digests or files, which headquarters must not read. For a fault of this
     * site the text is fixed, since other sites must not read its paths.
     */
    private static String reason(Exception failure) {
        if (failure instanceof Refusal refusal) {
            return refusal.code().text();
        }
        return failure instanceof ReceiptRefusedException
                ? failure.getMessage()
                : "the receiver has trouble of its own";
    }

    /** The text of a refusal, for the sender alone; null when this site did not open the seal and has no key. */
    private String detail(Arrival arrival, Exception failure) {
        if (!(failure instanceof Refusal refusal) || arrival.message() == null) {
            return null;
        }
        return Base64.getEncoder()
                .encodeToString(arrival.message()
                        .receiptSecret()
                        .sealDetail(arrival.messageId(), site, refusal.reason(), random));
    }

    /**
     * Step {@code suspendDeliveries}: a disk of this site is full or not writable, or its clock stepped. The queue is left
     * alone until that is over, and the route ends here: headquarters has the delivery back. Its parts are kept. Any other
     * failure is for the next step.
     */
    public void suspendDeliveries(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (arrival == null) {
            return;
        }
        if (failure instanceof Refusal refusal) {
            end(exchange, arrival);
            long steps = time.steps();
            arrival.suspend(
                    Printable.reason(refusal.reason()),
                    () -> time.steps() != steps
                            || time.otherReading(time.wall().instant()).isEmpty());
        } else if (isOfDisk(failure) && !(failure instanceof ProtocolException)) {
            suspendForDisk(exchange, arrival);
        }
    }

    private static boolean isOfDisk(Exception failure) {
        return failure instanceof IOException || failure instanceof JournalException;
    }

    private void suspendForDisk(Exchange exchange, Arrival arrival) {
        // Where several fail together, the first ends the subscription for all, even if the trouble is over for the
        // next.
        String trouble = arrival.isBack() ? null : trouble(arrival);
        if (trouble == null && !arrival.isBack()) {
            return;
        }
        // Discard first: when headquarters reads UNSUBSCRIBE, the work folder holds nothing of this delivery.
        end(exchange, arrival);
        if (trouble != null) {
            arrival.suspend(trouble + ". Make room or give back the right to write", () -> trouble(arrival) == null);
        }
    }

    private static void end(Exchange exchange, Arrival arrival) {
        exchange.setRouteStop(true);
        try {
            arrival.discardOpened();
        } catch (IOException e) {
            LOG.warn("a work file stays until the next start: {}", Printable.reason(FaultText.of(e)));
        }
    }

    private String trouble(Arrival arrival) {
        try {
            room.require(arrival);
            return null;
        } catch (IOException e) {
            return Printable.reason(FaultText.of(e));
        }
    }

    /**
     * Step {@code postponeDelivery}: after a fault of this site that is not its disk's, keeps the delivery back for a while.
     * It keeps its place in the prefetch window meanwhile, so that headquarters sends no faster.
     */
    public boolean postponeDelivery(Exchange exchange, AsyncCallback callback) {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Arrival arrival = Arrival.of(exchange);
        if (arrival == null) {
            String kind = RepeatedFaults.kindOf(String.valueOf(failure));
            faults.occurred(kind).ifPresent(repeats -> LOG.error("a step failed{}", repeats, failure));
            callback.done(true);
            return true;
        }
        String trouble = Printable.reason(FaultText.of(failure));
        faults.occurred(RepeatedFaults.kindOf(trouble))
                .ifPresent(repeats -> LOG.error(
                        "message_id={} cannot be taken now and is returned in {}: {}{}",
                        Printable.of(arrival.frame().header(Headers.MESSAGE_ID)),
                        Durations.text(pause),
                        trouble,
                        repeats,
                        isOfDisk(failure) ? null : failure));
        try {
            arrival.discardWork();
        } catch (IOException e) {
            LOG.warn("a work file stays until the next start: {}", Printable.reason(FaultText.of(e)));
        }
        arrival.over();
        exchange.getMessage().setBody(null);
        CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> callback.done(false));
        return false;
    }
}
