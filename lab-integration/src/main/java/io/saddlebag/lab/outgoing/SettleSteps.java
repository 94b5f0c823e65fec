package io.saddlebag.lab.outgoing;

import io.saddlebag.clock.Durations;
import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.StoreAwayException;
import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.message.NotYetException;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.SentManifest;
import io.saddlebag.lab.message.StillWrittenException;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.log.FaultText;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.ConnectionLostException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps that end an attempt to send a message. */
public final class SettleSteps {
    private static final Logger LOG = LoggerFactory.getLogger(SettleSteps.class);

    private final LabJournal journal;
    private final AfterCommit afterCommit;
    private final LabFolders folders;
    private final OutgoingWindow window;
    private final PushBack pushBack;
    private final Clock clock;
    private final RepeatedFaults waits = new RepeatedFaults();
    private final RepeatedFaults troubles = new RepeatedFaults();

    public SettleSteps(
            LabJournal journal,
            AfterCommit afterCommit,
            LabFolders folders,
            OutgoingWindow window,
            PushBack pushBack,
            Clock clock) {
        this.journal = journal;
        this.afterCommit = afterCommit;
        this.folders = folders;
        this.window = window;
        this.pushBack = pushBack;
        this.clock = clock;
    }

    /**
     * Keeps the file of a confirmed message among those sent: it gets its name there, then the row says so, then its name
     * in the work folder goes. A crash within it does no harm, because it is idempotent.
     */
    public boolean moveToSent(Exchange exchange, AsyncCallback callback) {
        OutgoingContext outgoing = OutgoingContext.of(exchange);
        OutgoingMessage message = outgoing.message();
        Failpoint.LAB_CONFIRMED.reached();
        Path kept;
        try {
            kept = keep(message);
        } catch (IOException | RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        Failpoint.LAB_SENT_MOVED.reached();
        SentManifest held = outgoing.held();
        if (held != null) {
            LOG.info(
                    "{}: headquarters has it of the same claim, sent before the journal was restored", message.named());
        }
        return afterCommit.then(
                journal.sent(message, held, clock.instant(), kept),
                exchange,
                callback,
                rows -> recorded(message, outgoing.sealed() != null, kept != null));
    }

    private void recorded(OutgoingMessage message, boolean sealedInJournal, boolean isKept) throws IOException {
        Failpoint.LAB_SENT_RECORDED.reached();
        if (isKept) {
            folders.clear(message, sealedInJournal);
        } else {
            // A file there now is not the one that was sent.
            folders.clearSealed(message.messageId());
        }
        LOG.info(
                "{}: confirmed by headquarters, {}",
                message.messageId(),
                isKept ? "file kept in sent/" : "no file in work/ to keep: moved before a stop, or taken by hand");
    }

    /** Null when there is none to keep among the sent. */
    private Path keep(OutgoingMessage message) throws IOException {
        Path content = folders.content(message.messageId());
        try {
            folders.requireUnchanged(message);
            return folders.nameSent(message);
        } catch (NoSuchFileException e) {
            if (Files.exists(content, LinkOption.NOFOLLOW_LINKS)) {
                // Something in it is gone; it is compared again.
                throw e;
            }
            return null;
        } catch (StillWrittenException e) {
            Refusal refusal = new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected the file to stay as it was when it was sealed, found that " + e.getMessage()
                            + ". What was sent is what stood there before: " + message.size() + " bytes, SHA-256 "
                            + message.sha256().brief()
                            + ". Drop the whole file as a correction, whose name ends in _r2");
            folders.failed().keep(content, message, refusal);
            LOG.warn("{}: sent, but {}", message.named(), refusal.reason());
            return null;
        }
    }

    /** True if headquarters, or a step here, refused the message for good; a message that was pushed back is sent again. */
    public static boolean isFinalRefusal(Exchange exchange) {
        Refusal refusal = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Refusal.class);
        return refusal != null && !refusal.code().isPassing();
    }

    /** Keeps the file of a refused message among the failed ones, with the reason. */
    public void moveToFailed(Exchange exchange) throws IOException {
        fail(OutgoingContext.message(exchange), exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Refusal.class));
    }

    /** As {@link #moveToFailed}, of a message that no attempt has under way. */
    void fail(OutgoingMessage message, Refusal refusal) throws IOException {
        folders.failed().keep(folders.content(message.messageId()), message, refusal);
        journal.failed(message, refusal.code().text(), refusal.reason(), clock.instant());
        // The file was moved. A file in its place now belongs to the next claim.
        folders.clearSealed(message.messageId());
        LOG.warn("{}: refused ({}): {}", message.named(), refusal.code().text(), refusal.reason());
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
                message.named(),
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
                            LOG.info("{}: {}; so do later ones{}", message.named(), cause.getMessage(), repeats));
        } else if (cause instanceof Refusal pushed && pushed.code().isPassing()) {
            boolean isForEverything = pushed.code() == Refusal.Code.STORAGE_LOW;
            pushBack.pushedBack(message.claim().recipients(), isForEverything).ifPresent(pause -> {
                LOG.warn(
                        "{}: headquarters pushed it back, tried again in {}: {}",
                        message.named(),
                        Durations.text(pause),
                        Printable.reason(pushed.code().text() + ": " + pushed.reason()));
                window.startOverAfter(pause);
            });
        } else if (cause instanceof ConnectionLostException || cause instanceof StoreAwayException) {
            LOG.debug("{}: waits for a connection or a disk: {}", message.messageId(), cause.getMessage());
            window.retryLater();
        } else {
            String trouble = Printable.reason(FaultText.of(cause));
            troubles.occurred(RepeatedFaults.kindOf(trouble))
                    .ifPresent(repeats ->
                            LOG.error("{}: kept, tried again later: {}{}", message.named(), trouble, repeats, cause));
            window.retryLater();
        }
    }

    /** A key has come: logs again which messages wait, and starts over with those that do. */
    public void keyPinned() {
        waits.over();
        window.startOver();
    }
}
