package io.saddlebag.seal;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.RecipientStanzaWriter;
import io.saddlebag.message.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.SCrypt;

/**
 * The stanza {@code -> scrypt SALT LOGN}, whose body is the file key under a key from a passphrase (C2SP age, "The scrypt
 * recipient type"). It is the only stanza of its file.
 */
record ScryptStanza(byte[] salt, int logN, byte[] body) implements RecipientStanza {
    private static final String TYPE = "scrypt";
    private static final byte[] LABEL = "age-encryption.org/v1/scrypt".getBytes(StandardCharsets.US_ASCII);
    /** 16 MiB of memory for each guess, which a small site has; {@code age -p} writes 18, 256 MiB. */
    private static final int LOG_N = 14;

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]?");
    private static final int BLOCK = 8;
    private static final int SALT = 16;
    private static final int KEY = 32;
    private static final int NONCE = 12;
    /** A file key of 16 bytes and its tag. */
    private static final int BODY = 32;

    @Override
    public String getType() {
        return TYPE;
    }

    @Override
    public List<String> getArguments() {
        return List.of(Base64.getEncoder().withoutPadding().encodeToString(salt), Integer.toString(logN));
    }

    @Override
    public byte[] getBody() {
        return body.clone();
    }

    static RecipientStanzaWriter writer(byte[] passphrase, SecureRandom random) {
        return fileKey -> {
            byte[] salt = new byte[SALT];
            random.nextBytes(salt);
            return List.of(new ScryptStanza(
                    salt, LOG_N, crypt(Cipher.ENCRYPT_MODE, passphrase, salt, LOG_N, fileKey.getEncoded())));
        };
    }

    static RecipientStanzaReader reader(byte[] passphrase) {
        return stanzas -> {
            ScryptStanza only = null;
            for (RecipientStanza stanza : stanzas) {
                if (only != null || !TYPE.equals(stanza.getType())) {
                    throw new InvalidKeyException("another stanza than one of " + TYPE);
                }
                only = of(stanza);
            }
            if (only == null) {
                throw new InvalidKeyException("no stanza");
            }
            return new FileKey(crypt(Cipher.DECRYPT_MODE, passphrase, only.salt, only.logN, only.body));
        };
    }

    private static ScryptStanza of(RecipientStanza stanza) throws InvalidKeyException {
        List<String> arguments = stanza.getArguments();
        if (arguments.size() != 2
                || stanza.getBody().length != BODY
                || !NUMBER.matcher(arguments.get(1)).matches()) {
            throw new InvalidKeyException("a malformed stanza " + TYPE);
        }
        requireMemory(Integer.parseInt(arguments.get(1)));
        try {
            byte[] salt = Base64.getDecoder().decode(arguments.get(0));
            if (salt.length == SALT) {
                return new ScryptStanza(salt, Integer.parseInt(arguments.get(1)), stanza.getBody());
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidKeyException("a stanza " + TYPE + " whose salt is not base64", e);
        }
        throw new InvalidKeyException("a stanza " + TYPE + " with a salt of another length than " + SALT);
    }

    private static void requireMemory(int logN) {
        long memory = Runtime.getRuntime().maxMemory() / 2;
        if (logN >= Integer.SIZE - 1 || (128L * BLOCK << logN) > memory) {
            throw new Refusal(
                    Refusal.Code.BAD_SEAL,
                    "Expected a passphrase with a work factor that half of this heap of " + (2 * memory >> 20)
                            + " MiB has room for, found " + logN + ". Encrypt the key with " + LOG_N
                            + ", as keys rotate does, or start with a larger heap");
        }
    }

    private static byte[] crypt(int mode, byte[] passphrase, byte[] salt, int logN, byte[] input)
            throws GeneralSecurityException {
        byte[] labelled = Arrays.copyOf(LABEL, LABEL.length + SALT);
        System.arraycopy(salt, 0, labelled, LABEL.length, SALT);
        byte[] key = SCrypt.generate(passphrase, labelled, 1 << logN, BLOCK, 1, KEY);
        Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
        cipher.init(mode, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(new byte[NONCE]));
        Arrays.fill(key, (byte) 0);
        return cipher.doFinal(input);
    }
}
