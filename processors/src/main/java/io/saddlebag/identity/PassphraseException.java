package io.saddlebag.identity;

import java.io.IOException;

/** A key is encrypted, and there is no passphrase for it, or another one. */
public final class PassphraseException extends IOException {
    private static final long serialVersionUID = 1L;

    public PassphraseException(String message) {
        super(message);
    }

    public PassphraseException(String message, Throwable cause) {
        super(message, cause);
    }
}
