package io.saddlebag.seal;

import io.saddlebag.message.Refusal;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Plain age v1 files, as any age tool writes and opens them: for recovery and exchange by hand. Memory is constant for
 * any size. For any number of threads.
 */
public final class AgeFile {
    private final CryptoProviders providers;

    public AgeFile(CryptoProviders providers) {
        this.providers = providers;
    }

    /**
     * Writes a binary age file. Closes neither stream.
     *
     * @param recipients {@code age1...} or {@code age1pq1...}, at least one, not both kinds
     * @throws IllegalArgumentException when a recipient is none, or they are of both kinds; nothing is written then
     */
    public void seal(InputStream plain, List<String> recipients, OutputStream sealed) throws IOException {
        new AgeWriter(providers).write(plain, recipients, List.of(), sealed);
    }

    /**
     * Opens a binary or ASCII-armored age file to its end. Only authenticated bytes are written, but when this throws
     * what was written is not the whole. Closes neither stream.
     *
     * @throws Refusal {@code BAD_SEAL} when it does not open with these identities, is altered or cut short
     * @throws IOException when a stream fails
     */
    public void open(InputStream sealed, List<AgeIdentity> identities, OutputStream plain) throws IOException {
        AgeReader age = new AgeReader(binary(sealed), identities, UnaryOperator.identity(), providers);
        for (int length = age.next(); length >= 0; length = age.next()) {
            plain.write(age.chunk(), 0, length);
        }
    }

    static InputStream binary(InputStream sealed) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(sealed);
        return Armor.isAhead(buffered) ? new Armor(buffered) : buffered;
    }
}
