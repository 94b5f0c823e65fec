package io.saddlebag.identity;

/** The role of a site in the network, which decides the purpose of its TLS certificate. */
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
