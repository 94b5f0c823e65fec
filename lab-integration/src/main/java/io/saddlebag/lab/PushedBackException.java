package io.saddlebag.lab;

import io.saddlebag.message.Refusal;

/** Headquarters takes the message later: a queue is full, or its disk. Not a fault of the message. */
final class PushedBackException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean everything;

    PushedBackException(Refusal refusal) {
        // Not as its cause, by which Camel would take it for the refusal itself.
        super(refusal.code().text() + ": " + refusal.reason());
        this.everything = refusal.code() == Refusal.Code.STORAGE_LOW;
    }

    /** Whether headquarters takes nothing at all, rather than nothing for these recipients. */
    boolean isForEverything() {
        return everything;
    }
}
