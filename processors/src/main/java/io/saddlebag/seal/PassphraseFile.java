package io.saddlebag.seal;

import com.exceptionfactory.jagged.framework.crypto.CipherKey;
import com.exceptionfactory.jagged.framework.format.StandardPayloadKeyReader;
import com.exceptionfactory.jagged.framework.format.StandardPayloadKeyWriter;
import io.saddlebag.identity.PassphraseException;
import io.saddlebag.identity.PassphraseSource;
import io.saddlebag.message.Refusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/** A small age file under a passphrase, such as an encrypted age identity file. {@code age -d} opens it too. */
final class PassphraseFile {
    private static final byte[] BEGIN = "age-encryption.org/".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_HEADER = 1024;
    private static final int NONCE = 16;

    private PassphraseFile() {}

    /** Tells an encrypted file, binary or armored, from the text of identities. */
    static boolean is(byte[] content) {
        return (content.length > 0 && content[0] == '-')
                || (content.length >= BEGIN.length && Arrays.equals(content, 0, BEGIN.length, BEGIN, 0, BEGIN.length));
    }

    static byte[] encrypt(byte[] plain, char[] passphrase) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(MAX_HEADER);
        byte[] secret = bytes(passphrase);
        try {
            CipherKey key = new StandardPayloadKeyWriter()
                    .writeFileHeader(header, List.of(ScryptStanza.writer(secret, new SecureRandom())));
            AgePayload payload =
                    AgePayload.sealing(key, CryptoProviders.choose().cipher());
            key.destroy();
            ByteArrayOutputStream sealed = new ByteArrayOutputStream();
            sealed.write(header.array(), 0, header.position());
            // Less than a chunk, as identity files are.
            byte[] out = new byte[plain.length + AgePayload.TAG];
            sealed.write(out, 0, payload.next(plain, plain.length, out, true));
            return sealed.toByteArray();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The cryptography of this JVM failed while encrypting", e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /**
     * @param file for errors
     * @param passphrase gives null when there is none
     * @throws IOException when there is no passphrase, or it does not open the file
     */
    static byte[] decrypt(Path file, byte[] sealed, PassphraseSource passphrase) throws IOException {
        char[] given = passphrase.get();
        if (given == null) {
            throw new PassphraseException(file + ": " + passphrase.noneGiven() + ", or decrypt the key with: age -d");
        }
        byte[] secret = bytes(given);
        try (InputStream binary = AgeFile.binary(new ByteArrayInputStream(sealed))) {
            ByteBuffer header = AgeHeader.read(binary, MAX_HEADER, NONCE);
            CipherKey key = new StandardPayloadKeyReader().getPayloadKey(header, List.of(ScryptStanza.reader(secret)));
            AgePayload payload =
                    AgePayload.opening(key, CryptoProviders.choose().cipher());
            key.destroy();
            byte[] chunk = binary.readAllBytes();
            byte[] plain = new byte[chunk.length];
            return Arrays.copyOf(plain, payload.next(chunk, chunk.length, plain, true));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw e instanceof Refusal refusal
                    ? new IOException(file + ": " + refusal.reason(), e)
                    : new PassphraseException(file + ": " + passphrase.notOfThisKey(), e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private static byte[] bytes(char[] passphrase) {
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(passphrase));
        return Arrays.copyOf(encoded.array(), encoded.remaining());
    }
}
