package io.saddlebag.seal;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.framework.crypto.CipherKey;
import com.exceptionfactory.jagged.framework.format.StandardPayloadKeyReader;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Reads one age v1 file chunk by chunk; every chunk it gives has been authenticated. Holds two chunks of at most 64 KiB
 * at a time. For one thread.
 */
final class AgeReader {
    /** The longest header that is read, in bytes; 64 post-quantum recipients take 98 KiB, 64 others 8 KiB. */
    static final int MAX_HEADER = 1 << 17;

    private static final int NONCE = 16;

    private final InputStream sealed;
    private final AgePayload payload;
    private final byte[] plain;
    private byte[] current;
    private byte[] following;
    private int length;
    private long chunks;
    private boolean ended;

    /**
     * Reads the header.
     *
     * @param guard put around the reader of each identity, to look at the other stanzas
     * @throws Refusal {@code BAD_SEAL} when the header is malformed or opens for none of the identities
     * @throws IOException when the stream fails
     */
    AgeReader(
            InputStream source,
            List<AgeIdentity> identities,
            UnaryOperator<RecipientStanzaReader> guard,
            CryptoProviders providers)
            throws IOException {
        this.sealed = source instanceof ByteArrayInputStream ? source : new BufferedInputStream(source);
        ByteBuffer header = AgeHeader.read(sealed, MAX_HEADER, NONCE);
        try {
            List<RecipientStanzaReader> readers = identities.stream()
                    .map(identity -> guard.apply(identity.reader(providers.agreement())))
                    .toList();
            CipherKey key = new StandardPayloadKeyReader().getPayloadKey(header, readers);
            this.payload = AgePayload.opening(key, providers.cipher());
            key.destroy();
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw new Refusal(
                    Refusal.Code.BAD_SEAL,
                    "Expected an age file that opens with " + names(identities) + ", found: " + reason(e),
                    e);
        }
        this.length = first();
        this.plain = new byte[current.length];
    }

    /** Fills {@link #current}, which is made as long as what seems to come: most messages are far shorter than a chunk. */
    private int first() throws IOException {
        current = new byte[Math.min(AgePayload.SEALED_CHUNK, Math.max(sealed.available(), AgePayload.TAG))];
        int read = sealed.readNBytes(current, 0, current.length);
        if (read < current.length || read == AgePayload.SEALED_CHUNK) {
            return read;
        }
        int next = sealed.read();
        if (next < 0) {
            return read;
        }
        current = Arrays.copyOf(current, AgePayload.SEALED_CHUNK);
        current[read] = (byte) next;
        return read + 1 + sealed.readNBytes(current, read + 1, current.length - read - 1);
    }

    /**
     * Opens the next chunk into {@link #chunk()}.
     *
     * @return its length in bytes, 0 for an empty file; -1 after the last
     * @throws Refusal {@code BAD_SEAL} when it is altered, cut short or followed by more
     * @throws IOException when the stream fails
     */
    int next() throws IOException {
        if (ended) {
            return -1;
        }
        int next = 0;
        if (length == AgePayload.SEALED_CHUNK) {
            following = following == null ? new byte[AgePayload.SEALED_CHUNK] : following;
            next = sealed.readNBytes(following, 0, following.length);
        }
        boolean last = next == 0;
        int opened = open(last);
        if (opened == 0 && chunks > 0) {
            throw refusal("an empty chunk after a full one", null);
        }
        chunks++;
        ended = last;
        byte[] swap = current;
        current = following;
        following = swap;
        length = next;
        return opened;
    }

    private int open(boolean last) {
        if (length < AgePayload.TAG) {
            throw refusal("a file cut short", null);
        }
        try {
            return payload.next(current, length, plain, last);
        } catch (GeneralSecurityException e) {
            throw refusal("bytes altered, cut short or appended", e);
        }
    }

    /** Where {@link #next} puts the chunk; the array is reused. */
    byte[] chunk() {
        return plain;
    }

    private Refusal refusal(String found, Exception cause) {
        return new Refusal(
                Refusal.Code.BAD_SEAL,
                "Expected chunk " + (chunks + 1) + " of the age file to be as it was sealed, found " + found
                        + "; the file must be sent again",
                cause);
    }

    private static String names(List<AgeIdentity> identities) {
        return identities.isEmpty()
                ? "a key (this site has none)"
                : String.join(
                        " or ", identities.stream().map(AgeIdentity::shown).toList());
    }

    private static String reason(Exception failure) {
        return Printable.reason(FaultText.of(failure));
    }
}
