package io.saddlebag.identity;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * How a site gets certificates for keys that never leave it. It makes keys and a request, two PKCS#10 requests in one PEM
 * file (RFC 2986): for TLS first, then for signatures. The CA answers with a PEM file of certificates.
 */
public final class Enrolment {
    /** Below the identity folder, to be carried to the CA. */
    public static final String REQUEST = "request.pem";

    /** In the order of an answer. */
    private static final List<String> CERTIFICATES = List.of("ca.crt", "tls.crt", "signing.crt");

    private static final int MAX_FILE = 64 * 1024;

    private Enrolment() {}

    /**
     * The public half of a site's request.
     *
     * @param fingerprint of both keys, by which people compare what the site made with what the CA got
     */
    public record Request(SiteId site, PublicKey tls, PublicKey signing, Sha256 fingerprint) {}

    /** ECDSA P-256, for TLS. */
    public static KeyPair newTlsKey(SecureRandom random) {
        return newKey("EC", new ECGenParameterSpec("secp256r1"), random);
    }

    /** Ed25519, for signatures. */
    public static KeyPair newSigningKey(SecureRandom random) {
        return newKey("Ed25519", null, random);
    }

    private static KeyPair newKey(String algorithm, ECGenParameterSpec curve, SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (curve != null) {
                generator.initialize(curve, random);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK from 17 on makes keys for " + algorithm, e);
        }
    }

    /**
     * Makes {@code tls.key}, {@code signing.key} and {@value #REQUEST} in the identity folder.
     *
     * @param passphrase encrypts the keys; null leaves them plain
     * @throws IOException when a key is there already: it is never overwritten
     */
    public static Request begin(Path identityFolder, SiteId site, char[] passphrase, SecureRandom random)
            throws IOException {
        for (String name : List.of("tls.key", "signing.key", "tls.crt", "signing.crt")) {
            if (Files.exists(identityFolder.resolve(name))) {
                throw new FileAlreadyExistsException(identityFolder.resolve(name)
                        + ": expected no identity, found one. It is never overwritten; move the old one away");
            }
        }
        AtomicFiles.createPrivateFolder(identityFolder);
        KeyPair tls = newTlsKey(random);
        KeyPair signing = newSigningKey(random);
        PrivateFiles.create(identityFolder.resolve("tls.key"), PemFiles.key(tls.getPrivate(), passphrase, random));
        PrivateFiles.create(
                identityFolder.resolve("signing.key"), PemFiles.key(signing.getPrivate(), passphrase, random));
        Path request = identityFolder.resolve(REQUEST);
        Files.deleteIfExists(request);
        PrivateFiles.createPublic(
                request,
                (pem(request(site, tls, "SHA256withECDSA")) + pem(request(site, signing, "Ed25519")))
                        .getBytes(StandardCharsets.US_ASCII));
        return read(request);
    }

