package io.saddlebag.seal;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import javax.crypto.Cipher;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.conscrypt.Conscrypt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The implementations of the cryptography. Conscrypt does all three when its native library loads here; otherwise
 * BouncyCastle the curves and the JDK the cipher. They differ in speed only. On one x86-64 core with JDK 17, 64 KiB of
 * ChaCha20-Poly1305 take 27 us against 170 us. An Ed25519 verification takes 54 us against 93 us of BouncyCastle and
 * 600 us of the JDK. None of them is registered with the JVM except the one that signs, last in the order, and
 * Conscrypt's HMAC.
 *
 * @param cipher of {@code ChaCha20-Poly1305}, for the content of age files
 * @param agreement of {@code X25519} and the hybrid with ML-KEM-768, for the stanzas of age files
 * @param signature of {@code Ed25519}
 */
public record CryptoProviders(Provider cipher, Provider agreement, Provider signature) {
    private static final Logger LOG = LoggerFactory.getLogger(CryptoProviders.class);

    static final String CIPHER = "ChaCha20-Poly1305";
    private static final String HMAC = "HmacSHA256";

    /** The fastest that load here. Loads a native library: do it once and hand the result on. */
    public static CryptoProviders choose() {
        return Conscrypt.isAvailable() ? conscrypt() : portable();
    }

    /** Conscrypt for all; only where its native library loads. */
    static CryptoProviders conscrypt() {
        Provider conscrypt = Conscrypt.newProvider();
        Security.insertProviderAt(new NativeHmac(conscrypt), 1);
        return new CryptoProviders(conscrypt, conscrypt, conscrypt);
    }

    /** Without native code. */
    public static CryptoProviders portable() {
        Provider bouncyCastle = new BouncyCastleProvider();
        try {
            return new CryptoProviders(Cipher.getInstance(CIPHER).getProvider(), bouncyCastle, bouncyCastle);
        } catch (NoSuchAlgorithmException | javax.crypto.NoSuchPaddingException e) {
            return new CryptoProviders(bouncyCastle, bouncyCastle, bouncyCastle);
        }
    }

    /**
     * The HMAC-SHA256 of age's key derivations, for which the age library takes what the JVM has first: Java's takes twice
     * as long where the client compiler alone compiles it. Nothing else of Conscrypt comes before the JDK's own.
     */
    private static final class NativeHmac extends Provider {
        private static final long serialVersionUID = 1L;

        NativeHmac(Provider conscrypt) {
            super("SaddlebagHmac", "1", "HMAC-SHA256 by Conscrypt");
            Service hmac = conscrypt.getService("Mac", HMAC);
            putService(new Service(this, "Mac", HMAC, hmac.getClassName(), null, null) {
                @Override
                public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
                    return hmac.newInstance(parameter);
                }
            });
        }
    }

    /** One line for the operator; an application does this once, at its start. */
    public CryptoProviders logged() {
        LOG.info(
                "Cryptography: {} by {}, X25519 and ML-KEM-768 by {}, Ed25519 by {}",
                CIPHER,
                cipher.getName(),
                agreement.getName(),
                signature.getName());
        return this;
    }
}
