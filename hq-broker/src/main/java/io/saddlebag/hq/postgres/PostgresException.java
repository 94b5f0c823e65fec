package io.saddlebag.hq.postgres;

/** The embedded PostgreSQL cannot be run here. The message is for the operator: what was found and what to do. */
public final class PostgresException extends Exception {
    private static final long serialVersionUID = 1L;

    public PostgresException(String message) {
        super(message);
    }

    public PostgresException(String message, Throwable cause) {
        super(message, cause);
    }
}
