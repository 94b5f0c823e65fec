package io.saddlebag.lab.outgoing;

import io.saddlebag.journal.JournalException;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.lab.records.WithdrawRequests;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages back that an operator wants back, as long as headquarters cannot have the whole of one. Until it is signed
 * nothing of a message has left, and the journal signs none that was asked for. After that the last part decides: as long as
 * none of this site's attempts has sent it, headquarters cannot have committed the message. One whose last part may have
 * left is sent to its end. For any number of threads.
 */
public final class WithdrawSteps {
    private static final Logger LOG = LoggerFactory.getLogger(WithdrawSteps.class);

    private final LabJournal journal;
    private final WithdrawRequests requests;
    private final OutgoingWindow window;
    private final SettleSteps settle;
    /** Why, by the number of each message that is asked for. */
    private volatile Map<Long, String> asked = Map.of();
    /** By number, for signed messages that this process has tried to send and that are not settled. */
    private final Map<Long, Left> left = new ConcurrentHashMap<>();

    /** The part of a signed message that has left. */
    enum Left {
        /** An earlier process may have sent all of it. */
        UNKNOWN,
        /** Headquarters surely lacks a part. */
        INCOMPLETE,
        /** The last part has left, and headquarters did not say that it took nothing. */
        MAYBE_WHOLE
    }

    public WithdrawSteps(LabJournal journal, OutgoingWindow window, SettleSteps settle) {
        this.journal = journal;
        this.requests = new WithdrawRequests(journal);
        this.window = window;
        this.settle = settle;
    }

    /** Looks for requests, and takes the messages back that no attempt has under way; an attempt heeds its own. */
    public void look(Exchange exchange) {
        try {
            List<OutgoingMessage> open = requests.open();
            Map<Long, String> reasons = new HashMap<>();
            open.forEach(each -> reasons.put(each.number(), requests.reason(each.number())));
            asked = reasons;
            open.forEach(this::takeBack);
        } catch (JournalException e) {
            LOG.warn("withdrawn messages are looked for again soon: {}", Printable.reason(e.getMessage()));
        }
    }

    private void takeBack(OutgoingMessage found) {
        if (!window.reserve(found.number())) {
            return;
        }
        try {
            // An attempt may have ended since it was read.
            journal.find(found.messageId())
                    .filter(now -> now.number() == found.number() && !now.isSettled())
                    .filter(now -> now.envelope() == null || left(now) == Left.INCOMPLETE)
                    .ifPresent(this::fail);
        } finally {
            window.release(found.number());
        }
    }

    private void fail(OutgoingMessage message) {
        try {
            settle.fail(message, refusal(requests.reason(message.number())));
            left.remove(message.number());
        } catch (IOException e) {
            LOG.warn(
                    "{}: withdrawn, but its file cannot be moved to failed/ now: {}",
                    message.messageId(),
                    Printable.reason(FaultText.of(e)));
        }
    }

    private static Refusal refusal(String reason) {
        return new Refusal(
                Refusal.Code.WITHDRAWN,
                reason + ". Nobody has received it. To send it, drop it into the folder for its recipients");
    }

    /** A step before each long one: a message that is not signed and is asked for is refused. */
    public void heed(Exchange exchange) {
        OutgoingMessage message = OutgoingContext.message(exchange);
        String reason = message.envelope() == null ? asked.get(message.number()) : null;
        if (reason != null) {
            throw refusal(reason);
        }
    }

    /** The journal did not sign the message, since it was asked for. */
    Refusal unsigned(OutgoingMessage message) {
        return refusal(requests.reason(message.number()));
    }

    /** The message was signed in this attempt, so that nothing of it has left. */
    void signed(OutgoingMessage message) {
        left.put(message.number(), Left.INCOMPLETE);
    }

    /** The part that has left in all attempts since the message was signed. */
    Left left(OutgoingMessage message) {
        return left.getOrDefault(message.number(), Left.UNKNOWN);
    }

    /** An upload has ended without headquarters' word. */
    void ended(OutgoingMessage message, Left now) {
        left.put(message.number(), now);
    }

    /** Headquarters has confirmed the message, or refused it for good. */
    void settled(OutgoingMessage message) {
        left.remove(message.number());
    }

    /**
     * Asked before each part of which headquarters lacks a later one.
     *
     * @throws Refusal when the message is asked for
     */
    void requireWanted(OutgoingMessage message) {
        String reason = asked.get(message.number());
        if (reason != null) {
            throw refusal(reason);
        }
    }
}
