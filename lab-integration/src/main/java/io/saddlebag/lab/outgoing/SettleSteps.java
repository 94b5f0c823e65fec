package io.saddlebag.lab.outgoing;

import io.saddlebag.files.StoreAwayException;
import io.saddlebag.lab.message.NotYetException;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.PushedBackException;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.ConnectionLostException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps that end an attempt to send a message in another way than {@link MoveToSent}. */
public final class SettleSteps {
    private static final Logger LOG = LoggerFactory.getLogger(SettleSteps.class);

    private final LabJournal journal;
    private final LabFolders folders;
    private final OutgoingWindow window;
    private final PushBack pushBack;
    private final Clock clock;
    private final RepeatedFaults waits = new RepeatedFaults();
    private final RepeatedFaults troubles = new RepeatedFaults();

    public SettleSteps(LabJournal journal, LabFolders folders, OutgoingWindow window, PushBack pushBack, Clock clock) {
        this.journal = Objects.requireNonNull(journal, "journal");
        this.folders = Objects.requireNonNull(folders, "folders");
        this.window = Objects.requireNonNull(window, "window");
        this.pushBack = Objects.requireNonNull(pushBack, "push-back");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /** Keeps the file of a refused message among the failed ones, with the reason. */
    public void moveToFailed(Exchange exchange) throws IOException {
        Refusal refusal = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Refusal.class);
        OutgoingMessage message = OutgoingContext.message(exchange);
        folders.failed().keep(folders.content(message.messageId()), message, refusal);
        String reason = refusal.code().text() + ": " + refusal.reason();
        if (refusal.code() == Refusal.Code.CONFLICT) {
            journal.conflicted(message, reason, clock.instant());
        } else {
            journal.failed(message.number(), reason, clock.instant());
        }
        // The file was moved. A file in its place now belongs to the next claim.
        folders.clearSealed(message.messageId());
        LOG.warn("{}: refused ({}): {}", message.messageId(), refusal.code().text(), refusal.reason());
    }

    /**
     * Puts a claimed file that somebody still writes to back into its drop folder, where it settles anew; nothing of it
     * has left. After a crash between the move and the row, the next start takes the claim back.
     */
    public void returnToDrop(Exchange exchange) throws IOException {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        OutgoingMessage message = OutgoingContext.message(exchange);
        Path put = folders.giveBack(message);
        // Before the id is free: a later file under it belongs to the next claim.
        folders.clear(message.messageId());
        journal.forget(message.number());
        LOG.warn(
                "{}: {}; put back as {}, to be sent when it is complete",
                message.messageId(),
                cause.getMessage(),
                Printable.of(put.toString()));
    }

    /**
     * Leaves a message as the journal has it when it cannot be sent now. A message that waits for a key or for
     * headquarters is taken up when that comes; one that headquarters pushed back, after a growing pause. Any other
     * trouble is reported and the message tried again after the retry interval.
     */
    public void leaveForLater(Exchange exchange) {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        OutgoingMessage message = OutgoingContext.message(exchange);
        if (cause instanceof NotYetException) {
            waits.occurred(cause.getMessage())
                    .ifPresent(repeats ->
                            LOG.info("{}: {}; so do later ones{}", message.messageId(), cause.getMessage(), repeats));
        } else if (cause instanceof PushedBackException pushed) {
            pushBack.pushedBack(message.claim().recipients(), pushed.isForEverything())
                    .ifPresent(pause -> {
                        LOG.warn(
                                "{}: headquarters pushed it back, tried again in {} ms: {}",
                                message.messageId(),
                                pause.toMillis(),
                                Printable.of(pushed.getMessage()));
                        window.startOverAfter(pause);
                    });
        } else if (cause instanceof ConnectionLostException) {
            LOG.debug("{}: sent again on the next connection: {}", message.messageId(), cause.getMessage());
            window.retryLater();
        } else if (cause instanceof StoreAwayException) {
            LOG.debug("{}: waits for a disk: {}", message.messageId(), cause.getMessage());
            window.retryLater();
        } else {
            String trouble = Printable.of(cause.toString());
            troubles.occurred(RepeatedFaults.kindOf(trouble))
                    .ifPresent(repeats -> LOG.error(
                            "{}: kept, tried again later: {}{}", message.messageId(), trouble, repeats, cause));
            window.retryLater();
        }
    }

    /** A key has come: logs again which messages wait, and starts over with those that do. */
    public void keyPinned() {
        waits.over();
        window.startOver();
    }
}
