package io.saddlebag.identity;

/** The purpose of a TLS certificate (RFC 5280, section 4.2.1.12, extended key usage). */
public enum Purpose {
    /** A laboratory or a centre that connects. */
    CLIENT("clientAuth", "1.3.6.1.5.5.7.3.2"),
    /** Headquarters, which accepts. */
    SERVER("serverAuth", "1.3.6.1.5.5.7.3.1");

    private final String usageName;
    private final String oid;

    Purpose(String usageName, String oid) {
        this.usageName = usageName;
        this.oid = oid;
    }

    String usageName() {
        return usageName;
    }

    String oid() {
        return oid;
    }
}
