package io.saddlebag.identity;

import io.saddlebag.log.FaultText;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Printable;
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
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates that the CA has withdrawn, from {@code ca.crl} (RFC 5280, section 5). A change of the file is
 * noticed within {@value #LOOK_SECONDS} seconds. A list that is broken or not the CA's aborts start-up; later it is
 * logged, and the list before it stays in force. A list never goes back: a site that runs keeps the newest as {@value
 * #NEWEST}, and an older one counts for nothing, after a restart too. A newer one may also come from headquarters. For use
 * by any thread.
 */
public final class Revocations {
    static final int LOOK_SECONDS = 5;
    static final String NEWEST = "ca.crl.newest";
    private static final String HEADQUARTERS = "headquarters";
    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);
    /** Between two alarms of a list that is to be renewed. */
    private static final Duration ALARM_PAUSE = Duration.ofDays(1);
    /** Some 25,000 certificates; a list must fit into a frame. */
    private static final int MOST_BYTES = 1 << 20;

    private final Path file;
    private final X509Certificate authority;
    private final Clock clock;
    private final Rules rules;
    private final RepeatedFaults faults = new RepeatedFaults();
    private volatile Listed listed;
    private Instant alarmed = Instant.MIN;

    /**
     * The rules of a site.
     *
     * @param keeps whether the newest list is written down
     * @param required whether a start needs a list
     * @param alarm how long before a list is to be renewed the log says so
     * @param staleAfter how long after that a list counts, until no certificate does
     */
    public record Rules(boolean keeps, boolean required, Duration alarm, Duration staleAfter) {
        /** The rules of a command that reads. */
        public static final Rules READING = new Rules(false, false, Duration.ofDays(14), Duration.ofDays(30));
    }

    /**
     * One reading of the file.
     *
     * @param list the newest that was ever seen; null while there is none
     * @param changed null while there is no file
     */
    private record Listed(X509CRL list, Map<BigInteger, Instant> serials, FileTime changed, long size, Instant looked) {
        static Listed of(X509CRL list, FileTime changed, long size, Instant looked) {
            Map<BigInteger, Instant> serials = new HashMap<>();
            if (list != null && list.getRevokedCertificates() != null) {
                for (X509CRLEntry entry : list.getRevokedCertificates()) {
                    serials.put(
                            entry.getSerialNumber(), entry.getRevocationDate().toInstant());
                }
            }
            return new Listed(list, Map.copyOf(serials), changed, size, looked);
        }

        Listed lookedAt(Instant now) {
            return new Listed(list, serials, changed, size, now);
        }

        Listed of(FileTime otherChanged, long otherSize, Instant now) {
            return new Listed(list, serials, otherChanged, otherSize, now);
        }

        Optional<Instant> nextUpdate() {
            return list == null || list.getNextUpdate() == null
                    ? Optional.empty()
                    : Optional.of(list.getNextUpdate().toInstant());
        }
    }

    private Revocations(Path file, X509Certificate authority, Clock clock, Rules rules) throws IOException {
        this.file = file;
        this.authority = authority;
        this.clock = clock;
        this.rules = rules;
        Path newest = file.resolveSibling(NEWEST);
        listed = Listed.of(Files.exists(newest) ? parse(newest, authority) : null, null, 0, clock.instant());
        if (Files.exists(file)) {
            listed = read();
        }
        if (rules.required() && listed.list() == null) {
            throw new IOException(file + ": expected a revocation list, as revocation.required=true asks, found none."
                    + " Copy ca.crl from the CA");
        }
        alarm(clock.instant());
    }

    /** The list in the file, or none as long as there never was one. */
    static Revocations load(Path file, X509Certificate authority, Clock clock, Rules rules) throws IOException {
        return new Revocations(file, authority, clock, rules);
    }

    /** The list's number; 0 when it has none. */
    public static BigInteger number(X509CRL list) {
        byte[] extension = list.getExtensionValue(Extension.cRLNumber.getId());
        return extension == null
                ? BigInteger.ZERO
                : ASN1Integer.getInstance(ASN1OctetString.getInstance(extension).getOctets())
                        .getValue();
    }

    boolean isRevoked(X509Certificate certificate) {
        return isRevoked(certificate, Instant.MAX);
    }

    /** @param by a certificate that was revoked later is not */
    boolean isRevoked(X509Certificate certificate, Instant by) {
        Instant revoked = current().serials().get(certificate.getSerialNumber());
        return revoked != null && !revoked.isAfter(by);
    }

    /** When the list was to be renewed, if it was out of date for too long at a time; empty otherwise. */
    Optional<Instant> stale(Instant by) {
        Instant now = clock.instant();
        Instant at = by.isBefore(now) ? by : now;
        return current().nextUpdate().filter(until -> at.isAfter(until.plus(rules.staleAfter())));
    }

    private Listed current() {
        Listed current = listed;
        return Duration.between(current.looked(), clock.instant()).abs().toSeconds() >= LOOK_SECONDS
                ? lookAgain()
                : current;
    }

    private synchronized Listed lookAgain() {
        Instant now = clock.instant();
        Listed current = listed;
        try {
            if (Files.exists(file)) {
                BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
                boolean same = found.lastModifiedTime().equals(current.changed()) && found.size() == current.size();
                listed = same ? current.lookedAt(now) : read();
            } else {
                // Whoever can delete the file could also bring the site's own identity back; the list stays in force.
                listed = current.lookedAt(now);
            }
        } catch (IOException e) {
            refused(e.getMessage());
            listed = current.lookedAt(now);
        }
        alarm(now);
        return listed;
    }

    private void refused(String why) {
        faults.occurred(RepeatedFaults.kindOf(String.valueOf(why)))
                .ifPresent(repeats -> LOG.error(
                        "The new revocation list cannot be used, the previous one stays in force: {}{}", why, repeats));
    }

    private Listed read() throws IOException {
        Listed current = listed;
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        X509CRL found = parse(file, authority);
        if (!follows(found, current.list())) {
            refused(older(file, found, current.list()));
            return current.of(attributes.lastModifiedTime(), attributes.size(), clock.instant());
        }
        faults.over();
        alarmed = Instant.MIN;
        if (rules.keeps() && !found.equals(current.list())) {
            keep(file.resolveSibling(NEWEST), found);
        }
        return Listed.of(found, attributes.lastModifiedTime(), attributes.size(), clock.instant());
    }

    /** The newest list that was ever seen. */
    Optional<X509CRL> newest() {
        return Optional.ofNullable(current().list());
    }

    /** As {@link #newest}, after a look at the file. */
    Optional<X509CRL> look() {
        return Optional.ofNullable(lookAgain().list());
    }

    /**
     * Takes a list that headquarters handed out, if it is newer than the one in force; it is written as the file too.
     *
     * @param mayLag whether an older one is no fault, since several nodes hand lists out
     */
    synchronized void take(byte[] handedOut, boolean mayLag) {
        X509CRL before = current().list();
        X509CRL found;
        try {
            found = parse(handedOut, HEADQUARTERS, authority);
        } catch (IOException e) {
            refused(e.getMessage());
            return;
        }
        if (found.equals(before)) {
            return;
        }
        if (mayLag && before != null && follows(before, found)) {
            LOG.debug("a node of headquarters hands out the list before: {}", name(found));
            return;
        }
        if (!follows(found, before)) {
            refused(older(HEADQUARTERS, found, before));
            return;
        }
        keep(file.resolveSibling(NEWEST), found);
        keep(file, found);
        listed = Listed.of(found, null, 0, clock.instant());
        alarmed = Instant.MIN;
        LOG.info("{}: took the revocation list {} from headquarters", file, name(found));
        alarm(clock.instant());
    }

    /** Neither number nor date goes back, and another list under the same ones does not follow. */
    private static boolean follows(X509CRL next, X509CRL before) {
        if (before == null || next.equals(before)) {
            return true;
        }
        int numbers = number(next).compareTo(number(before));
        int dates = next.getThisUpdate().compareTo(before.getThisUpdate());
        return numbers >= 0 && dates >= 0 && numbers + dates > 0;
    }

    private static String older(Object source, X509CRL found, X509CRL before) {
        return source + ": expected a list not older than " + name(before) + ", found " + name(found)
                + ". Copy the newest ca.crl from the CA there";
    }

    private static String name(X509CRL list) {
        return "number " + number(list) + " of " + list.getThisUpdate().toInstant();
    }

    private static void keep(Path target, X509CRL list) {
        try {
            PrivateFiles.replacePublic(target, PemFiles.write(list));
        } catch (IOException e) {
            LOG.warn(
                    "{}: the newest revocation list is not written down, and a restart would take an older one: {}",
                    target,
                    Printable.reason(FaultText.of(e)));
        }
    }

    /** Once a day from some time before the list is to be renewed. */
    private void alarm(Instant now) {
        Optional<Instant> until = listed.nextUpdate().filter(each -> now.isAfter(each.minus(rules.alarm())));
        if (until.isPresent() && (alarmed.equals(Instant.MIN) || !now.isBefore(alarmed.plus(ALARM_PAUSE)))) {
            alarmed = now;
            LOG.warn(
                    "{}: the revocation list is to be renewed by {}; from {} on no certificate counts. Ask the CA's keeper for"
                            + " a new one (init list)",
                    file,
                    until.get(),
                    until.get().plus(rules.staleAfter()));
        }
    }

    public static X509CRL parse(Path file, X509Certificate authority) throws IOException {
        return parse(Files.readAllBytes(file), file, authority);
    }

    private static X509CRL parse(byte[] found, Object source, X509Certificate authority) throws IOException {
        if (found.length > MOST_BYTES) {
            throw new IOException(source + ": expected a revocation list of at most " + MOST_BYTES + " bytes, found "
                    + found.length + ". Copy ca.crl from the CA again");
        }
        try {
            X509CRL crl =
                    (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(found));
            if (crl == null) {
                throw new CRLException("empty");
            }
            crl.verify(authority.getPublicKey());
            return crl;
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    source + ": expected a revocation list signed by the CA "
                            + Fingerprints.of(authority).brief() + ", found none. Copy ca.crl from the CA again",
                    e);
        }
    }
}
