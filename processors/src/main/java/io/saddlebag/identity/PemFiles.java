package io.saddlebag.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;

/** Certificates and PKCS#8 private keys as PEM (RFC 7468); keys may be encrypted (PBES2, RFC 8018). */
public final class PemFiles {
    private static final int MAX_FILE_BYTES = 64 * 1024;
    private static final int PBKDF2_ITERATIONS = 600_000;

    private static final Map<String, String> ALGORITHMS = Map.of("1.2.840.10045.2.1", "EC", "1.3.101.112", "Ed25519");

    private PemFiles() {}

    public static X509Certificate readCertificate(Path file) throws IOException {
        byte[] content = read(file, "a certificate");
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(content));
        } catch (CertificateException e) {
            throw new IOException(
                    file + ": expected an X.509 certificate in PEM form, found something else. Copy the file from the"
                            + " CA again",
                    e);
        }
    }

    /**
     * Reads a key.
     *
     * @param passphrase asked only when the file is encrypted; gives null when there is none
     */
    public static PrivateKey readKey(Path file, PassphraseSource passphrase) throws IOException {
        String content = new String(read(file, "a private key"), StandardCharsets.US_ASCII);
        Object pem;
        try (PEMParser parser = new PEMParser(new StringReader(content))) {
            pem = parser.readObject();
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException(file + ": expected a private key in PEM form, found a damaged file", e);
        }
        if (pem instanceof PrivateKeyInfo plain) {
            return key(file, plain);
        }
        if (pem instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
            return key(file, decrypt(file, encrypted, passphrase));
        }
        throw new IOException(file + ": expected a PKCS#8 private key in PEM form (BEGIN PRIVATE KEY), found "
                + (pem == null ? "none" : "another kind of object") + ". Convert it with: openssl pkcs8 -topk8");
    }

    /** By the JDK's own provider: its TLS presents no key of BouncyCastle, which calls the algorithm ECDSA. */
    private static PrivateKey key(Path file, PrivateKeyInfo info) throws IOException {
        String algorithm = info.getPrivateKeyAlgorithm().getAlgorithm().getId();
        try {
            return KeyFactory.getInstance(ALGORITHMS.getOrDefault(algorithm, algorithm))
                    .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": expected a private key for P-256 or Ed25519, found " + algorithm, e);
        }
    }

    private static PrivateKeyInfo decrypt(
            Path file, PKCS8EncryptedPrivateKeyInfo encrypted, PassphraseSource passphrase) throws IOException {
        char[] secret = passphrase.get();
        if (secret == null) {
            throw new PassphraseException(
                    file + ": " + passphrase.noneGiven() + ", or decrypt the key with: openssl pkcs8");
        }
        try {
            return encrypted.decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                    .setProvider(new BouncyCastleProvider())
                    .build(secret));
        } catch (OperatorCreationException | PKCSException e) {
            throw new PassphraseException(file + ": " + passphrase.notOfThisKey(), e);
        }
    }

    public static byte[] certificate(X509Certificate certificate) throws IOException {
        return write(certificate);
    }

    /**
     * The key as PKCS#8.
     *
     * @param passphrase null for a key that is not encrypted
     */
    public static byte[] key(PrivateKey key, char[] passphrase, SecureRandom random) throws IOException {
        return write(new JcaPKCS8Generator(key, passphrase == null ? null : encryptor(passphrase, random)));
    }

    private static OutputEncryptor encryptor(char[] passphrase, SecureRandom random) {
        try {
            return new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                    .setProvider(new BouncyCastleProvider())
                    .setPRF(PKCS8Generator.PRF_HMACSHA256)
                    .setIterationCount(PBKDF2_ITERATIONS)
                    .setRandom(random)
                    .setPassword(passphrase)
                    .build();
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("BouncyCastle offers PBES2 with AES-256", e);
        }
    }

    public static byte[] write(Object pem) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(pem);
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] read(Path file, String what) throws IOException {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new IOException(file + ": expected " + what + " in PEM form, found a file larger than "
                        + MAX_FILE_BYTES + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException(
                    file + ": expected " + what + " in PEM form, found no file. Make the site's identity with:"
                            + " saddlebag init site SITE --ca DIR --home DIR, or take up the CA's answer to its request"
                            + " with: saddlebag enrol accept ANSWER --home DIR",
                    e);
        }
    }
}
