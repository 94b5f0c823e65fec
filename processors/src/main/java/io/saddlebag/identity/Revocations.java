package io.saddlebag.identity;

import io.saddlebag.log.RepeatedFaults;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates that the CA has withdrawn, from {@code ca.crl} (RFC 5280, section 5). A change of the file is
 * noticed within {@value #LOOK_SECONDS} seconds. A list that is broken or not the CA's aborts start-up; later it is
 * logged, and the list before it stays in force. For use by any thread.
 */
public final class Revocations {
    static final int LOOK_SECONDS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);

    private final Path file;
    private final X509Certificate authority;
    private final Clock clock;
    private final RepeatedFaults faults = new RepeatedFaults();
    private volatile Listed listed;

    /** One reading of the file; {@code changed} is null while there is none. */
    private record Listed(Map<BigInteger, Instant> serials, FileTime changed, long size, Instant looked) {}

    private Revocations(Path file, X509Certificate authority, Clock clock) throws IOException {
        this.file = file;
        this.authority = authority;
        this.clock = clock;
        this.listed = read();
    }

    /** The list in the file, or none as long as the file does not exist. */
    static Revocations load(Path file, X509Certificate authority, Clock clock) throws IOException {
        return new Revocations(file, authority, clock);
    }

    boolean isRevoked(X509Certificate certificate) {
        return isRevoked(certificate, Instant.MAX);
    }

    /** @param by a certificate that was revoked later is not */
    boolean isRevoked(X509Certificate certificate, Instant by) {
        Listed current = listed;
        if (Duration.between(current.looked, clock.instant()).abs().toSeconds() >= LOOK_SECONDS) {
            current = lookAgain();
        }
        Instant revoked = current.serials.get(certificate.getSerialNumber());
        return revoked != null && !revoked.isAfter(by);
    }

    private synchronized Listed lookAgain() {
        Listed current = listed;
        try {
            if (Files.exists(file)) {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                boolean same = now.lastModifiedTime().equals(current.changed) && now.size() == current.size;
                listed = same ? looked(current) : read();
                if (!same) {
                    faults.over();
                }
            } else {
                // Whoever can delete the file could also bring the site's own identity back; the list stays in force.
                listed = looked(current);
            }
        } catch (IOException e) {
            faults.occurred(RepeatedFaults.kindOf(String.valueOf(e.getMessage())))
                    .ifPresent(repeats -> LOG.error(
                            "The new revocation list cannot be used, the previous one stays in force: {}{}",
                            e.getMessage(),
                            repeats));
            listed = looked(current);
        }
        return listed;
    }

    private Listed looked(Listed current) {
        return new Listed(current.serials, current.changed, current.size, clock.instant());
    }

    private Listed read() throws IOException {
        if (!Files.exists(file)) {
            return new Listed(Map.of(), null, 0, clock.instant());
        }
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        X509CRL crl = parse(file, authority);
        if (crl.getNextUpdate() != null && crl.getNextUpdate().toInstant().isBefore(clock.instant())) {
            LOG.warn(
                    "{}: the revocation list was to be renewed by {}. Ask the CA's keeper for a new one",
                    file,
                    crl.getNextUpdate().toInstant());
        }
        Map<BigInteger, Instant> serials = new HashMap<>();
        if (crl.getRevokedCertificates() != null) {
            for (X509CRLEntry entry : crl.getRevokedCertificates()) {
                serials.put(entry.getSerialNumber(), entry.getRevocationDate().toInstant());
            }
        }
        return new Listed(Map.copyOf(serials), attributes.lastModifiedTime(), attributes.size(), clock.instant());
    }

    public static X509CRL parse(Path file, X509Certificate authority) throws IOException {
        try {
            X509CRL crl = (X509CRL) CertificateFactory.getInstance("X.509")
                    .generateCRL(new ByteArrayInputStream(Files.readAllBytes(file)));
            if (crl == null) {
                throw new CRLException("empty");
            }
            crl.verify(authority.getPublicKey());
            return crl;
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    file + ": expected a revocation list signed by the CA " + Fingerprints.of(authority)
                            + ", found none. Copy ca.crl from the CA again",
                    e);
        }
    }
}
