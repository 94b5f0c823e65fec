package io.saddlebag.lab.chain;

import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.message.AssignedId;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.SentManifest;
import io.saddlebag.lab.outgoing.OutgoingWindow;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.Refusal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps for a message of whose id headquarters may have another, as after the journal was restored. */
public final class ConflictSteps {
    private static final Logger LOG = LoggerFactory.getLogger(ConflictSteps.class);
    private static final String SENT = "sent";
    private static final String NEXT_ID = "next-id";
    private static final String REFUSED = "refused";
    /** Before the message is sealed again: the others that were on their way meet their own conflict meanwhile. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final CatchUp catchUp;
    private final ChainQuestions questions;
    private final LabJournal journal;
    private final LabFolders folders;
    private final OutgoingWindow window;
    private final AfterCommit afterCommit;

    public ConflictSteps(
            CatchUp catchUp,
            ChainQuestions questions,
            LabJournal journal,
            LabFolders folders,
            OutgoingWindow window,
            AfterCommit afterCommit) {
        this.catchUp = catchUp;
        this.questions = questions;
        this.journal = journal;
        this.folders = folders;
        this.window = window;
        this.afterCommit = afterCommit;
    }

    /**
     * Asks headquarters, before a message is sealed, for another of its id; only of messages that were claimed before the
     * journal caught up with headquarters. Fails with the conflict that headquarters would refuse it with, so that it
     * takes no place in the sequences.
     */
    public boolean checkClaimedId(Exchange exchange, AsyncCallback callback) {
        OutgoingMessage message = OutgoingContext.message(exchange);
        if (message.number() > catchUp.claimedBefore()) {
            callback.done(true);
            return true;
        }
        return afterCommit.then(questions.held(message.messageId()), exchange, callback, found -> {
            if (found.isPresent()) {
                OutgoingContext.of(exchange).held(found.get());
                throw new Refusal(
                        Refusal.Code.CONFLICT,
                        "Expected " + message.messageId() + " to be new at headquarters, found another");
            }
        });
    }

    /** True if a message was refused because headquarters has another manifest under its message_id. */
    public static boolean isConflict(Exchange exchange) {
        Throwable cause = exchange.getException() == null
                ? exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)
                : exchange.getException();
        return cause instanceof Refusal refusal && refusal.code() == Refusal.Code.CONFLICT;
    }

    /**
     * Decides what becomes of a message whose id headquarters has already. When headquarters has it of the same claim,
     * which a restored journal forgot, it is sent. An id that this laboratory assigned gives way to the next free one of
     * its series. Any other message is refused, with advice for the restored journal.
     */
    public boolean judgeConflict(Exchange exchange, AsyncCallback callback) {
        OutgoingMessage message = OutgoingContext.message(exchange);
        SentManifest known = OutgoingContext.of(exchange).held();
        CompletableFuture<Optional<SentManifest>> there = known == null
                ? questions.held(message.messageId())
                : CompletableFuture.completedFuture(Optional.of(known));
        return afterCommit.then(
                there.thenCompose(found -> verdict(exchange, message, found.orElse(null))),
                exchange,
                callback,
                verdict -> exchange.setProperty(OutgoingContext.VERDICT, verdict));
    }

    private CompletableFuture<String> verdict(Exchange exchange, OutgoingMessage message, SentManifest found) {
        if (found != null && found.isOf(message)) {
            OutgoingContext.of(exchange).held(found);
            return CompletableFuture.completedFuture(SENT);
        }
        Optional<AssignedId> assigned = AssignedId.of(message);
        if (assigned.isEmpty()) {
            if (found != null) {
                exchange.setProperty(Exchange.EXCEPTION_CAUGHT, refusal(message, found));
            }
            return CompletableFuture.completedFuture(REFUSED);
        }
        String series = assigned.get().series();
        return questions
                .highestHeld(series, assigned.get().number())
                .thenCompose(highest -> journal.chain().skip(series, highest))
                .thenApply(skipped -> NEXT_ID);
    }

    private static Refusal refusal(OutgoingMessage message, SentManifest found) {
        return new Refusal(
                Refusal.Code.CONFLICT,
                "Expected " + message.messageId() + " to be new, found that this laboratory sent it at "
                        + found.manifest().sentTimestamp() + " to "
                        + found.manifest().recipients().stream()
                                .map(each -> each.id().value())
                                .toList()
                        + "; the journal, maybe restored from a back-up, does not know of it. If this is the same file,"
                        + " it was sent: remove it from here. If it is another, drop it under a number of its own, or as"
                        + " a correction whose name ends in _r2, _r3 and so on before the dot");
    }

    /** Gives a message the next id of its series: the journal first, then the file in the work folder. */
    public boolean takeNextId(Exchange exchange, AsyncCallback callback) {
        OutgoingMessage message = OutgoingContext.message(exchange);
        return afterCommit.then(journal.chain().nextId(message), exchange, callback, renamed -> {
            folders.leaveFormerName(journal, renamed);
            LOG.warn(
                    "{}: headquarters has another message of this id; sent as {}",
                    message.named(),
                    renamed.messageId());
            window.startOverAfter(PAUSE);
        });
    }
}
