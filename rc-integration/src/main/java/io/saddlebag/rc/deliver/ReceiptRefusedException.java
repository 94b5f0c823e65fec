package io.saddlebag.rc.deliver;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.net.ProtocolException;

/**
 * Headquarters does not take the delivery receipt of a message that stands in the outbox. It has no cause: the routes
 * would take that for a refusal of the message.
 */
final class ReceiptRefusedException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    ReceiptRefusedException(Refusal refusal) {
        super("it stands in the outbox, but its receipt was refused, "
                + refusal.code().text() + ": " + Printable.of(refusal.reason()));
    }
}
