package io.saddlebag.lab.chain;

import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.Refusal;
import java.util.Objects;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Asks headquarters, before a message is sealed, for another of its id; only of messages that were claimed before the
 * journal caught up with headquarters. Fails with the conflict that headquarters would refuse it with, so that it takes
 * no place in the sequences.
 */
public final class CheckClaimedId extends AsyncProcessorSupport {
    private final CatchUp catchUp;
    private final ChainQuestions questions;
    private final AfterCommit afterCommit;

    /** @param afterCommit takes up the route again */
    public CheckClaimedId(CatchUp catchUp, ChainQuestions questions, AfterCommit afterCommit) {
        this.catchUp = Objects.requireNonNull(catchUp, "catch-up");
        this.questions = Objects.requireNonNull(questions, "questions");
        this.afterCommit = Objects.requireNonNull(afterCommit, "after commit");
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
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
}
