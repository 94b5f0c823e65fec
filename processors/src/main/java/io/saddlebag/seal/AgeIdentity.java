package io.saddlebag.seal;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import io.saddlebag.files.Utf8File;
import io.saddlebag.identity.PassphraseSource;
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

/**
 * A private key that opens age files, and the recipient that seals for it: {@code AGE-SECRET-KEY-1...} and {@code
 * age1...}, or the post-quantum hybrid {@code AGE-SECRET-KEY-PQ-1...} and {@code age1pq1...} (C2SP age, "Native recipient
 * types"). Its text form never shows the private key.
 */
public final class AgeIdentity {
    private static final int MAX_FILE = 1 << 16;
    /** As much of a post-quantum recipient as an error or a log line shows. */
    private static final int SHOWN = 24;

    private final AgeKeyKind kind;
    private final Bech32 secret;
    private final String recipient;
    private volatile Reader reader;

    private record Reader(Provider agreement, RecipientStanzaReader reader) {}

    private AgeIdentity(AgeKeyKind kind, Bech32 secret) {
        this.kind = kind;
        this.secret = secret;
        this.recipient = kind.recipientText(secret.data());
    }

    /** A new X25519 identity. */
    public static AgeIdentity generate() {
        return generate(AgeKeyKind.X25519);
    }

    /** A new post-quantum identity. */
    public static AgeIdentity generatePostQuantum() {
        return generate(AgeKeyKind.HYBRID);
    }

    static AgeIdentity generate(AgeKeyKind kind) {
        byte[] secret = new byte[AgeKeyKind.SECRET];
        new SecureRandom().nextBytes(secret);
        return of(kind.secretText(secret));
    }

    /**
     * @throws IllegalArgumentException when it is no age identity of these kinds; the message does not repeat it
     */
    static AgeIdentity of(String secret) {
        try {
            Bech32 decoded = Bech32.decode(secret);
            return new AgeIdentity(AgeKeyKind.ofSecret(decoded), decoded);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Expected an age identity (AGE-SECRET-KEY-1 or AGE-SECRET-KEY-PQ-1 and 58 characters, in capitals),"
                            + " found something else",
                    e);
        }
    }

    /** As {@link #load(Path, Supplier)}, of a file that is not encrypted. */
    public static List<AgeIdentity> load(Path file) throws IOException {
        return load(file, () -> null);
    }

    /**
     * Reads an age identity file: one identity a line, comments after {@code #}, empty lines passed over.
     *
     * @param passphrase asked when the file is encrypted; gives null when there is none
     * @return at least one, in the file's order
     * @throws IOException when the file cannot be read, others than its owner may read it, or a line is something else
     */
    public static List<AgeIdentity> load(Path file, PassphraseSource passphrase) throws IOException {
        List<AgeIdentity> identities = new ArrayList<>();
        int number = 0;
        for (String line : read(file, passphrase).split("\r?\n", -1)) {
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

    static String read(Path file, PassphraseSource passphrase) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(
                    file.toString(), null, "expected an age identity file; make one with: age-keygen -o " + file);
        }
        PrivateFiles.requirePrivate(file, "0600");
        if (Files.size(file) > MAX_FILE) {
            throw new IOException(
                    file + ": expected at most " + MAX_FILE + " bytes of age identities, found " + Files.size(file));
        }
        byte[] content = Files.readAllBytes(file);
        return Utf8File.decodeSecret(
                file, PassphraseFile.is(content) ? PassphraseFile.decrypt(file, content, passphrase) : content);
    }

    /** As {@link #write(Path, char[], Clock, AgeIdentity...)}, of this identity alone. */
    public void write(Path file) throws IOException {
        write(file, null, Clock.systemUTC(), this);
    }

    /**
     * Writes an age identity file of mode 0600, as age-keygen does, synced to the disk.
     *
     * @param passphrase encrypts the file; null leaves it plain
     * @param identities in the file's order, at least one
     * @throws IOException when it cannot be written, or the name is taken: a key is never overwritten
     */
    public static void write(Path file, char[] passphrase, Clock clock, AgeIdentity... identities) throws IOException {
        StringBuilder text = new StringBuilder();
        for (AgeIdentity identity : identities) {
            text.append(String.join("\n", identity.lines(clock.instant()))).append('\n');
        }
        byte[] plain = text.toString().getBytes(StandardCharsets.US_ASCII);
        PrivateFiles.create(file, passphrase == null ? plain : PassphraseFile.encrypt(plain, passphrase));
    }

    /** As in an age identity file: two comments and the secret. */
    List<String> lines(Instant created) {
        return List.of("# created: " + created.truncatedTo(ChronoUnit.SECONDS), "# public key: " + recipient, secret());
    }

    /**
     * Refuses a recipient that cannot be sealed for: text that is none, or a key that nobody can agree with.
     *
     * @throws IllegalArgumentException naming what was found
     */
    public static void requireRecipient(String recipient) {
        try {
            Bech32 decoded = Bech32.decode(recipient);
            AgeKeyKind.ofRecipient(decoded).requireUsable(decoded.data());
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IllegalArgumentException(expectedRecipient(recipient), e);
        }
    }

    static String expectedRecipient(String found) {
        return "Expected an age recipient (age1 and 58 characters, or age1pq1 and 1952, in lower case), found '"
                + Printable.of(found) + "'";
    }

    AgeKeyKind kind() {
        return kind;
    }

    /** The public key, {@code age1...} or {@code age1pq1...}. */
    public String recipient() {
        return recipient;
    }

    /** As errors and log lines name the key. */
    public String shown() {
        return kind == AgeKeyKind.HYBRID ? recipient.substring(0, SHOWN) + "..." : recipient;
    }

    String secret() {
        return kind.secretText(secret.data());
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
            return kind.reader(secret, agreement);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The cryptography of this JVM does not take the identity " + shown(), e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AgeIdentity identity && identity.secret().equals(secret());
    }

    @Override
    public int hashCode() {
        return recipient.hashCode();
    }

    @Override
    public String toString() {
        return "AgeIdentity[" + shown() + "]";
    }
}
