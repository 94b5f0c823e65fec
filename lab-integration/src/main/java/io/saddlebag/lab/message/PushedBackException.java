package io.saddlebag.lab.message;

import io.saddlebag.message.Refusal;

/** Headquarters takes the message later, because a queue or its disk is full. Not a fault of the message. */
public final class PushedBackException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean everything;

    public PushedBackException(Refusal refusal) {
        // Not as its cause, by which Camel would take it for the refusal itself.
        super(refusal.code().text() + ": " + refusal.reason());
        this.everything = refusal.code() == Refusal.Code.STORAGE_LOW;
    }

    /** True if headquarters takes nothing at all, rather than nothing for these recipients. */
    public boolean isForEverything() {
        return everything;
    }
}
