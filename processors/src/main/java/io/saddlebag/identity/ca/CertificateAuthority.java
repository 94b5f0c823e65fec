package io.saddlebag.identity.ca;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.access.Modes;
import io.saddlebag.identity.Enrolment;
import io.saddlebag.identity.Fingerprints;
import io.saddlebag.identity.PassphraseSource;
import io.saddlebag.identity.PemFiles;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.identity.Revocations;
import io.saddlebag.identity.Role;
import io.saddlebag.identity.ca.CertificateIssuer.Term;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The network's offline CA in a folder of its own: {@code ca.crt}, {@code ca.key} (0600), {@code issued.csv} (one line a
 * certificate) and, once something is revoked, {@code ca.crl}. For one thread, and one process at a time.
 */
public final class CertificateAuthority {
    private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);
    private static final Duration SITE_VALIDITY = Duration.ofDays(825);
    /** Clocks differ: a certificate made now must hold on a machine that is a little behind. */
    private static final Duration BACKDATED = Duration.ofMinutes(10);

    private static final Duration LIST_RENEWAL = Duration.ofDays(365);
    private static final String ISSUED_HEADING = "serial,site,role,use,not_before,not_after,sha256\n";
    private static final List<String> IDENTITY_FILES =
            List.of("ca.crt", "tls.crt", "tls.key", "signing.crt", "signing.key");

    private final Path folder;
    private final CertificateIssuer.Authority authority;
    private final CertificateIssuer issuer;
    private final SecureRandom random;
    private final Clock clock;

    private CertificateAuthority(Path folder, CertificateIssuer.Authority authority, SecureRandom random, Clock clock) {
        this.folder = folder;
        this.authority = authority;
        this.issuer = new CertificateIssuer(random);
        this.random = random;
        this.clock = clock;
    }

    /**
     * Makes a CA whose key is not encrypted; see {@link #create(Path, String, char[])}.
     */
    public static CertificateAuthority create(Path folder, String name) throws IOException {
        return create(folder, name, null);
    }

    /**
     * Makes a CA in an empty or new folder.
     *
     * @param name for people, the certificate's common name
     * @param passphrase encrypts {@code ca.key}; null leaves it plain
     * @throws IOException when the folder already holds one, or cannot be written
     */
    public static CertificateAuthority create(Path folder, String name, char[] passphrase) throws IOException {
        return create(folder, name, passphrase, new SecureRandom(), Clock.systemUTC());
    }

    public static CertificateAuthority create(
            Path folder, String name, char[] passphrase, SecureRandom random, Clock clock) throws IOException {
        if (Files.exists(folder.resolve("ca.key")) || Files.exists(folder.resolve("ca.crt"))) {
            throw new FileAlreadyExistsException(
                    folder + ": expected no CA, found one. It is never overwritten; name another folder");
        }
        AtomicFiles.createPrivateFolder(folder);
        CertificateIssuer issuer = new CertificateIssuer(random);
        KeyPair keys = Enrolment.newTlsKey(random);
        X509Certificate certificate =
                issuer.authority(name, keys, new Term(clock.instant().minus(BACKDATED), AUTHORITY_VALIDITY));
        PrivateFiles.create(folder.resolve("ca.key"), PemFiles.key(keys.getPrivate(), passphrase, random));
        PrivateFiles.createPublic(folder.resolve("issued.csv"), ISSUED_HEADING.getBytes(StandardCharsets.US_ASCII));
        PrivateFiles.createPublic(folder.resolve("ca.crt"), PemFiles.certificate(certificate));
        return new CertificateAuthority(
                folder, new CertificateIssuer.Authority(certificate, keys.getPrivate()), random, clock);
    }

    /**
     * Opens the CA in the folder.
     *
     * @param passphrase asked when {@code ca.key} is encrypted; gives null when there is none
     * @throws IOException when there is none, its key may be read by others, or the passphrase does not open it
     */
    public static CertificateAuthority load(Path folder, PassphraseSource passphrase) throws IOException {
        return load(folder, passphrase, new SecureRandom(), Clock.systemUTC());
    }

    public static CertificateAuthority load(Path folder, PassphraseSource passphrase, SecureRandom random, Clock clock)
            throws IOException {
        if (!Files.isRegularFile(folder.resolve("ca.key"))) {
            throw new IOException(folder + ": expected a CA (ca.crt, ca.key), found none. Make one with: saddlebag init"
                    + " ca --dir " + folder);
        }
        PrivateFiles.requirePrivate(folder.resolve("ca.key"), "0600");
        CertificateIssuer.Authority authority = new CertificateIssuer.Authority(
                PemFiles.readCertificate(folder.resolve("ca.crt")),
                PemFiles.readKey(folder.resolve("ca.key"), passphrase));
        return new CertificateAuthority(folder, authority, random, clock);
    }

    /** Issues an identity whose keys are not encrypted; see {@link #issue(SiteId, Role, List, Path, char[])}. */
    public void issue(SiteId site, Role role, List<String> hostNames, Path identityFolder) throws IOException {
        issue(site, role, hostNames, identityFolder, null);
    }

    /**
     * Makes a site's keys and certificates in its identity folder (made 0700 when missing): {@code ca.crt tls.crt
     * tls.key signing.crt signing.key} and {@code ca.crl} when the CA has one.
     *
     * @param hostNames names and addresses of headquarters besides localhost; ignored for other roles
     * @param passphrase encrypts the keys; null leaves them plain
     * @throws IOException when the folder already holds one of the files; nothing is overwritten
     */
    public void issue(SiteId site, Role role, List<String> hostNames, Path identityFolder, char[] passphrase)
            throws IOException {
        for (String name : IDENTITY_FILES) {
            if (Files.exists(identityFolder.resolve(name))) {
                throw new FileAlreadyExistsException(identityFolder.resolve(name)
                        + ": expected no identity, found one. It is never overwritten; move the old one away");
            }
        }
        KeyPair tlsKeys = Enrolment.newTlsKey(random);
        KeyPair signingKeys = Enrolment.newSigningKey(random);
        Certificates certificates = certify(site, role, hostNames, tlsKeys.getPublic(), signingKeys.getPublic());
        AtomicFiles.createPrivateFolder(identityFolder);
        PrivateFiles.create(identityFolder.resolve("tls.key"), PemFiles.key(tlsKeys.getPrivate(), passphrase, random));
        PrivateFiles.create(
                identityFolder.resolve("signing.key"), PemFiles.key(signingKeys.getPrivate(), passphrase, random));
        PrivateFiles.createPublic(identityFolder.resolve("tls.crt"), PemFiles.certificate(certificates.tls()));
        PrivateFiles.createPublic(identityFolder.resolve("signing.crt"), PemFiles.certificate(certificates.signing()));
        PrivateFiles.createPublic(identityFolder.resolve("ca.crt"), PemFiles.certificate(authority.certificate()));
        if (Files.exists(folder.resolve("ca.crl"))) {
            Files.copy(folder.resolve("ca.crl"), identityFolder.resolve("ca.crl"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The two certificates of a site. */
    private record Certificates(X509Certificate tls, X509Certificate signing) {}

    private Certificates certify(SiteId site, Role role, List<String> hostNames, PublicKey tlsKey, PublicKey signingKey)
            throws IOException {
        Term signingTerm = new Term(signingStart(site), SITE_VALIDITY);
        X509Certificate tls = issuer.tls(
                authority,
                site,
                role.purpose(),
                role == Role.HQ ? withLocalhost(hostNames) : List.of(),
                tlsKey,
                new Term(clock.instant().minus(BACKDATED), SITE_VALIDITY));
        X509Certificate signing = issuer.signing(authority, site, role, signingKey, signingTerm);
        // Recorded before it is handed out: what exists can be revoked.
        record(tls, site, role, "tls");
        record(signing, site, role, "signing");
        return new Certificates(tls, signing);
    }

    /**
     * Certifies the keys of a site's request.
     *
     * @param site whose keys the CA's keeper takes them for; the request must name it
     * @return the answer for the site: PEM of the CA's certificate, both of the site's and, when the CA has one, its list
     * @throws IOException when the request is another site's
     */
    public byte[] sign(Enrolment.Request request, SiteId site, Role role, List<String> hostNames) throws IOException {
        if (!request.site().equals(site)) {
            throw new IOException("Expected a request of " + site + ", found one of " + request.site()
                    + ". Check where the file came from");
        }
        Certificates certificates = certify(site, role, hostNames, request.tls(), request.signing());
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.write(PemFiles.certificate(authority.certificate()));
        answer.write(PemFiles.certificate(certificates.tls()));
        answer.write(PemFiles.certificate(certificates.signing()));
        Path list = folder.resolve("ca.crl");
        if (Files.exists(list)) {
            answer.write(PemFiles.write(Revocations.parse(list, authority.certificate())));
        }
        return answer.toByteArray();
    }

    /**
     * The fingerprint of the signing certificate that was issued to the site last; empty when there is none, it has ended,
     * or it was revoked.
     */
    public Optional<Sha256> present(SiteId site) throws IOException {
        Path list = folder.resolve("ca.crl");
        X509CRL revoked = Files.exists(list) ? Revocations.parse(list, authority.certificate()) : null;
        Optional<Sha256> newest = Optional.empty();
        for (String line : Files.readAllLines(folder.resolve("issued.csv"), StandardCharsets.US_ASCII)) {
            String[] fields = line.split(",");
            if (fields.length > 6 && fields[1].equals(site.value()) && fields[3].equals("signing")) {
                boolean counts = Instant.parse(fields[5]).isAfter(clock.instant())
                        && (revoked == null || revoked.getRevokedCertificate(new BigInteger(fields[0], 16)) == null);
                newest = counts ? Optional.of(new Sha256(fields[6])) : Optional.empty();
            }
        }
        return newest;
    }

    /**
     * The start of the site's next signing certificate. It is later, in whole seconds, than that of each one before: key
     * bundles are ordered by it.
     */
    private Instant signingStart(SiteId site) throws IOException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant start = now.minus(BACKDATED);
        for (String line : Files.readAllLines(folder.resolve("issued.csv"), StandardCharsets.US_ASCII)) {
            String[] fields = line.split(",");
            if (fields.length > 4 && fields[1].equals(site.value()) && fields[3].equals("signing")) {
                Instant next = Instant.parse(fields[4]).plusSeconds(1);
                start = next.isAfter(start) ? next : start;
            }
        }
        if (start.isAfter(now)) {
            throw new IOException(folder.resolve("issued.csv") + ": expected the signing certificates of " + site
                    + " to begin before " + now + ", the time of this machine, found one that begins at "
                    + start.minusSeconds(1) + ". Correct the clock");
        }
        return start;
    }

    private static List<String> withLocalhost(List<String> hostNames) {
        Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1"));
        names.addAll(hostNames);
        return List.copyOf(names);
    }

    private void record(X509Certificate certificate, SiteId site, Role role, String use) throws IOException {
        String line = String.join(
                ",",
                certificate.getSerialNumber().toString(16),
                site.value(),
                role.name(),
                use,
                certificate.getNotBefore().toInstant().toString(),
                certificate.getNotAfter().toInstant().toString(),
                Fingerprints.of(certificate).hex());
        try (FileChannel channel = FileChannel.open(
                folder.resolve("issued.csv"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                Modes.SHARED_FILE)) {
            ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    /**
     * Withdraws every certificate that was issued to the site so far and writes {@code ca.crl}, which is then to be
     * copied into the identity folder of every site.
     *
     * @return how many certificates it withdrew; 0 when all were withdrawn before
     * @throws IOException when nothing was ever issued to the site, or the files cannot be read or written
     */
    public int revoke(SiteId site) throws IOException {
        X509CRL before = list();
        List<BigInteger> serials = new ArrayList<>();
        boolean known = false;
        for (String line : Files.readAllLines(folder.resolve("issued.csv"), StandardCharsets.US_ASCII)) {
            String[] fields = line.split(",");
            if (fields.length > 1 && fields[1].equals(site.value())) {
                known = true;
                BigInteger serial = new BigInteger(fields[0], 16);
                if (before == null || before.getRevokedCertificate(serial) == null) {
                    serials.add(serial);
                }
            }
        }
        if (!known) {
            throw new IOException(folder.resolve("issued.csv") + ": expected certificates of " + site
                    + ", found none. Check the site's id");
        }
        write(before, serials);
        return serials.size();
    }

    /**
     * Writes {@code ca.crl} anew with its earlier entries, to be renewed later; the first one has none.
     *
     * @return the list
     */
    public X509CRL renewList() throws IOException {
        return write(list(), List.of());
    }

    /** Null when there is none. */
    private X509CRL list() throws IOException {
        Path list = folder.resolve("ca.crl");
        return Files.exists(list) ? Revocations.parse(list, authority.certificate()) : null;
    }

    /** Sites take no list whose date is before that of the one that they have. */
    private X509CRL write(X509CRL before, List<BigInteger> serials) throws IOException {
        Path list = folder.resolve("ca.crl");
        Instant now = clock.instant();
        if (before != null && now.isBefore(before.getThisUpdate().toInstant())) {
            throw new IOException(
                    list + ": expected a list of before " + now + ", the time of this machine, found one of "
                            + before.getThisUpdate().toInstant() + ". Correct the clock");
        }
        X509CRL revocations = issuer.revocations(authority, before, serials, now, LIST_RENEWAL);
        PrivateFiles.replacePublic(list, PemFiles.write(revocations));
        return revocations;
    }
}
