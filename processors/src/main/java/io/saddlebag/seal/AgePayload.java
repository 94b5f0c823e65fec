package io.saddlebag.seal;

import com.exceptionfactory.jagged.framework.crypto.CipherKey;
import com.exceptionfactory.jagged.framework.crypto.PayloadIvParameterSpec;
import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The chunks of an age payload: STREAM over ChaCha20-Poly1305, 64 KiB of plaintext each, nonces that count and mark the
 * last one (C2SP age, "Payload"; RFC 8439). Works from array to array: Conscrypt is fifteen times slower on heap
 * buffers, which is why the channels of the age library are not used for it. For one thread.
 */
final class AgePayload {
    /** Plaintext bytes of every chunk but the last. */
    static final int CHUNK = 65_536;

    static final int TAG = 16;
    static final int SEALED_CHUNK = CHUNK + TAG;

    private final Cipher cipher;
    private final int mode;
    private final SecretKeySpec key;
    private final PayloadIvParameterSpec nonce = new PayloadIvParameterSpec();

    private AgePayload(int mode, CipherKey key, Provider provider) throws GeneralSecurityException {
        this.cipher = Cipher.getInstance(CryptoProviders.CIPHER, provider);
        this.mode = mode;
        this.key = new SecretKeySpec(key.getEncoded(), CryptoProviders.CIPHER);
    }

    static AgePayload sealing(CipherKey key, Provider provider) throws GeneralSecurityException {
        return new AgePayload(Cipher.ENCRYPT_MODE, key, provider);
    }

    static AgePayload opening(CipherKey key, Provider provider) throws GeneralSecurityException {
        return new AgePayload(Cipher.DECRYPT_MODE, key, provider);
    }

    /**
     * Seals or opens the next chunk.
     *
     * @return the number of bytes in {@code out}
     * @throws GeneralSecurityException when a chunk does not open
     */
    int next(byte[] in, int length, byte[] out, boolean last) throws GeneralSecurityException {
        if (last) {
            nonce.setLastChunkFlag();
        }
        cipher.init(mode, key, new IvParameterSpec(nonce.getIV()));
        int produced = cipher.doFinal(in, 0, length, out, 0);
        nonce.incrementInitializationVector();
        return produced;
    }
}
