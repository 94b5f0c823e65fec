package io.saddlebag.cli;

import io.saddlebag.identity.PassphraseException;
import io.saddlebag.site.SiteStartException;
import picocli.CommandLine;

/** The exit codes that a script may act on; docs/operators.md lists them. 3 is the JVM's own, when memory runs out. */
public final class ExitCodes {
    /** The folder is no site's home: a wrong path, or a disk that is not mounted. */
    public static final int NO_HOME = 10;
    /** Another process runs the home. */
    public static final int LOCKED = 11;
    /** A private key is encrypted, and its passphrase is missing or another. */
    public static final int PASSPHRASE = 12;

    private ExitCodes() {}

    /** The code of a failure by the first of its causes that has one; 1 for any other. */
    static int of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SiteStartException start && start.kind() != SiteStartException.Kind.OTHER) {
                return start.kind() == SiteStartException.Kind.NO_HOME ? NO_HOME : LOCKED;
            }
            if (cause instanceof PassphraseException) {
                return PASSPHRASE;
            }
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
