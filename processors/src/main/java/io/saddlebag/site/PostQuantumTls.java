package io.saddlebag.site;

import io.saddlebag.identity.TlsContexts;

/** How much a site insists on a key exchange that no quantum computer breaks later, for its connections. */
public final class PostQuantumTls {
    /** The same setting at every site. */
    public static final Setting SETTING = Setting.optional(
            "tls.post-quantum",
            Setting.Kind.TEXT,
            "preferred",
            "preferred: connections agree on their keys by X25519MLKEM768 where both ends offer it; required: others are"
                    + " refused.");

    private static final String PREFERRED = "preferred";
    private static final String REQUIRED = "required";

    private PostQuantumTls() {}

    /** @throws SiteStartException for any other value, or when it is required and cannot be had on this machine */
    public static boolean isRequired(Settings settings) throws SiteStartException {
        String wanted = settings.text(SETTING.name());
        if (!wanted.equals(PREFERRED) && !wanted.equals(REQUIRED)) {
            throw new SiteStartException(settings.home().settingsFile() + ": expected for " + SETTING.name() + " "
                    + PREFERRED + " or " + REQUIRED + ", found '" + wanted + "'. " + SETTING.meaning());
        }
        if (wanted.equals(REQUIRED) && !TlsContexts.offersPostQuantum()) {
            throw new SiteStartException(settings.home().settingsFile() + ": " + SETTING.name()
                    + "=required: expected TLS by Conscrypt, found that its native library does not load here ("
                    + System.getProperty("os.name") + ", " + System.getProperty("os.arch")
                    + "). Run on x86-64 or arm64, on Linux with glibc, or set " + PREFERRED);
        }
        return wanted.equals(REQUIRED);
    }
}
