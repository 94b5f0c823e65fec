package io.saddlebag.lab.outgoing;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.SentManifest;
import io.saddlebag.lab.message.StillWrittenException;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the file of a confirmed message among those sent: it gets its name there, then the row says so, then its name
 * in the work folder goes. A crash within it does no harm, because it is idempotent.
 */
public final class MoveToSent extends AsyncProcessorSupport {
    private static final Logger LOG = LoggerFactory.getLogger(MoveToSent.class);

    private final LabJournal journal;
    private final AfterCommit afterCommit;
    private final LabFolders folders;
    private final Clock clock;

    public MoveToSent(LabJournal journal, AfterCommit afterCommit, LabFolders folders, Clock clock) {
        this.journal = Objects.requireNonNull(journal, "journal");
        this.afterCommit = Objects.requireNonNull(afterCommit, "after commit");
        this.folders = Objects.requireNonNull(folders, "folders");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
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
                    "{}: headquarters has it of the same claim, sent before the journal was restored",
                    message.messageId());
        }
        return afterCommit.then(
                held == null
                        ? journal.sent(message.number(), clock.instant(), kept)
                        : journal.sentBefore(message, held, clock.instant(), kept),
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
                            + message.sha256() + ". Drop the whole file as a correction, whose name ends in _r2");
            folders.failed().keep(content, message, refusal);
            LOG.warn("{}: sent, but {}", message.messageId(), refusal.reason());
            return null;
        }
    }
}
