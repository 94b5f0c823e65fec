package io.saddlebag.identity;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity of a site: the PEM files of its identity folder, read and checked once. Immutable, for use by any thread. As
 * a {@link CurrentIdentity} it is one that is never renewed.
 *
 * @param site as both certificates name it
 * @param trust the network's CA and its revocations
 * @param tlsCertificate ECDSA P-256; for clientAuth, or serverAuth at headquarters
 * @param tlsKey the key of {@code tlsCertificate}
 * @param signingCertificate Ed25519
 * @param signingKey the key of {@code signingCertificate}
 */
public record SiteIdentity(
        SiteId site,
        Trust trust,
        X509Certificate tlsCertificate,
        PrivateKey tlsKey,
        X509Certificate signingCertificate,
        PrivateKey signingKey)
        implements CurrentIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(SiteIdentity.class);
    private static final Duration RENEWAL_NOTICE = Duration.ofDays(30);

    /** Reads an identity whose keys are not encrypted; see {@link #load(Path, PassphraseSource)}. */
    public static SiteIdentity load(Path identityFolder) throws IOException {
        return load(identityFolder, () -> null);
    }

    /**
     * Reads {@code ca.crt tls.crt tls.key signing.crt signing.key} and, when it is there, {@code ca.crl}.
     *
     * @param passphrase asked when a key is encrypted; gives null when there is none
     * @throws IOException when a file is missing, broken, too open, expired, revoked, or does not belong to the
     *     others; says which and what to do
     */
    public static SiteIdentity load(Path identityFolder, PassphraseSource passphrase) throws IOException {
        return load(identityFolder, passphrase, Clock.systemUTC());
    }

    /** As {@link #load(Path, PassphraseSource)}, with certificates judged by the given clock. */
    public static SiteIdentity load(Path folder, PassphraseSource passphrase, Clock clock) throws IOException {
        return load(folder, passphrase, clock, () -> Trust.load(folder, clock));
    }

    /** As {@link #load(Path, PassphraseSource)}, of a site that runs: it notices steps of its clock and takes up a renewed identity. */
    public static RenewableIdentity load(
            Path folder, PassphraseSource passphrase, RunningTime time, Revocations.Rules revocations)
            throws IOException {
        return RenewableIdentity.load(
                folder,
                passphrase,
                time.wall(),
                () -> load(folder, passphrase, time.wall(), () -> Trust.load(folder, time, revocations)));
    }

    /**
     * Reads the folder again. Trust stays: a new CA is a new network.
     *
     * @throws IOException as {@link #load(Path, PassphraseSource)}, and when it is the identity of another site or role, or older
     */
    SiteIdentity renewed(Path folder, PassphraseSource passphrase, Clock clock) throws IOException {
        SiteIdentity next = load(folder, passphrase, clock, () -> trust);
        if (!next.site.equals(site) || next.role() != role()) {
            throw new IOException(folder + ": expected certificates of " + site + " for the role "
                    + role().certified() + ", found those of " + next.site + " for "
                    + next.role().certified() + ". Have the CA issue this site's");
        }
        if (next.epoch() < epoch()) {
            throw new IOException(folder.resolve("signing.crt") + ": expected a certificate that begins after "
                    + signingCertificate.getNotBefore().toInstant() + ", as the one in use, found one of "
                    + next.signingCertificate.getNotBefore().toInstant()
                    + ". Put this site's newest identity in place");
        }
        return next;
    }

    @FunctionalInterface
    private interface TrustSource {
        Trust load() throws IOException;
    }

    private static SiteIdentity load(Path folder, PassphraseSource passphrase, Clock clock, TrustSource trusted)
            throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": expected the site's identity folder, found none. Make it with:"
                    + " saddlebag init site SITE --ca DIR --home DIR, or at the site with: saddlebag enrol request SITE"
                    + " --home DIR");
        }
        PrivateFiles.requirePrivate(folder, "0700");
        Trust trust = trusted.load();
        X509Certificate tlsCertificate = PemFiles.readCertificate(folder.resolve("tls.crt"));
        X509Certificate signingCertificate = PemFiles.readCertificate(folder.resolve("signing.crt"));
        SiteId site = siteOf(trust, tlsCertificate, folder.resolve("tls.crt"));
        SiteId signer = verified(folder.resolve("signing.crt"), () -> trust.verifySigner(signingCertificate));
        if (!site.equals(signer)) {
            throw new IOException(folder + ": expected one site's certificates, found tls.crt of " + site
                    + " and signing.crt of " + signer + ". Copy both from the same issue");
        }
        if (SiteNames.roleIn(signingCertificate).isEmpty()) {
            throw new IOException(folder.resolve("signing.crt") + ": expected a certificate that names the role "
                    + "lab, centre or log, found none. Have the CA issue the site's identity again");
        }
        PrivateKey tlsKey =
                key(folder.resolve("tls.key"), passphrase, tlsCertificate.getPublicKey(), "SHA256withECDSA");
        PrivateKey signingKey =
                key(folder.resolve("signing.key"), passphrase, signingCertificate.getPublicKey(), "Ed25519");
        SiteIdentity read = new SiteIdentity(site, trust, tlsCertificate, tlsKey, signingCertificate, signingKey);
        read.noticeEnd(folder, clock);
        return read;
    }

    private static SiteId siteOf(Trust trust, X509Certificate certificate, Path file) throws IOException {
        Purpose purpose = isForServer(certificate) ? Purpose.SERVER : Purpose.CLIENT;
        return verified(file, () -> trust.verifyPeer(certificate, purpose));
    }

    private static SiteId verified(Path file, Supplier<SiteId> check) throws IOException {
        try {
            return check.get();
        } catch (Refusal e) {
            String remedy = e.code().isPassing() ? "" : ". Have the CA issue the site's identity again";
            throw new IOException(file + ": " + e.reason() + remedy, e);
        }
    }

    private static boolean isForServer(X509Certificate certificate) {
        try {
            return certificate.getExtendedKeyUsage() != null
                    && certificate.getExtendedKeyUsage().contains(Purpose.SERVER.oid());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static PrivateKey key(Path file, PassphraseSource passphrase, PublicKey owner, String algorithm)
            throws IOException {
        PrivateKey key = PemFiles.readKey(file, passphrase);
        PrivateFiles.requirePrivate(file, "0600");
        if (!matches(key, owner, algorithm)) {
            throw new IOException(file + ": expected the key of the certificate next to it (public key "
                    + Fingerprints.of(owner).brief() + "), found another. Copy both files from the same issue");
        }
        return key;
    }

    private static boolean matches(PrivateKey key, PublicKey owner, String algorithm) {
        byte[] probe = owner.getEncoded();
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(probe);
            byte[] signature = signer.sign();
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(owner);
            verifier.update(probe);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Logs certificates that end soon. */
    void noticeEnd(Path folder, Clock clock) {
        noticeEnd(tlsCertificate, folder.resolve("tls.crt"), clock);
        noticeEnd(signingCertificate, folder.resolve("signing.crt"), clock);
    }

    private static void noticeEnd(X509Certificate certificate, Path file, Clock clock) {
        Instant end = certificate.getNotAfter().toInstant();
        if (end.isBefore(clock.instant().plus(RENEWAL_NOTICE))) {
            LOG.warn("{} ends on {}. Have the CA issue a new one", file, end);
        }
    }

    @Override
    public SiteIdentity now() {
        return this;
    }

    @Override
    public void look() {
        // The files of this identity were read once.
    }

    @Override
    public void onRenewal(Runnable listener) {
        // There is none.
    }

    /** True when both have the same certificates. */
    boolean presentsAs(SiteIdentity other) {
        return tlsCertificate.equals(other.tlsCertificate) && signingCertificate.equals(other.signingCertificate);
    }

    /** The role that the signing certificate names. */
    public Role role() {
        return SiteNames.roleIn(signingCertificate).orElseThrow();
    }

    /** The start of the signing certificate in seconds: a later certificate of the site has a higher one. */
    public long epoch() {
        return signingCertificate.getNotBefore().toInstant().getEpochSecond();
    }

    /** The SHA-256 of the signing key's SubjectPublicKeyInfo: the {@code keyid} of what this site signs. */
    public Sha256 signingFingerprint() {
        return Fingerprints.of(signingCertificate.getPublicKey());
    }

    /** Names the site and no key. */
    @Override
    public String toString() {
        return "identity of " + site;
    }
}
