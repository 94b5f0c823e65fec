package io.saddlebag.lab.chain;

import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.message.AssignedId;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.SentManifest;
import io.saddlebag.lab.records.ChainRecords;
import io.saddlebag.message.Refusal;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Decides what becomes of a message whose id headquarters has already. When headquarters has it of the same claim,
 * which a restored journal forgot, it is sent. An id that this laboratory assigned gives way to the next free one of
 * its series. Any other message is refused, with advice for the restored journal.
 */
public final class JudgeConflict extends AsyncProcessorSupport {
    static final String SENT = "sent";
    static final String NEXT_ID = "next-id";
    static final String REFUSED = "refused";

    private final ChainQuestions questions;
    private final ChainRecords records;
    private final AfterCommit afterCommit;

    /** @param afterCommit takes up the route again */
    public JudgeConflict(ChainQuestions questions, ChainRecords records, AfterCommit afterCommit) {
        this.questions = Objects.requireNonNull(questions, "questions");
        this.records = Objects.requireNonNull(records, "records");
        this.afterCommit = Objects.requireNonNull(afterCommit, "after commit");
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        OutgoingMessage message = OutgoingContext.message(exchange);
        SentManifest known = OutgoingContext.of(exchange).held();
        CompletableFuture<Optional<SentManifest>> there = known == null
                ? questions.held(message.messageId())
                : CompletableFuture.completedFuture(Optional.of(known));
        return afterCommit.then(
                there.thenCompose(found -> verdict(message, found.orElse(null))
                        .thenApply(verdict -> new Judged(verdict, found.orElse(null)))),
                exchange,
                callback,
                judged -> judged(exchange, message, judged));
    }

    private record Judged(String verdict, SentManifest found) {}

    private CompletableFuture<String> verdict(OutgoingMessage message, SentManifest found) {
        if (found != null && found.isOf(message)) {
            return CompletableFuture.completedFuture(SENT);
        }
        Optional<AssignedId> assigned = AssignedId.of(message);
        if (assigned.isEmpty()) {
            return CompletableFuture.completedFuture(REFUSED);
        }
        String series = assigned.get().series();
        return questions
                .highestHeld(series, assigned.get().number())
                .thenCompose(highest -> records.skip(series, highest))
                .thenApply(skipped -> NEXT_ID);
    }

    private static void judged(Exchange exchange, OutgoingMessage message, Judged judged) {
        exchange.setProperty(OutgoingContext.VERDICT, judged.verdict());
        if (judged.verdict().equals(SENT)) {
            OutgoingContext.of(exchange).held(judged.found());
        } else if (judged.verdict().equals(REFUSED) && judged.found() != null) {
            exchange.setProperty(Exchange.EXCEPTION_CAUGHT, refusal(message, judged.found()));
        }
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
}
