package io.saddlebag.dsse;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * A DSSE v1 envelope with exactly one signature, and the certificate of the signer, which DSSE leaves to the
 * application. An instance may hold a signature that does not verify: {@code direct:verify} judges that.
 *
 * <p>The arrays are not copied; nobody may write into them.
 *
 * @param payload the signed bytes, verbatim
 * @param keyId SHA-256 of the signer's SubjectPublicKeyInfo
 * @param signature {@value #SIGNATURE_LENGTH} bytes of Ed25519 over {@link #preAuthenticationEncoding}
 * @param certificate that the signer presents, DER; not trusted until it is checked
 * @see <a href="https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md">DSSE envelope</a>
 */
public record Envelope(String payloadType, byte[] payload, Sha256 keyId, byte[] signature, byte[] certificate) {
    /** The largest envelope that is read, in bytes of JSON. */
    public static final int MAX_SIZE = 128 * 1024;
    /** The length of an Ed25519 signature in bytes (RFC 8032, 5.1.6). */
    public static final int SIGNATURE_LENGTH = 64;

    public Envelope {
        if (signature.length != SIGNATURE_LENGTH) {
            throw new IllegalArgumentException(
                    "Expected a signature of " + SIGNATURE_LENGTH + " bytes, found " + signature.length);
        }
    }

    /**
     * Signs outside of any route, for those who sign many messages beforehand.
     *
     * @param ed25519 computes the signature
     */
    public static Envelope signed(SiteIdentity signer, String type, byte[] payload, Provider ed25519) {
        try {
            Signature signature = Signature.getInstance("Ed25519", ed25519);
            signature.initSign(signer.signingKey());
            signature.update(preAuthenticationEncoding(type, payload));
            return new Envelope(
                    type,
                    payload,
                    signer.signingFingerprint(),
                    signature.sign(),
                    signer.signingCertificate().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The signing key of " + signer.site() + " cannot sign", e);
        }
    }

    /**
     * Reads the envelope and nothing of its payload.
     *
     * @throws Refusal {@code BAD_SIGNATURE} when the bytes are not such an envelope
     */
    public static Envelope parse(byte[] json) {
        if (json.length > MAX_SIZE) {
            throw refusal("an envelope of at most " + MAX_SIZE + " bytes", json.length + " bytes", null);
        }
        try {
            return Json.read(json, Fields.class).envelope();
        } catch (IllegalArgumentException | NullPointerException e) {
            throw refusal("a DSSE envelope with one Ed25519 signature", String.valueOf(e.getMessage()), e);
        }
    }

    private static Refusal refusal(String expected, String found, Exception cause) {
        return new Refusal(
                Refusal.Code.BAD_SIGNATURE, "Expected " + expected + ", found: " + Printable.reason(found), cause);
    }

    /** The envelope as JSON, without spaces. */
    public byte[] write() {
        return Json.write(Fields.of(this));
    }

    /** The bytes that are signed: DSSE's PAE of type and payload. */
    public static byte[] preAuthenticationEncoding(String payloadType, byte[] payload) {
        byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
        byte[] head = ("DSSEv1 " + type.length + " ").getBytes(StandardCharsets.US_ASCII);
        byte[] middle = (" " + payload.length + " ").getBytes(StandardCharsets.US_ASCII);
        byte[] encoding = new byte[head.length + type.length + middle.length + payload.length];
        int at = append(encoding, 0, head);
        at = append(encoding, at, type);
        at = append(encoding, at, middle);
        append(encoding, at, payload);
        return encoding;
    }

    private static int append(byte[] target, int at, byte[] part) {
        System.arraycopy(part, 0, target, at, part.length);
        return at + part.length;
    }

    /** @param fingerprint as {@link io.saddlebag.identity.Fingerprints} makes it of a certificate */
    public boolean presents(Sha256 fingerprint) {
        return Sha256.of(certificate).equals(fingerprint);
    }

    /** As DSSE writes it: bytes are base64. */
    private record Fields(
            @JsonProperty("payloadType") String payloadType,
            @JsonProperty("payload") String payload,
            @JsonProperty("signatures") List<SignatureFields> signatures) {
        static Fields of(Envelope envelope) {
            Base64.Encoder base64 = Base64.getEncoder();
            return new Fields(
                    envelope.payloadType,
                    base64.encodeToString(envelope.payload),
                    List.of(new SignatureFields(
                            envelope.keyId.hex(),
                            base64.encodeToString(envelope.signature),
                            base64.encodeToString(envelope.certificate))));
        }

        Envelope envelope() {
            Objects.requireNonNull(signatures, "no field 'signatures'");
            if (signatures.size() != 1) {
                throw new IllegalArgumentException("Expected exactly one signature, found " + signatures.size());
            }
            SignatureFields only = Objects.requireNonNull(signatures.get(0), "an empty signature");
            return new Envelope(
                    Objects.requireNonNull(payloadType, "no field 'payloadType'"),
                    decode("payload", payload),
                    new Sha256(Objects.requireNonNull(only.keyid, "no field 'keyid'")),
                    decode("sig", only.sig),
                    decode("cert", only.cert));
        }

        private static byte[] decode(String field, String text) {
            Objects.requireNonNull(text, () -> "no field '" + field + "'");
            try {
                return decode(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("Expected base64 in the field '" + field + "'", e);
            }
        }

        /** DSSE: readers must take the standard and the URL-safe alphabet. */
        private static byte[] decode(String text) {
            try {
                return Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException notStandard) {
                return Base64.getUrlDecoder().decode(text);
            }
        }
    }

    private record SignatureFields(
            @JsonProperty("keyid") String keyid,
            @JsonProperty("sig") String sig,
            @JsonProperty("cert") String cert) {}
}
