package io.saddlebag.identity;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The network's one CA and its revocation list, by which a site judges others. A certificate counts when it chains to
 * the CA (RFC 5280, section 6), is within its dates, is not withdrawn, serves the purpose, and names exactly one site.
 * For use by any thread.
 */
public final class Trust {
    private static final int DIGITAL_SIGNATURE = 0;
    /** Chains that held once are not computed again; dates and revocation are judged each time. */
    private static final int MAX_REMEMBERED = 1024;

    private final X509Certificate authority;
    private final Sha256 networkId;
    private final Revocations revocations;
    private final Clock clock;
    private final Function<Instant, Optional<Instant>> otherReading;
    private final Instant revokedBy;
    private final Map<X509Certificate, SiteId> chained = new ConcurrentHashMap<>();

    private Trust(
            X509Certificate authority,
            Revocations revocations,
            Clock clock,
            Function<Instant, Optional<Instant>> otherReading,
            Instant revokedBy) {
        this.authority = authority;
        this.networkId = Fingerprints.of(authority);
        this.revocations = revocations;
        this.clock = clock;
        this.otherReading = otherReading;
        this.revokedBy = revokedBy;
    }

    /**
     * Reads {@code ca.crt} and, when it is there, {@code ca.crl}.
     *
     * @throws IOException when one of them cannot be used; says which and what to do
     */
    public static Trust load(Path identityFolder, Clock clock) throws IOException {
        return load(identityFolder, clock, seen -> Optional.empty(), Revocations.Rules.READING);
    }

    /** As {@link #load(Path, Clock)}, of a site that runs and notices when its clock steps. */
    static Trust load(Path identityFolder, RunningTime time, Revocations.Rules rules) throws IOException {
        return load(identityFolder, time.wall(), time::otherReading, rules);
    }

    private static Trust load(
            Path identityFolder,
            Clock clock,
            Function<Instant, Optional<Instant>> otherReading,
            Revocations.Rules rules)
            throws IOException {
        X509Certificate authority = PemFiles.readCertificate(identityFolder.resolve("ca.crt"));
        if (authority.getBasicConstraints() < 0) {
            throw new IOException(identityFolder.resolve("ca.crt") + ": expected the CA's certificate, found "
                    + Printable.of(authority.getSubjectX500Principal().getName()) + " "
                    + Fingerprints.of(authority).brief() + ", which is not a CA. Copy ca.crt from the CA again");
        }
        Revocations revocations = Revocations.load(identityFolder.resolve("ca.crl"), authority, clock, rules);
        return new Trust(authority, revocations, clock, otherReading, Instant.MAX);
    }

    /** The same as of a time in the past: a certificate counts that counted then, though it ended or was revoked since. */
    public Trust asOf(Instant time) {
        return new Trust(authority, revocations, Clock.fixed(time, ZoneOffset.UTC), seen -> Optional.empty(), time);
    }

    /** The same with the dates as of a time in the past; a certificate that was revoked until now does not count. */
    public Trust datedAsOf(Instant time) {
        return new Trust(
                authority, revocations, Clock.fixed(time, ZoneOffset.UTC), seen -> Optional.empty(), Instant.MAX);
    }

    /** The network's name for itself: the SHA-256 fingerprint of its CA. */
    public Sha256 networkId() {
        return networkId;
    }

    /** The newest revocation list that this site has ever seen. */
    public Optional<X509CRL> revocationList() {
        return revocations.newest();
    }

    /** As {@link #revocationList}, after a look at the file at this moment. */
    public Optional<X509CRL> lookAtRevocationList() {
        return revocations.look();
    }

    /**
     * Takes a revocation list that headquarters handed out. One that is not the CA's, or older than the one in force, is
     * logged and counts for nothing. Blocks on the disk.
     *
     * @param mayLag whether an older one is no fault, since several nodes hand lists out
     */
    public void takeRevocationList(byte[] handedOut, boolean mayLag) {
        revocations.take(handedOut, mayLag);
    }

    X509Certificate authority() {
        return authority;
    }

    /**
     * Judges the certificate of a signature: an Ed25519 key for digital signatures.
     *
     * @return the site that signs with it
     * @throws Refusal BAD_SIGNATURE, with both fingerprints; CLOCK_DOUBTFUL when only a step of the clock is in the way
     */
    public SiteId verifySigner(X509Certificate certificate) {
        SiteId site = verify(certificate);
        String algorithm = certificate.getPublicKey().getAlgorithm();
        if (!algorithm.equals("EdDSA") && !algorithm.equals("Ed25519")) {
            throw refusal(
                    certificate,
                    "expected an Ed25519 signing key of " + site + ", found one of " + Printable.of(algorithm));
        }
        boolean[] usage = certificate.getKeyUsage();
        if (usage == null || !usage[DIGITAL_SIGNATURE]) {
            throw refusal(certificate, "expected the key usage digitalSignature, found another");
        }
        return site;
    }

