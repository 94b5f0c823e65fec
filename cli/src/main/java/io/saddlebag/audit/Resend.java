package io.saddlebag.audit;

import io.saddlebag.message.MessageId;

/** The remedy for a message that headquarters confirmed and lost. */
final class Resend {
    private Resend() {}

    static String of(MessageId messageId) {
        return ". While a receipt is lacking its laboratory sends it again once both run, or: saddlebag resend --home HOME "
                + messageId;
    }
}
