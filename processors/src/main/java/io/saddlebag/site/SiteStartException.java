package io.saddlebag.site;

/**
 * A site cannot start as it is configured. The message is for the operator: the file (and line where there is one), what
 * was expected, what was found, what to do.
 */
public class SiteStartException extends Exception {
    private static final long serialVersionUID = 1L;

    public SiteStartException(String message) {
        super(message);
    }

    public SiteStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
