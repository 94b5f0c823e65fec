package io.saddlebag.dsse;

import io.saddlebag.identity.Fingerprints;
import io.saddlebag.identity.Role;
import io.saddlebag.identity.SiteNames;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.RenewalRequest;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.TreeHead;
import io.saddlebag.message.VerifiedReceipts;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Judges envelopes by the network's trust, and looks at nothing inside the payload. {@code direct:verify} takes the
 * checks and has camel-crypto verify the signature; auditors, who run no route, call {@link #verify}. For any number of
 * threads.
 */
public final class EnvelopeVerifier {
    /** Certificates that counted once are not read again; trust judges them each time. */
    private static final int MAX_REMEMBERED = 256;
    /** The roles that may sign each type of payload. */
    private static final Map<String, Set<Role>> SIGNERS = Map.of(
            Manifest.TYPE,
            Set.of(Role.LAB),
            VerifiedReceipts.TYPE,
            Set.of(Role.LAB),
            KeyBundle.TYPE,
            Set.of(Role.CENTRE),
            DeliveryReceipt.TYPE,
            Set.of(Role.CENTRE),
            RenewalRequest.TYPE,
            Set.of(Role.values()),
            OperatorEntry.TYPE,
            Set.of(Role.values()),
            TreeHead.TYPE,
            Set.of(Role.HQ));

    private final Trust trust;
    private final Map<ByteBuffer, Certified> remembered = new ConcurrentHashMap<>();

    public EnvelopeVerifier(Trust trust) {
        this.trust = trust;
    }

    /**
     * @param role null when the certificate names none
     * @param epoch its start, in seconds since 1970
     */
    private record Certified(X509Certificate certificate, Sha256 fingerprint, Role role, long epoch) {}

    /**
     * The signer and the payload of an envelope whose signature verified.
     *
     * @param fingerprint of the key that signed
     */
    public record Verified(SiteId signer, Sha256 fingerprint, byte[] payload) {}

    /**
     * @param type the DSSE payload type to expect
     * @throws Refusal {@code BAD_SIGNATURE} when any check fails
     */
    public Verified verify(byte[] envelope, String type) {
        Pending pending = check(Envelope.parse(envelope), type);
        byte[] payload = pending.envelope().payload();
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(pending.key());
            signature.update(Envelope.preAuthenticationEncoding(type, payload));
            if (!signature.verify(pending.envelope().signature())) {
                throw pending.unverified(null);
            }
        } catch (GeneralSecurityException e) {
            throw pending.unverified(e);
        }
        return new Verified(pending.signer(), pending.fingerprint(), payload);
    }

    /**
     * Judges anew an envelope whose signature has verified before: its certificate may have ended or been revoked since.
     *
     * @throws Refusal as {@link #verify}; {@code CLOCK_DOUBTFUL} when only a step of the clock is in the way
     */
    public void requireSigner(Envelope verified) {
        check(verified, verified.payloadType());
    }

    /** Checks everything about an envelope but the signature itself. */
    Pending check(Envelope envelope, String type) {
        if (!type.equals(envelope.payloadType())) {
            throw refusal("an envelope of type " + type, Printable.of(envelope.payloadType()), null);
        }
        ByteBuffer der = ByteBuffer.wrap(envelope.certificate());
        Certified known = remembered.get(der);
        Certified certified = known == null ? read(envelope) : known;
        SiteId signer = trust.verifySigner(certified.certificate());
        Sha256 fingerprint = certified.fingerprint();
        requireRole(signer, certified.role(), type);
        if (known == null) {
            remember(der, certified);
        }
        if (!fingerprint.equals(envelope.keyId())) {
            throw refusal(
                    "the keyid of " + signer + "'s certificate, " + fingerprint.brief(),
                    envelope.keyId().brief(),
                    null);
        }
        return new Pending(envelope, signer, certified.certificate().getPublicKey(), fingerprint, certified.epoch());
    }

    private static void requireRole(SiteId signer, Role role, String type) {
        Set<Role> expected = SIGNERS.getOrDefault(type, Set.of());
        if (role == null || !expected.contains(role)) {
            throw refusal(
                    "an envelope of type " + type + " to be signed by "
                            + (expected.isEmpty()
                                    ? "no role that is known"
                                    : expected.stream()
                                            .map(Role::certified)
                                            .sorted()
                                            .collect(Collectors.joining(" or a ", "a ", ""))),
                    "one that " + signer + " signed, whose certificate is for "
                            + (role == null ? "no role" : "a " + role.certified()),
                    null);
        }
    }

    private static Certified read(Envelope envelope) {
        ByteArrayInputStream der = new ByteArrayInputStream(envelope.certificate());
        X509Certificate certificate;
        try {
            certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(der);
        } catch (CertificateException e) {
            throw refusal("the signer's certificate as DER", "something else", e);
        }
        if (der.available() != 0) {
            throw refusal("the signer's certificate as DER", "more bytes behind it", null);
        }
        return new Certified(
                certificate,
                Fingerprints.of(certificate.getPublicKey()),
                SiteNames.roleIn(certificate).orElse(null),
                certificate.getNotBefore().toInstant().getEpochSecond());
    }

    private void remember(ByteBuffer der, Certified certified) {
        if (remembered.size() >= MAX_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(der, certified);
    }

    private static Refusal refusal(String expected, String found, Exception cause) {
        return new Refusal(Refusal.Code.BAD_SIGNATURE, "Expected " + expected + ", found " + found, cause);
    }

    /**
     * An envelope whose signer may sign, and whose signature is still to be verified.
     *
     * @param signer the site that the CA certified for the envelope's certificate
     * @param key of the certificate
     * @param fingerprint of the key
     * @param epoch the start of the certificate, in seconds since 1970
     */
    record Pending(Envelope envelope, SiteId signer, PublicKey key, Sha256 fingerprint, long epoch) {
        /** @param cause null when the signature is well-formed and does not verify */
        Refusal unverified(Exception cause) {
            return new Refusal(
                    Refusal.Code.BAD_SIGNATURE,
                    "Expected a signature of " + signer + " by its key " + fingerprint.brief()
                            + ", found one that does not verify: the bytes were altered, or another key signed them",
                    cause);
        }
    }
}
