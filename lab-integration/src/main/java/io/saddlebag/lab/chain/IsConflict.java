package io.saddlebag.lab.chain;

import io.saddlebag.message.Refusal;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/** Whether a message was refused because headquarters has another manifest under its message_id. */
public final class IsConflict implements Predicate {
    @Override
    public boolean matches(Exchange exchange) {
        Throwable cause = exchange.getException() == null
                ? exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)
                : exchange.getException();
        return cause instanceof Refusal refusal && refusal.code() == Refusal.Code.CONFLICT;
    }
}
