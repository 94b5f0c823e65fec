package io.saddlebag.seal;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.bech32.Bech32;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import io.saddlebag.files.Utf8File;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;

/**
 * A private key that opens age files, {@code AGE-SECRET-KEY-1...}, and the recipient {@code age1...} that seals for it
 * (C2SP age, "The X25519 recipient type"). Its text form never shows the private key.
 */
public final class AgeIdentity {
    private static final String SECRET_PREFIX = "AGE-SECRET-KEY-";
    private static final String RECIPIENT_PREFIX = "age";
    private static final int MAX_FILE = 1 << 16;

    private final String secret;
    private final String recipient;
    private volatile Reader reader;

    private record Reader(Provider agreement, RecipientStanzaReader reader) {}

    private AgeIdentity(String secret, byte[] scalar) {
        this.secret = secret;
        this.recipient = Bech32.getEncoder()
                .encode(
                        RECIPIENT_PREFIX,
                        new X25519PrivateKeyParameters(scalar)
                                .generatePublicKey()
                                .getEncoded())
                .toString();
    }

    public static AgeIdentity generate() {
        byte[] scalar = new X25519PrivateKeyParameters(new SecureRandom()).getEncoded();
        String secret =
                Bech32.getEncoder().encode(SECRET_PREFIX, scalar).toString().toUpperCase(Locale.ROOT);
        return new AgeIdentity(secret, scalar);
    }

    /**
     * @throws IllegalArgumentException when it is not an X25519 age identity; the message does not repeat it
     */
    static AgeIdentity of(String secret) {
        try {
            var address = Bech32.getDecoder().decode(secret);
            if (address.getHumanReadablePart().toString().equals(SECRET_PREFIX)
                    && address.getData().length == X25519PrivateKeyParameters.KEY_SIZE) {
                return new AgeIdentity(secret, address.getData());
            }
        } catch (RuntimeException e) {
            // The library's message repeats a part of the key: it must not reach a log.
            throw new IllegalArgumentException(expected());
        }
        throw new IllegalArgumentException(expected());
    }

    private static String expected() {
        return "Expected an age identity (AGE-SECRET-KEY-1 and 58 characters, in capitals), found something else";
    }

    /**
     * Reads an age identity file: one identity a line, comments after {@code #}, empty lines passed over.
     *
     * @return at least one, in the file's order
     * @throws IOException when the file cannot be read, others than its owner may read it, or a line is something else
     */
    public static List<AgeIdentity> load(Path file) throws IOException {
        List<AgeIdentity> identities = new ArrayList<>();
        int number = 0;
        for (String line : read(file).split("\r?\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            try {
                identities.add(of(line.strip()));
            } catch (IllegalArgumentException e) {
                throw new IOException(file + ":" + number + ": " + e.getMessage(), e);
            }
        }
        if (identities.isEmpty()) {
            throw new IOException(file + ": Expected an age identity, found none; make one with age-keygen -o " + file);
        }
        return List.copyOf(identities);
    }

    private static String read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(
                    file.toString(), null, "expected an age identity file; make one with: age-keygen -o " + file);
        }
        PrivateFiles.requirePrivate(file, "0600");
        if (Files.size(file) > MAX_FILE) {
            throw new IOException(
                    file + ": expected at most " + MAX_FILE + " bytes of age identities, found " + Files.size(file));
        }
        return Utf8File.readSecret(file);
    }

    /**
     * Writes an age identity file of mode 0600, as age-keygen does, synced to the disk.
     *
     * @throws IOException when it cannot be written, or the name is taken: a key is never overwritten
     */
    public void write(Path file) throws IOException {
        write(file, Clock.systemUTC());
    }

    void write(Path file, Clock clock) throws IOException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        String text = "# created: " + now + "\n# public key: " + recipient + "\n" + secret + "\n";
        PrivateFiles.create(file, text.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Refuses a recipient that cannot be sealed for: text that is no X25519 recipient, or a point that agrees on no
     * secret.
     *
     * @throws IllegalArgumentException naming what was found
     */
    public static void requireRecipient(String recipient) {
        try {
            var address = Bech32.getDecoder().decode(recipient);
            byte[] point = address.getData();
            if (address.getHumanReadablePart().toString().equals(RECIPIENT_PREFIX)
                    && point.length == X25519PublicKeyParameters.KEY_SIZE) {
                X25519PrivateKeyParameters any = new X25519PrivateKeyParameters(new SecureRandom());
                byte[] secret = new byte[X25519PrivateKeyParameters.SECRET_SIZE];
                any.generateSecret(new X25519PublicKeyParameters(point), secret, 0);
                return;
            }
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(expectedRecipient(recipient), e);
        }
        throw new IllegalArgumentException(expectedRecipient(recipient));
    }

    static String expectedRecipient(String found) {
        return "Expected an age recipient (age1 and 58 characters, in lower case), found '" + Printable.of(found) + "'";
    }

    /** The public key, {@code age1...}. */
    public String recipient() {
        return recipient;
    }

    String secret() {
        return secret;
    }

    /** Reads the stanzas that were sealed for this key; made once, since that takes as long as to read one. */
    RecipientStanzaReader reader(Provider agreement) {
        Reader made = reader;
        if (made == null || made.agreement() != agreement) {
            made = new Reader(agreement, newReader(agreement));
            reader = made;
        }
        return made.reader();
    }

    private RecipientStanzaReader newReader(Provider agreement) {
        try {
            return X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(secret, agreement);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The cryptography of this JVM does not take the identity " + recipient, e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AgeIdentity identity && identity.secret.equals(secret);
    }

    @Override
    public int hashCode() {
        return recipient.hashCode();
    }

    @Override
    public String toString() {
        return "AgeIdentity[" + Printable.of(recipient) + "]";
    }
}
