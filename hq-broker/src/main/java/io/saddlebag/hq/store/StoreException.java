package io.saddlebag.hq.store;

/** The store could not do it; the publisher must not be told that it did. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean passing;

    public StoreException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /** @param passing whether the same may succeed later, as when the database is away */
    public StoreException(String message, Throwable cause, boolean passing) {
        super(message, cause);
        this.passing = passing;
    }

    /** True when the same may succeed later, as when the database is away. */
    public boolean isPassing() {
        return passing;
    }
}
