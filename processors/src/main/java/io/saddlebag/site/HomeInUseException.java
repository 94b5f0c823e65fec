package io.saddlebag.site;

/** Another process runs the home. */
public final class HomeInUseException extends SiteStartException {
    private static final long serialVersionUID = 1L;

    HomeInUseException(String message) {
        super(message);
    }
}
