package io.saddlebag.console.read;

/** A question has no answer now; the message is a sentence for the page. */
public final class UnansweredException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnansweredException(String message, Throwable cause) {
        super(message, cause);
    }
}
