package io.saddlebag.rc.deliver;

import io.saddlebag.message.Refusal;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/** A refusal that the next attempt would end with too; not one for a date while the clock of this site is doubtful. */
public final class IsFinalRefusal implements Predicate {
    @Override
    public boolean matches(Exchange exchange) {
        Refusal refusal = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Refusal.class);
        return refusal != null && !refusal.code().isPassing();
    }
}
