package io.saddlebag.identity;

/** What a site is in the network, and so what its TLS certificate may be used for. */
public enum Role {
    /** A laboratory: sends. */
    LAB(Purpose.CLIENT),
    /** A research centre: receives. */
    CENTRE(Purpose.CLIENT),
    /** The headquarters: the only one that may accept connections. */
    HQ(Purpose.SERVER);

    private final Purpose purpose;

    Role(Purpose purpose) {
        this.purpose = purpose;
    }

    public Purpose purpose() {
        return purpose;
    }
}
