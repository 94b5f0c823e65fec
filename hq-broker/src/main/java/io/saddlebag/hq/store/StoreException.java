package io.saddlebag.hq.store;

/** The store could not do it, and nothing was changed; trying again later may help. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1L;

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