    /**
     * Judges the certificate of a TLS peer.
     *
     * @return the site that shows it
     * @throws Refusal BAD_SIGNATURE, with both fingerprints; CLOCK_DOUBTFUL when only a step of the clock is in the way
     */
    public SiteId verifyPeer(X509Certificate certificate, Purpose purpose) {
        SiteId site = verify(certificate);
        List<String> usage;
        try {
            usage = certificate.getExtendedKeyUsage();
        } catch (CertificateParsingException e) {
            throw refusal(certificate, "the extended key usage cannot be read");
        }
        if (usage == null || !usage.contains(purpose.oid())) {
            throw refusal(
                    certificate,
                    "expected a certificate of " + site + " for " + purpose.usageName()
                            + ", found one for something else");
        }
        return site;
    }

    private SiteId verify(X509Certificate certificate) {
        SiteId site = chained.get(certificate);
        if (site == null) {
            site = verifyChain(certificate);
            if (chained.size() >= MAX_REMEMBERED) {
                chained.clear();
            }
            chained.put(certificate, site);
        }
        requireDates(certificate, site);
        requireFreshList(certificate);
        if (revocations.isRevoked(certificate, revokedBy)) {
            throw refusal(certificate, "the CA has revoked this certificate of " + site);
        }
        return site;
    }

    /** Nothing is final then: with a new list the same certificate counts again. */
    private void requireFreshList(X509Certificate certificate) {
        Optional<Instant> stale = revocations.stale(revokedBy);
        if (stale.isPresent()) {
            throw refusal(
                    Refusal.Code.LIST_STALE,
                    certificate,
                    "expected a revocation list that was renewed by " + stale.get()
                            + ", found none for too long (revocation.stale-after). Copy the newest ca.crl from the CA");
        }
    }

    private void requireDates(X509Certificate certificate, SiteId site) {
        Instant now = clock.instant();
        String fault = dateFault(certificate, site, now);
        if (fault == null) {
            return;
        }
        Optional<Instant> other = otherReading.apply(now);
        if (other.isPresent() && dateFault(certificate, site, other.get()) == null) {
            throw refusal(
                    Refusal.Code.CLOCK_DOUBTFUL,
                    certificate,
                    fault + ". The clock of this site stepped to that from " + other.get()
                            + ", at which the certificate is valid; this is judged again");
        }
        throw refusal(certificate, fault);
    }

    /** Null when authority and certificate are within their dates. */
    private String dateFault(X509Certificate certificate, SiteId site, Instant instant) {
        Date now = Date.from(instant);
        if (now.after(authority.getNotAfter())) {
            return "the network's CA was valid to " + authority.getNotAfter().toInstant() + " and it is now "
                    + now.toInstant() + ". Check the clock, or set up a new CA";
        }
        if (now.before(certificate.getNotBefore()) || now.after(certificate.getNotAfter())) {
            return "the certificate of " + site + " is valid from "
                    + certificate.getNotBefore().toInstant() + " to "
                    + certificate.getNotAfter().toInstant() + " and it is now " + now.toInstant()
                    + ". Check the clock, or have the CA issue a new one";
        }
        return null;
    }

    private SiteId verifyChain(X509Certificate certificate) {
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
            // Revocation and the certificate's dates are judged above, at every use and with words of our own.
            parameters.setRevocationEnabled(false);
            parameters.setDate(certificate.getNotBefore());
            CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate));
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
        } catch (GeneralSecurityException e) {
            throw new Refusal(
                    Refusal.Code.BAD_SIGNATURE,
                    "the certificate was not issued by this network's CA, or was altered (certificate "
                            + Fingerprints.of(certificate).brief() + ", CA expected " + networkId.brief()
                            + ", issuer found "
                            + Printable.of(certificate.getIssuerX500Principal().getName()) + ")",
                    e);
        }
        if (certificate.getBasicConstraints() >= 0) {
            throw refusal(certificate, "expected a site's certificate, found a CA's");
        }
        return SiteNames.in(certificate)
                .orElseThrow(() -> refusal(
                        certificate,
                        "expected one subject alternative name " + SiteNames.PREFIX + "ID, found none or several"));
    }

    private Refusal refusal(X509Certificate certificate, String why) {
        return refusal(Refusal.Code.BAD_SIGNATURE, certificate, why);
    }

    /** The certificate is one that the CA has issued. */
    private Refusal refusal(Refusal.Code code, X509Certificate certificate, String why) {
        return new Refusal(
                code,
                why + " (certificate " + Fingerprints.of(certificate).brief() + " of the CA " + networkId.brief()
                        + ")");
    }
}
