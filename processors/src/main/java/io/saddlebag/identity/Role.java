package io.saddlebag.identity;

/** The role of a site in the network: the purpose of its TLS certificate, and the kinds of statement that it may sign. */
public enum Role {
    /** A laboratory: sends. Signs manifests. */
    LAB(Purpose.CLIENT, "lab"),
    /** A research centre: receives. Signs key bundles and delivery receipts. */
    CENTRE(Purpose.CLIENT, "centre"),
    /** The headquarters: the only one that may accept connections. Signs the heads of its log. */
    HQ(Purpose.SERVER, "log");

    private final Purpose purpose;
    private final String certified;

    Role(Purpose purpose, String certified) {
        this.purpose = purpose;
        this.certified = certified;
    }

    public Purpose purpose() {
        return purpose;
    }

    /** As a signing certificate says it: {@code lab}, {@code centre} or {@code log}. */
    public String certified() {
        return certified;
    }
}
