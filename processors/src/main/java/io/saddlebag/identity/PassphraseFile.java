package io.saddlebag.identity;

import io.saddlebag.files.Utf8File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A passphrase in a file that its owner alone may read: the first line, whole. Asked for only when a key turns out to be
 * encrypted.
 *
 * @param file may be absent; then there is no passphrase
 */
public record PassphraseFile(Path file) implements Supplier<char[]> {
    /**
     * @return null when there is no file
     * @throws UncheckedIOException when the file cannot be read, is too open or empty
     */
    @Override
    public char[] get() {
        try {
            return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? read() : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws IOException when there is no file, it cannot be read, or it is too open or empty */
    public char[] read() throws IOException {
        PrivateFiles.requirePrivate(file, "0600");
        String first = Utf8File.readSecret(file).lines().findFirst().orElse("");
        if (first.isEmpty()) {
            throw new IOException(file + ": expected a passphrase on the first line, found none");
        }
        return first.toCharArray();
    }
}