    private static PKCS10CertificationRequest request(SiteId site, KeyPair keys, String algorithm) {
        try {
            return new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=" + site.value()), keys.getPublic())
                    .build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate()));
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("Every JDK from 17 on signs with " + algorithm, e);
        }
    }

    private static String pem(Object object) throws IOException {
        return new String(PemFiles.write(object), StandardCharsets.US_ASCII);
    }

    /**
     * Reads a site's request, and verifies that its maker has both private keys.
     *
     * @throws IOException when it is none
     */
    public static Request read(Path file) throws IOException {
        return read(file, text(file));
    }

    /**
     * As {@link #read(Path)}, of a request that came inside a file.
     *
     * @param pem both requests
     */
    public static Request read(Path file, String pem) throws IOException {
        List<JcaPKCS10CertificationRequest> requests = new ArrayList<>();
        for (Object object : objects(file, pem)) {
            if (object instanceof PKCS10CertificationRequest request) {
                requests.add(new JcaPKCS10CertificationRequest(request));
            }
        }
        if (requests.size() != 2) {
            throw new IOException(file + ": expected the request of a site, with two certificate requests, found "
                    + requests.size() + ". Copy the site's " + REQUEST + " again");
        }
        SiteId site = siteOf(file, requests.get(0));
        if (!site.equals(siteOf(file, requests.get(1)))) {
            throw new IOException(file + ": expected two requests of one site, found two sites");
        }
        PublicKey tls = verified(file, requests.get(0), "EC");
        PublicKey signing = verified(file, requests.get(1), "Ed");
        byte[] both = (Fingerprints.of(tls).hex() + Fingerprints.of(signing).hex()).getBytes(StandardCharsets.US_ASCII);
        return new Request(site, tls, signing, Sha256.of(both));
    }

    private static SiteId siteOf(Path file, JcaPKCS10CertificationRequest request) throws IOException {
        X500Name subject = request.getSubject();
        try {
            String name = subject.toString();
            return SiteId.of(name.startsWith("CN=") ? name.substring(3) : name);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static PublicKey verified(Path file, JcaPKCS10CertificationRequest request, String algorithm)
            throws IOException {
        try {
            PublicKey key = request.getPublicKey();
            if (request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))
                    && key.getAlgorithm().startsWith(algorithm)) {
                return key;
            }
        } catch (GeneralSecurityException | OperatorCreationException | PKCSException e) {
            throw new IOException(file + ": expected a request signed with its own key, found none", e);
        }
        throw new IOException(file + ": expected a request for a key of " + algorithm
                + " signed with that key, found another. Copy the site's " + REQUEST + " again");
    }

    /**
     * Puts the CA's answer in place: {@code ca.crt tls.crt signing.crt} and, when it has one, {@code ca.crl}.
     *
     * @return the identity that results
     * @throws IOException when the answer is not for the keys in the folder, or not of one CA; nothing is left then
     */
    public static SiteIdentity accept(Path identityFolder, Path answer, PassphraseSource passphrase)
            throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        X509CRL revocations = null;
        try {
            for (Object object : objects(answer, text(answer))) {
                if (object instanceof X509CertificateHolder certificate) {
                    certificates.add(new JcaX509CertificateConverter().getCertificate(certificate));
                } else if (object instanceof X509CRLHolder list) {
                    revocations = new JcaX509CRLConverter().getCRL(list);
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(answer + ": expected certificates that can be read, found a damaged one", e);
        }
        Request request = read(identityFolder.resolve(REQUEST));
        if (certificates.size() != CERTIFICATES.size()
                || !certificates.get(1).getPublicKey().equals(request.tls())
                || !certificates.get(2).getPublicKey().equals(request.signing())) {
            throw new IOException(answer + ": expected the CA's answer to "
                    + identityFolder.resolve(REQUEST) + " ("
                    + request.fingerprint().brief() + "), found "
                    + Printable.of(certificates.size() + " certificates")
                    + " of other keys. Have the CA sign that request");
        }
        for (int i = 0; i < CERTIFICATES.size(); i++) {
            PrivateFiles.createPublic(
                    identityFolder.resolve(CERTIFICATES.get(i)), PemFiles.certificate(certificates.get(i)));
        }
        if (revocations != null) {
            PrivateFiles.replacePublic(identityFolder.resolve("ca.crl"), PemFiles.write(revocations));
        }
        try {
            return SiteIdentity.load(identityFolder, passphrase);
        } catch (IOException e) {
            for (String name : CERTIFICATES) {
                Files.delete(identityFolder.resolve(name));
            }
            throw e;
        }
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > MAX_FILE) {
            throw new IOException(file + ": expected a PEM file of at most " + MAX_FILE + " bytes, found a larger one");
        }
        return Files.readString(file, StandardCharsets.US_ASCII);
    }

    private static List<Object> objects(Path file, String pem) throws IOException {
        List<Object> objects = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                objects.add(object);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException(file + ": expected a PEM file, found something else", e);
        }
        return objects;
    }
}
