package io.saddlebag.dsse;

/**
 * The names of the exchange properties that the routes {@code direct:sign} and {@code direct:verify} take and give.
 * {@code direct:verify} sets its own only after the signature has verified.
 */
public final class SignatureProperties {
    /** In, both routes: the DSSE payload type to sign or to expect, such as {@code Manifest.TYPE}. */
    public static final String PAYLOAD_TYPE = "dssePayloadType";

    /** In, {@code direct:sign}: the {@code SiteIdentity} that signs; without it, the one that the site has now. */
    public static final String SIGN_AS = "dsseSignAs";

    /** Out of {@code direct:verify}: the {@code SiteId} that the CA certified for the signer. */
    public static final String SIGNER = "dsseSigner";

    /** Out of {@code direct:verify}: {@code Sha256} of the signer's SubjectPublicKeyInfo. */
    public static final String SIGNER_FINGERPRINT = "dsseSignerFingerprint";

    /** Out of {@code direct:verify}: the start of the signer's certificate in seconds since 1970, a {@code Long}. */
    public static final String SIGNER_EPOCH = "dsseSignerEpoch";

    /** Out of both routes: {@code Sha256} of the payload bytes. */
    public static final String PAYLOAD_SHA256 = "dssePayloadSha256";

    private SignatureProperties() {}
}
