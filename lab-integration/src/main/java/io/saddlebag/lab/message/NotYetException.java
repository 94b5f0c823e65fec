package io.saddlebag.lab.message;

/** A message must wait: a key bundle is missing, or headquarters has no room. Not a fault. */
public final class NotYetException extends Exception {
    private static final long serialVersionUID = 1L;

    public NotYetException(String reason) {
        super(reason);
    }
}
