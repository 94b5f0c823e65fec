package io.saddlebag.seal;

import io.saddlebag.identity.PassphraseSource;
import io.saddlebag.identity.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * A centre's age keys: an age identity file, the newest key first. A comment {@value #UNTIL} with an instant above a key
 * gives it an end: senders no longer seal for it, and it opens until then. Any age tool reads the file; encrypted, it
 * is an age file under a passphrase. Immutable.
 *
 * @param keys at least one without an end
 */
public record AgeKeyFile(List<Key> keys) {
    private static final String UNTIL = "# opens until: ";

    public AgeKeyFile {
        keys = List.copyOf(keys);
    }

    /**
     * A key and its lines in the file.
     *
     * @param opensUntil null for a key without an end
     */
    public record Key(AgeIdentity identity, Instant opensUntil, List<String> lines) {
        public Key {
            lines = List.copyOf(lines);
        }

        Key until(Instant end) {
            List<String> changed = new ArrayList<>(lines);
            changed.add(changed.size() - 1, UNTIL + end);
            return new Key(identity, end, changed);
        }
    }

    /**
     * @param passphrase asked when the file is encrypted; gives null when there is none
     * @throws IOException when the file cannot be read, others than its owner may read it, a line is something else, or
     *     every key has an end
     */
    public static AgeKeyFile load(Path file, PassphraseSource passphrase) throws IOException {
        List<Key> keys = read(file, passphrase);
        if (keys.stream().allMatch(key -> key.opensUntil() != null)) {
            throw new IOException(file + ": Expected an age identity without an end, found none; make one with:"
                    + " age-keygen -o " + file);
        }
        return new AgeKeyFile(keys);
    }

    private static List<Key> read(Path file, PassphraseSource passphrase) throws IOException {
        List<Key> keys = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        Instant until = null;
        int number = 0;
        for (String line : AgeIdentity.read(file, passphrase).split("\r?\n", -1)) {
            number++;
            try {
                if (line.startsWith(UNTIL)) {
                    until = Instant.parse(line.substring(UNTIL.length()).strip());
                }
                if (!line.isBlank()) {
                    lines.add(line);
                }
                if (!line.isBlank() && !line.startsWith("#")) {
                    keys.add(new Key(AgeIdentity.of(line.strip()), until, lines));
                    lines.clear();
                    until = null;
                }
            } catch (DateTimeException e) {
                throw new IOException(
                        file + ":" + number + ": Expected a time such as 2026-12-31T00:00:00Z after '" + UNTIL.strip()
                                + "', found something else",
                        e);
            } catch (IllegalArgumentException e) {
                throw new IOException(file + ":" + number + ": " + e.getMessage(), e);
            }
        }
        return keys;
    }

    /** The keys that senders are to seal for. */
    public List<AgeIdentity> published() {
        return keys.stream()
                .filter(key -> key.opensUntil() == null)
                .map(Key::identity)
                .toList();
    }

    /** The keys that open now. */
    public List<AgeIdentity> opening(Instant now) {
        return keys.stream()
                .filter(key -> key.opensUntil() == null || key.opensUntil().isAfter(now))
                .map(Key::identity)
                .toList();
    }

    /** With a new key of each published kind before the others, and with this end for all that had none. */
    public AgeKeyFile rotated(Instant now, Instant until) {
        List<Key> all = new ArrayList<>();
        published().stream().map(AgeIdentity::kind).distinct().forEach(kind -> all.add(made(kind, now)));
        for (Key key : keys) {
            all.add(key.opensUntil() == null ? key.until(until.truncatedTo(ChronoUnit.SECONDS)) : key);
        }
        return new AgeKeyFile(all);
    }

    private static Key made(AgeKeyKind kind, Instant now) {
        AgeIdentity made = AgeIdentity.generate(kind);
        return new Key(made, null, made.lines(now));
    }

    /**
     * The key of this recipient.
     *
     * @param recipient whole, or its beginning as log lines show it
     */
    public Key of(String recipient) {
        return keys.stream()
                .filter(key -> key.identity().recipient().equals(recipient)
                        || key.identity().shown().equals(recipient))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        AgeIdentity.expectedRecipient(recipient) + ", whose key is not in this file"));
    }

    /** Without a key; with a new one of its kind in its place when it was the last without an end. */
    public AgeKeyFile without(Key revoked, Instant now) {
        List<Key> left = new ArrayList<>(keys);
        left.remove(revoked);
        if (left.stream().allMatch(key -> key.opensUntil() != null)) {
            left.add(0, made(revoked.identity().kind(), now));
        }
        return new AgeKeyFile(left);
    }

    /**
     * Replaces the file whole, with mode 0600.
     *
     * @param passphrase encrypts it; null leaves it plain
     */
    public void replace(Path file, char[] passphrase) throws IOException {
        replace(file, keys, passphrase);
    }

    /** Adds a key that is in use no more to a file of such keys. */
    public static void keep(Key revoked, Path file, char[] passphrase) throws IOException {
        List<Key> all = new ArrayList<>(Files.exists(file) ? read(file, () -> passphrase) : List.of());
        all.add(revoked);
        replace(file, all, passphrase);
    }

    private static void replace(Path file, List<Key> keys, char[] passphrase) throws IOException {
        StringBuilder text = new StringBuilder();
        keys.forEach(key -> key.lines().forEach(line -> text.append(line).append('\n')));
        byte[] plain = text.toString().getBytes(StandardCharsets.UTF_8);
        PrivateFiles.replace(file, passphrase == null ? plain : PassphraseFile.encrypt(plain, passphrase));
    }
}
