package io.saddlebag.lab.message;

/** A message cannot go on now and will later: a key bundle is missing, or headquarters is away. Not a fault. */
public final class NotYetException extends Exception {
    private static final long serialVersionUID = 1L;

    public NotYetException(String reason) {
        super(reason);
    }
}
