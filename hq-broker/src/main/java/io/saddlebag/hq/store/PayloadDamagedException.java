package io.saddlebag.hq.store;

import java.io.IOException;

/** The bytes of a payload are not those that were put: its checksum does not hold, or its file ends before it. */
public final class PayloadDamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    public PayloadDamagedException(String message) {
        super(message);
    }
}
