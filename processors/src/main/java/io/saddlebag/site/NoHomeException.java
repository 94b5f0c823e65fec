package io.saddlebag.site;

/** The folder is no site's home. */
public final class NoHomeException extends SiteStartException {
    private static final long serialVersionUID = 1L;

    public NoHomeException(String message, Throwable cause) {
        super(message, cause);
    }
}
