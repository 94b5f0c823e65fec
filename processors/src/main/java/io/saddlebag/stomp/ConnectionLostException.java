package io.saddlebag.stomp;

import java.io.IOException;

/** The connection is gone, or was not there. The frame may or may not have arrived; send it again later. */
public final class ConnectionLostException extends IOException {
    private static final long serialVersionUID = 1L;

    public ConnectionLostException(String message) {
        super(message);
    }

    public ConnectionLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
