package io.saddlebag.lab;

/** A message cannot go on now and will later: a key bundle is missing, or headquarters is away. Not a fault. */
final class NotYetException extends Exception {
    private static final long serialVersionUID = 1L;

    NotYetException(String reason) {
        super(reason);
    }
}
