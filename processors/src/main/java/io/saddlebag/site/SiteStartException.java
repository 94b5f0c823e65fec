package io.saddlebag.site;

/**
 * A site cannot start as it is configured. The message is for the operator: the file (and line where there is one), what
 * was expected, what was found, what to do.
 */
public final class SiteStartException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** The causes that a script can tell apart. */
    public enum Kind {
        /** The folder is no site's home. */
        NO_HOME,
        /** Another process runs the home. */
        IN_USE,
        OTHER
    }

    public SiteStartException(String message) {
        this(Kind.OTHER, message, null);
    }

    public SiteStartException(String message, Throwable cause) {
        this(Kind.OTHER, message, cause);
    }

    public SiteStartException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
